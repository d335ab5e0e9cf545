// What the address of the list asks for, as the host takes it.
import { oneOf, withoutEmpty } from "../../ui/staff/url-state";
import { statuses } from "./invitation-status";

export const sorts = ["live", "newest", "oldest", "label"] as const;
export type Sort = (typeof sorts)[number];

export const sortWords: Record<Sort, string> = {
  live: "Live first",
  newest: "Newest first",
  oldest: "Oldest first",
  label: "By label",
};

const PAGE = 50;
/** As many as can be created at once: their links are copied from one page. */
const BATCH = 200;

/** The order of a list. Invitations that were created together are shown in the order of their numbers. */
export const sortOf = (query: URLSearchParams): Sort =>
  oneOf(query, "sort", sorts) ?? (query.has("batch") ? "label" : "live");

/** Which invitations, without the page. */
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
