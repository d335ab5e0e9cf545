// Which invitations the list shows. Both choices live in the address.
import type { ReactNode } from "react";
import { useSearchParams } from "react-router";
import { inputLook, selectLook } from "../../ui/Field";
import { chosen } from "../../ui/staff/url-state";
import { type Status, statuses, statusWords } from "./status";

type Props = { status: Status | undefined; children: ReactNode };

export function InvitationFilter({ status, children }: Props) {
  const [query, setQuery] = useSearchParams();
  // Every letter counts at once, so none of them is a step that the Back button goes through. A search keeps its
  // spaces while it is typed.
  const choose = (name: "search" | "status", value: string) => {
    const next = chosen(query, { [name]: value });
    if (name === "search" && value !== "") next.set(name, value);
    setQuery(next, { replace: true });
  };
  return (
    <search className="mb-5 flex flex-wrap items-end gap-3">
      <label className="min-w-0 grow basis-60 sm:max-w-80">
        <span className="mb-1 block font-medium">Search by label</span>
        <input
          type="search"
          value={query.get("search") ?? ""}
          onChange={(event) => choose("search", event.target.value)}
          className={inputLook}
        />
      </label>
      <label className="min-w-0 basis-44">
        <span className="mb-1 block font-medium">Status</span>
        <select value={status ?? ""} onChange={(event) => choose("status", event.target.value)} className={selectLook}>
          <option value="">Any</option>
          {statuses.map((one) => (
            <option key={one} value={one}>
              {statusWords[one]}
            </option>
          ))}
        </select>
      </label>
      {children}
    </search>
  );
}
