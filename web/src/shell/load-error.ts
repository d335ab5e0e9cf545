// The error of a page whose data couldn't be loaded. Data that has loaded stays in use: a failed refetch must not remove
// a half-filled form from the screen.
import { problemOf } from "../api/client";

type Query = { data: unknown; error: unknown; refetch: () => unknown };

/** Returns the props of `LoadErrorPage`, or undefined unless a query failed without any data. */
export function loadError(...needed: Query[]) {
  const failed = needed.filter(({ data, error }) => data === undefined && error);
  const onRetry = () => failed.map((query) => query.refetch());
  return failed[0] && { problem: problemOf(failed[0].error), onRetry };
}
