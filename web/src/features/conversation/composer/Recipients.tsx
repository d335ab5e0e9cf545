// Two recipients, one choice.
import { Lock } from "lucide-react";
import type { ReactNode } from "react";

type Props = { name: string; aside: boolean; onChange: (aside: boolean) => void };

export function Recipients({ name, aside, onChange }: Props) {
  return (
    <fieldset className="-mt-1 flex flex-wrap gap-1 text-sm">
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
      // The pill is slim, what a finger hits is not.
      className="flex min-h-11 items-center"
    >
      <input type="radio" name="recipient" className="peer sr-only" checked={on} onChange={onPick} />
      <span
        className={`inline-flex items-center gap-1.5 rounded-full px-3 py-1.5 font-medium outline-brand peer-focus-visible:outline-[2.5px] peer-focus-visible:outline-offset-2 ${on ? look : "text-muted"}`}
      >
        {children}
      </span>
    </label>
  );
}
