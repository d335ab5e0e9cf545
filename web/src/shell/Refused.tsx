// A whole page for a request that failed: sign in, not allowed, gone, or broken.
import { Link, useLocation } from "react-router";
import type { Problem } from "../api/client";
import { paths } from "../paths";
import { buttonLook } from "../ui/Button";
import { FullPage } from "../ui/FullPage";
import { ProblemNotice } from "../ui/ProblemNotice";
import { Forbidden } from "./Forbidden";
import { NotFound } from "./NotFound";

type Props = { problem: Problem; onRetry?: () => void };

export function Refused({ problem, onRetry }: Props) {
  const here = useLocation();
  if (problem.status === 404) return <NotFound />;
  if (problem.status === 401)
    return (
      <FullPage title="Please sign in">
        <p>You are not signed in, or your sign-in has run out. What you wrote on this device is kept.</p>
        <Link to={paths.login(here.pathname + here.search)} className={buttonLook("primary", "self-start")}>
          Sign in again
        </Link>
        <p className="text-muted">Taking part in a study? Open your invitation link once more, and you are back.</p>
      </FullPage>
    );
  if (problem.status === 403) return <Forbidden />;
  return (
    <FullPage title={problem.status === 410 ? "This is gone" : "This page could not be loaded"}>
      <ProblemNotice problem={problem} {...(onRetry ? { onRetry } : {})} />
      <Link to={paths.home()} className={buttonLook("quiet", "self-start")}>
        To the start page
      </Link>
    </FullPage>
  );
}
