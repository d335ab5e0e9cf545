// The page for a failed request: sign in, no access, removed, or an error.
import { Link, useLocation } from "react-router";
import type { Problem } from "../api/client";
import { paths } from "../paths";
import { buttonLook } from "../ui/Button";
import { FullPage } from "../ui/FullPage";
import { ProblemNotice } from "../ui/ProblemNotice";
import { Forbidden } from "./Forbidden";
import { NotFound } from "./NotFound";

type Props = { problem: Problem; onRetry?: () => void };

export function LoadErrorPage({ problem, onRetry }: Props) {
  const here = useLocation();
  if (problem.status === 404) return <NotFound />;
  if (problem.status === 401)
    return (
      <FullPage title="Please sign in">
        <p>You aren't signed in, or your session has expired. What you wrote on this device is saved.</p>
        <Link to={paths.login(here.pathname + here.search)} className={buttonLook("primary", "self-start")}>
          Sign in
        </Link>
        <p className="text-muted">Taking part in a study? Open your invitation link again to come back.</p>
      </FullPage>
    );
  if (problem.status === 403) return <Forbidden />;
  return (
    <FullPage title={problem.status === 410 ? "This page was removed" : "This page couldn't be loaded"}>
      <ProblemNotice problem={problem} {...(onRetry ? { onRetry } : {})} />
      <Link to={paths.home()} className={buttonLook("quiet", "self-start")}>
        Go to the start page
      </Link>
    </FullPage>
  );
}
