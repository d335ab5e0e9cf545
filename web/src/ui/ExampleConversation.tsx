// An example conversation: the other person, you and, if there is a coach, a note. Has a text alternative for screen
// readers.
import { Lightbulb } from "lucide-react";
import type { ReactNode } from "react";
import { Bubble } from "./Bubble";

export function ExampleConversation({ coach = true }: { coach?: boolean }) {
  return (
    <figure className="rounded-2xl border border-line bg-surface p-4">
      <figcaption className="sr-only">
        {`Example: Dana, your manager, asks why you and why now. You answer with a number.${coach ? " The coach's note, only for you, says that the answer is strong and that you should name the amount next." : ""}`}
      </figcaption>
      <div aria-hidden className="space-y-2.5">
        <div>
          <Name>Dana, your manager</Name>
          <Bubble by="partner" className="w-fit">
            Why you, and why now?
          </Bubble>
        </div>
        <div className="flex flex-col items-end">
          <Name>You</Name>
          <Bubble by="you">Because ramp-up went from nine weeks to five.</Bubble>
        </div>
        {coach && (
          <div>
            <Name>Coach, only for you</Name>
            <p className="coach-text flex items-start gap-2.5 rounded-lg border-l-4 border-coach-mark bg-coach-bg px-3 py-2 text-coach-ink">
              <Lightbulb className="mt-1 size-4 shrink-0" /> <span>Strong. Now name the number.</span>
            </p>
          </div>
        )}
      </div>
    </figure>
  );
}

const Name = ({ children }: { children: ReactNode }) => <p className="mb-0.5 text-sm text-muted">{children}</p>;
