// A button that copies text. If the browser blocks copying, it shows the selected text to be copied by hand.
import { Copy } from "lucide-react";
import { useState } from "react";
import { Button } from "../../ui/Button";
import { copyText } from "../../ui/copy-text";

type Props = {
  text: string;
  /** The text on the button. */
  label: string;
  /** What is copied, at the start of a sentence. */
  what: string;
};

export function CopyTextButton({ text, label, what }: Props) {
  const [outcome, setOutcome] = useState<"copied" | "blocked">();
  const copy = async () => setOutcome((await copyText(text)) ? "copied" : "blocked");
  return (
    <>
      <Button look="tool" onClick={copy}>
        <Copy aria-hidden className="size-4" /> {label}
      </Button>
      <div role="status" className="order-last w-full text-sm text-muted empty:hidden">
        {outcome === "copied" && `${what} copied.`}
        {outcome === "blocked" && "Your browser blocks copying. Copy the selected text yourself."}
      </div>
      {outcome === "blocked" && (
        <textarea
          readOnly
          aria-label={what}
          rows={Math.min(8, text.split("\n").length)}
          value={text}
          ref={selected}
          className="order-last w-full rounded-lg border border-control bg-raised p-2 font-mono text-xs break-all"
        />
      )}
    </>
  );
}

/** Defined outside the component, so that React calls it only once: every call takes the focus. */
function selected(area: HTMLTextAreaElement | null): void {
  area?.focus();
  area?.select();
}
