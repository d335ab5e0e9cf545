// Finds invitations in the list by label and state. Both stand in the address, so that a search can be kept or sent.
import { useSearchParams } from "react-router";
import type { Schemas } from "../../api/client";
import { inputLook, selectLook } from "../../ui/Field";

type Invitation = Schemas["Invitation"];

const states = { open: "Open", claimed: "Claimed", live: "Live now", expired: "Expired", revoked: "Revoked" };

export function InvitationFilter() {
  const [query, setQuery] = useSearchParams();
  const set = (name: string, value: string) =>
    setQuery(
      (before) => {
        if (value) before.set(name, value);
        else before.delete(name);
        return before;
      },
      { replace: true },
    );
  return (
    <search className="mb-4 flex flex-wrap gap-3">
      <input
        type="search"
        aria-label="Search by label"
        placeholder="Search by label"
        value={query.get("label") ?? ""}
        onChange={(event) => set("label", event.target.value)}
        className={`${inputLook} min-w-[min(10rem,100%)] flex-1 placeholder:text-muted`}
      />
      <select
        aria-label="State"
        value={query.get("state") ?? ""}
        onChange={(event) => set("state", event.target.value)}
        className={`${selectLook} sm:max-w-44`}
      >
        <option value="">Every state</option>
        {Object.entries(states).map(([state, words]) => (
          <option key={state} value={state}>
            {words}
          </option>
        ))}
      </select>
    </search>
  );
}

/** What the address asks for, the running ones first. */
export function found(items: readonly Invitation[], query: URLSearchParams): Invitation[] {
  const label = (query.get("label") ?? "").trim().toLowerCase();
  const state = query.get("state");
  return items
    .filter((i) => i.label.toLowerCase().includes(label))
    .filter((i) => !state || (state === "live" ? i.live : i.state === state))
    .toSorted((a, b) => Number(b.live) - Number(a.live));
}
