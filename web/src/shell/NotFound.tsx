// An address that leads nowhere.
import { Link } from "react-router";
import { paths } from "../paths";
import { buttonLook } from "../ui/Button";
import { FullPage } from "../ui/FullPage";

export function NotFound() {
  return (
    <FullPage title="This page does not exist">
      <p className="text-muted">The address may be incomplete, or what it led to is gone.</p>
      <Link to={paths.home()} className={buttonLook("primary", "self-start")}>
        To the start page
      </Link>
    </FullPage>
  );
}
