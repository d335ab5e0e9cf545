// The page for an unknown URL.
import { Link } from "react-router";
import { paths } from "../paths";
import { buttonLook } from "../ui/Button";
import { FullPage } from "../ui/FullPage";

export function NotFound() {
  return (
    <FullPage title="This page doesn't exist">
      <p className="text-muted">The link may be wrong, or the page was removed.</p>
      <Link to={paths.home()} className={buttonLook("primary", "self-start")}>
        Go to the start page
      </Link>
    </FullPage>
  );
}
