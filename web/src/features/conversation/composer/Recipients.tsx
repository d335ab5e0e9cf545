// Two recipients, one choice.
import { Lock } from "lucide-react";
import type { ReactNode } from "react";

type Props = { name: string; aside: boolean; onChange: (aside: boolean) => void };

export function Recipients({ name, aside, onChange }: Props) {
  return (
    <fieldset className="mb-1.5 flex flex-wrap gap-1 text-sm">
      <legend className="sr-only">Who are you talking to?</legend>
      <Choice on={!aside} look="bg-brand text-brand-ink" onPick={() => onChange(false)}>
        Say to {name}
      </Choice>
      <Choice on={aside} look="bg-coach-mark text-coach-on-mark" onPick={() => onChange(true)}>
        <Lock aria-hidden className="size-3.5 shrink-0" /> Ask the coach privately
      </Choice>
    </fieldset>
  );
}

type ChoiceProps = { on: boolean; look: string; onPick: () => void; children: ReactNode };

function Choice({ on, look, onPick, children }: ChoiceProps) {
  return (
    <label
      className={`inline-flex min-h-11 items-center gap-1.5 rounded-full px-3 font-medium has-focus-visible:outline-[2.5px] has-focus-visible:outline-offset-2 has-focus-visible:outline-brand ${on ? look : "text-muted"}`}
    >
      <input type="radio" name="recipient" className="sr-only" checked={on} onChange={onPick} />
      {children}
    </label>
  );
}
