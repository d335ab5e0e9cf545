// Whose turn it is, in words, and who else is there.
import { Eye } from "lucide-react";
import type { Waiting } from "../../../live/conversation-view";
import { useScene } from "../scene";

export function TurnLine({ waiting }: { waiting: Waiting }) {
  const { name, observed, demo } = useScene();
  const words: Record<Waiting, string> = {
    nobody: "Your turn",
    partner: `${name} is replying`,
    coach: "The coach is reading",
    aside: "The coach is answering",
  };
  return (
    <p className="mt-1.5 flex flex-wrap items-center gap-x-3 px-1 text-xs text-muted">
      <span id="turn-line" className={`mr-auto ${waiting === "nobody" ? "font-semibold text-ink" : ""}`}>
        {words[waiting]}
      </span>
      {demo && (
        <span>
          Demo<span className="max-sm:sr-only"> model</span>
        </span>
      )}
      {observed && (
        <span className="inline-flex items-center gap-1">
          <Eye aria-hidden className="size-3.5" /> Researchers can read along
        </span>
      )}
    </p>
  );
}
