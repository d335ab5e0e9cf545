// Selects all invitations of the shown page.
import type { Schemas } from "../../../api/client";
import type { Selection } from "./selection";

type Props = {
  items: readonly Schemas["Invitation"][];
  selection: Selection;
  onChange: (all: boolean) => void;
};

export function SelectPage({ items, selection, onChange }: Props) {
  const count = items.filter((i) => selection.has(i.id)).length;
  const all = count === items.length;
  return (
    <label className="mb-1 inline-flex min-h-10 items-center gap-2 text-sm text-muted">
      <input
        type="checkbox"
        checked={all}
        ref={(box) => {
          if (box) box.indeterminate = count > 0 && !all;
        }}
        onChange={() => onChange(!all)}
        className="size-4.5 accent-brand @3xl:ms-3"
      />
      <span>{`Select all ${items.length} on this page`}</span>
    </label>
  );
}
