// Shows only the notes with one tag.
import { useQuery } from "@tanstack/react-query";
import { staffQueries } from "../../../api/staff/queries";
import { selectLook } from "../../../ui/Field";

type Props = { value: string | undefined; onChange: (id: string | undefined) => void };

export function TagFilter({ value, onChange }: Props) {
  const tags = useQuery(staffQueries.tags()).data?.items ?? [];
  if (tags.length === 0) return null;
  return (
    <label className="flex min-w-0 max-w-full items-center text-sm text-muted">
      <span className="sr-only">Filter by tag</span>
      <select
        value={value ?? ""}
        onChange={(event) => onChange(event.target.value || undefined)}
        className={`${selectLook} !w-40 min-w-0 max-w-full !text-sm`}
      >
        <option value="">All tags</option>
        {tags.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
