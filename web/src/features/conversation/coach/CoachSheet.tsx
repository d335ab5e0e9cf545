// The coach on a phone: a strip with the newest note, and a sheet with all of them. If there is little height, a button
// in the header replaces the strip.
import { ChevronDown, Lightbulb } from "lucide-react";
import type { Highlight } from "../thread/MessageRows";
import CoachNotes from "./CoachNotes";
import { CoachStrip } from "./CoachStrip";

type Props = {
  open: boolean;
  unread: number;
  onToggle: (open: boolean) => void;
  onHighlight: (highlight: Highlight | null) => void;
};

export default function CoachSheet({ open, unread, onToggle, onHighlight }: Props) {
  return (
    <section
      aria-label="Coach"
      className={`flex flex-col border-t border-coach-mark bg-coach-bg text-coach-ink ${open ? "h-[55%] min-h-[96px] short:h-auto short:flex-1" : "shrink-0 short:hidden"}`}
    >
      {open ? (
        <button
          type="button"
          aria-expanded="true"
          aria-controls="coach-sheet"
          onClick={() => onToggle(false)}
          className="flex min-h-[44px] w-full shrink-0 items-center gap-2.5 px-4 text-left"
        >
          <Lightbulb aria-hidden className="size-4 shrink-0" />
          <span className="flex-1 font-semibold">Coach notes</span>
          <ChevronDown aria-hidden className="size-5 shrink-0" />
          <span className="sr-only">Hide the coach's notes</span>
        </button>
      ) : (
        <CoachStrip unread={unread} onOpen={() => onToggle(true)} />
      )}
      <div id="coach-sheet" className={open ? "min-h-0 flex-1" : "hidden"}>
        {open && <CoachNotes onHighlight={onHighlight} />}
      </div>
    </section>
  );
}
