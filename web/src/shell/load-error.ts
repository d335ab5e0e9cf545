// What a page shows when something that it needs did not come. What came before stays in use: a later failure must not
// take a half-filled form off the screen.
import { problemOf } from "../api/client";

type Query = { data: unknown; error: unknown; refetch: () => unknown };

/** What `LoadErrorPage` shows; undefined while nothing that is needed has failed. */
export function loadError(...needed: Query[]) {
  const failed = needed.filter(({ data, error }) => data === undefined && error);
  const onRetry = () => failed.map((query) => query.refetch());
  return failed[0] && { problem: problemOf(failed[0].error), onRetry };
}
