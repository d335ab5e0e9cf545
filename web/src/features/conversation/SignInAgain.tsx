// A link to sign in and return to this page.
import { Link } from "react-router";
import { paths } from "../../paths";

export const SignInAgain = ({ next, className }: { next: string; className: string }) => (
  <Link to={paths.login(next)} className={className}>
    Sign in again
  </Link>
);
