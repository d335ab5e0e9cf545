// Translates the list's URL into a request to the host.
import { oneOf, withoutEmpty } from "../../ui/staff/url-state";
import { statuses } from "./invitation-status";

export const sorts = ["live", "newest", "oldest", "label"] as const;
type Sort = (typeof sorts)[number];

export const sortWords: Record<Sort, string> = {
  live: "Live first",
  newest: "Newest first",
  oldest: "Oldest first",
  label: "By label",
};

const PAGE = 50;
/** The largest batch that can be created, so that all of its links can be copied from one page. */
const BATCH = 200;

/** Returns the order of a list. A batch is shown in the order of its numbers. */
export const sortOf = (query: URLSearchParams): Sort =>
  oneOf(query, "sort", sorts) ?? (query.has("batch") ? "label" : "live");

/** Returns the filter without the position in the list. */
export function filterIn(query: URLSearchParams) {
  return withoutEmpty<Filter>({
    search: query.get("search")?.trim(),
    status: oneOf(query, "status", statuses),
    batch: query.get("batch"),
    sort: sortOf(query),
  });
}

type Filter = { search: string; status: (typeof statuses)[number]; batch: string; sort: Sort };

export function wantedBy(query: URLSearchParams) {
  const cursor = withoutEmpty<{ cursor: string }>({ cursor: query.get("cursor") });
  return { ...filterIn(query), ...cursor, limit: query.has("batch") ? BATCH : PAGE };
}
