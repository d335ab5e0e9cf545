// The team's tags as toggles. Each has a key, which works anywhere outside a text field, and inside with Alt.
import { Link } from "react-router";
import type { Tag } from "../../../api/staff/types";
import { researchPaths } from "../../../research-paths";
import { useTagKeys } from "./use-tag-keys";

type Props = { tags: readonly Tag[]; chosen: readonly string[]; onToggle: (id: string) => void };

export function QuickTags({ tags, chosen, onToggle }: Props) {
  useTagKeys(tags, onToggle);
  if (tags.length === 0)
    return (
      <p className="mt-2 text-xs text-muted">
        <Link to={researchPaths.tags()} className="underline">
          Set up tags
        </Link>{" "}
        to mark moments with one key.
      </p>
    );
  return (
    <fieldset className="mt-2 flex max-h-28 flex-wrap gap-1.5 overflow-y-auto">
      <legend className="sr-only">Tags</legend>
      {tags.map(({ id, name, key }) => (
        <button
          key={id}
          type="button"
          aria-pressed={chosen.includes(id)}
          aria-keyshortcuts={`${key} Alt+${key}`}
          onClick={() => onToggle(id)}
          className="inline-flex min-h-8 min-w-0 items-center gap-1.5 rounded-full border border-line bg-raised px-2.5 text-sm aria-pressed:border-brand aria-pressed:bg-brand aria-pressed:text-brand-ink pointer-coarse:min-h-11"
        >
          <kbd aria-hidden className="font-mono text-xs opacity-70 pointer-coarse:hidden">
            {key}
          </kbd>
          <span dir="auto" className="min-w-0 wrap-anywhere">
            {name}
          </span>
        </button>
      ))}
    </fieldset>
  );
}
