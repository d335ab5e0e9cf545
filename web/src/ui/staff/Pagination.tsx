// Navigation through a paginated list: to the next page, and back to the first.
import { Link, useSearchParams } from "react-router";
import { buttonLook } from "../Button";
import { withChoices } from "./url-state";

type Props = { next: string | undefined; first?: string; more?: string };

export function Pagination({ next, first = "Newest", more = "Older" }: Props) {
  const [query] = useSearchParams();
  const later = query.has("cursor");
  if (!later && !next) return null;
  const to = (cursor: string | undefined) => `?${withChoices(query, { cursor })}`;
  return (
    <nav aria-label="Pages" className="mt-5 flex flex-wrap gap-3">
      {later && (
        <Link to={to(undefined)} className={buttonLook("tool")}>
          {first}
        </Link>
      )}
      {next && (
        <Link to={to(next)} className={buttonLook("tool")}>
          {more}
        </Link>
      )}
    </nav>
  );
}
