// The coach on a wide screen: a margin beside the scene.
import { Lightbulb, Lock } from "lucide-react";
import { Hint } from "../hints/Hint";
import type { HintId } from "../hints/use-hints";
import { useScene } from "../scene";
import type { Highlight } from "../thread/MessageRows";
import CoachNotes from "./CoachNotes";

const HINTS: readonly HintId[] = ["coach"];

type Props = { onHighlight: (highlight: Highlight | null) => void };

export default function CoachMargin({ onHighlight }: Props) {
  const { name } = useScene();
  return (
    <aside aria-label="Coach" className="flex min-h-0 min-w-0 flex-col border-l border-line bg-coach-bg">
      <div className="flex flex-wrap items-center justify-between gap-x-3 px-4 pt-3 pb-1">
        <h2 className="flex items-center gap-2 font-semibold text-coach-ink">
          <Lightbulb aria-hidden className="size-4" />
          <span>Coach</span>
        </h2>
        <p className="flex items-center gap-1 text-xs text-coach-muted">
          <Lock aria-hidden className="size-3" />
          <span>{`${name} can't see these notes`}</span>
        </p>
      </div>
      <div className="relative min-h-0 flex-1">
        <CoachNotes onHighlight={onHighlight} />
        <Hint among={HINTS} className="absolute inset-x-4 bottom-3" />
      </div>
    </aside>
  );
}
