// A hint that overlays the page, so that nothing moves when it appears or disappears.
import { X } from "lucide-react";
import { useScene } from "../scene";
import { type HintId, useHints } from "./use-hints";

export default function HintBubble({ which, className }: { which: HintId; className: string }) {
  const { close } = useHints();
  const words = useWords();
  return (
    <div
      role="note"
      className={`rise flex max-w-[28rem] items-center gap-1 rounded-lg bg-ink py-0.5 pl-3.5 text-sm text-bg shadow-raise short:hidden forced-colors:border ${className}`}
    >
      <p className="min-w-0 flex-1 py-1.5">{words[which]}</p>
      <button
        type="button"
        aria-label="Dismiss"
        onClick={() => close(which)}
        className="grid size-[44px] shrink-0 place-items-center rounded-full"
      >
        <X aria-hidden className="size-4" />
      </button>
    </div>
  );
}

function useWords(): Record<HintId, string> {
  const { name, observed } = useScene();
  return {
    partner: `An AI plays ${name}. Talk as you would to the real person.`,
    coach: `The coach's notes appear here. ${name} never sees them.`,
    ask: `Not sure what to say? Ask the coach privately.${observed ? " It uses about one turn." : ""}`,
  };
}
