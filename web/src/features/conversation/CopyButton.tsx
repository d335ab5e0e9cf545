// Copies one message. Hidden until its row (a `group`) is hovered, focused or long-pressed.
import { Check, Copy } from "lucide-react";
import { useState } from "react";
import { announce } from "../../ui/announce";
import { copyText } from "../../ui/copy-text";

type Props = { text: string; label: string; tabbable: boolean; onStop: () => void; className?: string };

const hidden = "pointer-events-none opacity-0";
const shown =
  "group-hover:pointer-events-auto group-hover:opacity-100 group-focus-within:pointer-events-auto group-focus-within:opacity-100";

export function CopyButton({ text, label, tabbable, onStop, className = "" }: Props) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    const done = await copyText(text);
    setCopied(done);
    announce(done ? "Copied." : "Your browser blocks copying. Select the text instead.");
  };
  const Icon = copied ? Check : Copy;
  return (
    <button
      type="button"
      data-stop="copy"
      tabIndex={tabbable ? 0 : -1}
      aria-label={label}
      title="Copy"
      onClick={copy}
      onFocus={onStop}
      onBlur={() => setCopied(false)}
      className={`-my-2 grid size-[44px] shrink-0 place-items-center rounded-full text-muted hover:text-ink ${hidden} ${shown} ${className}`}
    >
      <Icon aria-hidden className="size-4" />
    </button>
  );
}
