// Search, status filter and order of the list, and the number of matches. All choices are kept in the URL.
import { Download, Printer } from "lucide-react";
import { Link, useSearchParams } from "react-router";
import type { Schemas } from "../../api/client";
import { researchPaths } from "../../research-paths";
import { buttonLook } from "../../ui/Button";
import { inputLook, selectLook } from "../../ui/Field";
import { oneOf, withChoices } from "../../ui/staff/url-state";
import { statuses, statusWords } from "./invitation-status";
import { filterIn, sortOf, sorts, sortWords } from "./list-query";

export function InvitationFilter({ list }: { list: Schemas["InvitationPage"] }) {
  const [query, setQuery] = useSearchParams();
  // Keep spaces while the user is typing, and don't add a history entry for every letter.
  const search = (typed: string) => {
    const next = withChoices(query, { search: typed });
    if (typed !== "") next.set("search", typed);
    setQuery(next, { replace: true });
  };
  const choose = (change: Record<string, string>) => setQuery(withChoices(query, change));
  return (
    <>
      <search className="mb-3 flex flex-wrap items-end gap-3">
        <label className="min-w-0 grow basis-60 sm:max-w-80">
          <span className="mb-1 block font-medium">Search by label or title</span>
          <input
            type="search"
            dir="auto"
            maxLength={200}
            value={query.get("search") ?? ""}
            onChange={(event) => search(event.target.value)}
            className={inputLook}
          />
        </label>
        <label className="min-w-0 basis-40">
          <span className="mb-1 block font-medium">Status</span>
          <select
            value={oneOf(query, "status", statuses) ?? ""}
            onChange={(event) => choose({ status: event.target.value })}
            className={selectLook}
          >
            <option value="">Any</option>
            {statuses.map((one) => (
              <option key={one} value={one}>
                {statusWords[one]}
              </option>
            ))}
          </select>
        </label>
        <label className="min-w-0 basis-40">
          <span className="mb-1 block font-medium">Order</span>
          <select
            value={sortOf(query)}
            onChange={(event) => choose({ sort: event.target.value })}
            className={selectLook}
          >
            {sorts.map((one) => (
              <option key={one} value={one}>
                {sortWords[one]}
              </option>
            ))}
          </select>
        </label>
        {list.total > 0 && !query.has("batch") && (
          <span className="flex flex-wrap gap-2">
            <a
              href={researchPaths.linksFile(new URLSearchParams(filterIn(query)))}
              download
              className={buttonLook("tool", "min-h-11")}
            >
              <Download aria-hidden className="size-4" /> Download CSV
            </a>
            <Link to={researchPaths.codes(query)} className={buttonLook("tool", "min-h-11")}>
              <Printer aria-hidden className="size-4" /> Print codes
            </Link>
          </span>
        )}
      </search>
      <p role="status" className="mb-3 text-sm text-muted">
        {howMany(list)}
      </p>
    </>
  );
}

const number = new Intl.NumberFormat();

function howMany({ total, totalInScope }: Schemas["InvitationPage"]): string {
  if (total < totalInScope) return `${number.format(total)} of ${number.format(totalInScope)}`;
  return `${number.format(total)} ${total === 1 ? "invitation" : "invitations"}`;
}
