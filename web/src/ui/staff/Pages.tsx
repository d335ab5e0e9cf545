// Through a list that the host gives in pages: on to older ones, and back to the newest.
import { Link, useSearchParams } from "react-router";
import { buttonLook } from "../Button";
import { chosen } from "./url-state";

export function Pages({ next }: { next: string | undefined }) {
  const [query] = useSearchParams();
  const later = query.has("cursor");
  if (!later && !next) return null;
  const to = (cursor: string | undefined) => `?${chosen(query, { cursor })}`;
  return (
    <nav aria-label="Pages" className="mt-5 flex flex-wrap gap-3">
      {later && (
        <Link to={to(undefined)} className={buttonLook("tool")}>
          Newest
        </Link>
      )}
      {next && (
        <Link to={to(next)} className={buttonLook("tool")}>
          Older
        </Link>
      )}
    </nav>
  );
}
