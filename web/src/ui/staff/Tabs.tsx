// Tabs: one tab stop, the arrow keys move between them. They also select, unless selecting has consequences.
import { type KeyboardEvent, type ReactNode, useId } from "react";

type Tab<Id extends string> = { id: Id; name: ReactNode };

type Props<Id extends string> = {
  label: string;
  tabs: readonly Tab<Id>[];
  value: Id | undefined;
  onChange: (id: Id) => void;
  /** The id of the element that shows the selected tab's content. */
  panel: string;
  /** The arrow keys only move; Enter or Space selects. */
  manual?: boolean;
  className?: string;
};

export function Tabs<Id extends string>({
  label,
  tabs,
  value,
  onChange,
  panel,
  manual = false,
  className = "",
}: Props<Id>) {
  const own = useId();
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const at = tabs.findIndex((tab) => own + tab.id === (event.target as Element).closest("[role=tab]")?.id);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (step === 0 || !next) return;
    event.preventDefault();
    if (!manual) onChange(next.id);
    document.getElementById(own + next.id)?.focus();
  };
  const first = tabs.some((tab) => tab.id === value) ? value : tabs[0]?.id;
  return (
    <div role="tablist" aria-label={label} onKeyDown={onKeyDown} className={`flex flex-wrap gap-x-1 ${className}`}>
      {tabs.map(({ id, name }) => (
        <button
          key={id}
          id={own + id}
          type="button"
          role="tab"
          aria-selected={id === value}
          {...(id === value ? { "aria-controls": panel } : {})}
          tabIndex={id === first ? 0 : -1}
          onClick={() => onChange(id)}
          className="-mb-px inline-flex min-h-11 min-w-0 items-center gap-2 border-b-2 border-transparent px-2.5 font-medium text-muted hover:text-ink aria-selected:border-brand aria-selected:text-brand"
        >
          {name}
        </button>
      ))}
    </div>
  );
}
