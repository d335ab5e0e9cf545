// A button that copies text. Where the browser allows no copying, it shows the text, selected, to be copied by hand.
import { Copy } from "lucide-react";
import { useState } from "react";
import { Button } from "../../ui/Button";
import { copyText } from "../../ui/copy-text";

type Props = {
  text: string;
  /** The words on the button. */
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
        {outcome === "blocked" && "Your browser doesn't allow copying here. Copy the selected text instead."}
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

/** Outside the component: React calls it once, and not at every rendering, which would take the focus away again. */
function selected(area: HTMLTextAreaElement | null): void {
  area?.focus();
  area?.select();
}
