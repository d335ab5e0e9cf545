// Three lines that show what this is: the other person, you, and the coach's note. Described in words for those who
// cannot see it.
import { Lightbulb } from "lucide-react";
import { Bubble } from "./Bubble";

export function Specimen() {
  return (
    <figure className="rounded-2xl border border-line bg-surface p-4">
      <figcaption className="sr-only">
        An example: your manager asks why you and why now. You answer with a number. The coach notes, for you alone,
        that the answer is strong and that you should now name the sum.
      </figcaption>
      <div aria-hidden className="space-y-2.5">
        <div className="flex">
          <Bubble by="partner">Why you, and why now?</Bubble>
        </div>
        <div className="flex justify-end">
          <Bubble by="you">Because ramp-up went from nine weeks to five.</Bubble>
        </div>
        <p className="coach-text flex items-start gap-2.5 rounded-lg border-l-4 border-coach-mark bg-coach-bg px-3 py-2 text-coach-ink">
          <Lightbulb className="mt-1 size-4 shrink-0" /> Strong. Now name the number.
        </p>
      </div>
    </figure>
  );
}
