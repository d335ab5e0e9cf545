// Says why what a page shows may be out of date, and offers to sign in again if that is the reason.
import { Link, useLocation } from "react-router";
import { problemOf } from "../../api/client";
import { paths } from "../../paths";
import { buttonLook } from "../../ui/Button";
import { ProblemNotice } from "../../ui/ProblemNotice";

export function StaleNotice({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const here = useLocation();
  if (error === null || error === undefined) return null;
  const problem = problemOf(error);
  if (problem.status !== 401) return <ProblemNotice problem={problem} {...(onRetry ? { onRetry } : {})} />;
  return (
    <div
      role="alert"
      className="my-3 flex flex-wrap items-center gap-3 rounded-xl border border-danger/50 bg-surface p-4"
    >
      <p className="min-w-0 flex-1 basis-60">
        You've been signed out. What you see may be out of date; notes you haven't added are kept on this device.
      </p>
      <Link to={paths.login(here.pathname + here.search)} className={buttonLook("act")}>
        Sign in again
      </Link>
    </div>
  );
}
