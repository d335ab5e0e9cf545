// Chooses between partner and coach: a pair of pills, or one toggle button if there is little height.
import { Lock, MessageCircle } from "lucide-react";

type Props = { name: string; aside: boolean; onChange: (aside: boolean) => void };

export function Recipients({ name, aside, onChange }: Props) {
  return (
    <fieldset className="flex flex-wrap gap-1 text-sm short:hidden">
      <legend className="sr-only">Who are you talking to?</legend>
      <Choice on={!aside} look="bg-brand text-brand-ink" words={`Say to ${name}`} onPick={() => onChange(false)} />
      <Choice
        on={aside}
        look="bg-coach-mark text-coach-on-mark"
        words="Ask the coach privately"
        lock
        onPick={() => onChange(true)}
      />
    </fieldset>
  );
}

type ChoiceProps = { on: boolean; look: string; words: string; lock?: boolean; onPick: () => void };

function Choice({ on, look, words, lock, onPick }: ChoiceProps) {
  // In forced-colors mode, system colors and the border show which one is chosen.
  const forced = on
    ? "forced-colors:border-2 forced-colors:border-[Highlight] forced-colors:bg-[Highlight] forced-colors:text-[HighlightText] forced-color-adjust-none"
    : "";
  return (
    <label
      // The tap target is taller than the pill.
      className="flex min-h-[44px] items-center"
    >
      <input type="radio" name="recipient" className="peer sr-only" checked={on} onChange={onPick} />
      <span
        className={`inline-flex items-center gap-1.5 rounded-full px-3 py-1.5 font-medium max-[22rem]:px-2 max-[22rem]:text-[0.8125rem] outline-brand peer-focus-visible:outline-[2.5px] peer-focus-visible:outline-offset-2 ${on ? look : "text-muted"} ${forced}`}
      >
        {lock && <Lock aria-hidden className="size-3.5 shrink-0" />}
        <span>{words}</span>
      </span>
    </label>
  );
}

export function RecipientSwitch({ name, aside, onChange }: Props) {
  const label = aside ? `Talk to ${name} instead` : "Ask the coach privately instead";
  const Icon = aside ? Lock : MessageCircle;
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      onClick={() => onChange(!aside)}
      className={`hidden size-[44px] shrink-0 place-items-center rounded-full border short:grid ${aside ? "border-coach-mark bg-coach-mark text-coach-on-mark" : "border-control text-brand"}`}
    >
      <Icon aria-hidden className="size-5" />
    </button>
  );
}
