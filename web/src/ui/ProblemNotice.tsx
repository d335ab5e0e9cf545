// Shows why a request failed, a retry button, and the request id for server errors.
import { CircleAlert } from "lucide-react";
import type { Problem } from "../api/client";
import { Button } from "./Button";
import { sentence } from "./sentence";

type Props = { problem: Problem; onRetry?: () => void };

export function ProblemNotice({ problem, onRetry }: Props) {
  return (
    <div role="alert" className="my-3 rounded-xl border border-danger/50 bg-surface p-4">
      <p className="flex items-start gap-2.5">
        <CircleAlert aria-hidden className="mt-0.5 size-5 shrink-0 text-danger" />
        <span className="min-w-0">{sentence(problem.detail ?? problem.title)}</span>
      </p>
      {onRetry && (
        <Button className="mt-3" onClick={onRetry}>
          Try again
        </Button>
      )}
      {problem.status >= 500 && problem.requestId && (
        <p className="mt-2 text-xs text-muted">{`Request ${problem.requestId}`}</p>
      )}
    </div>
  );
}
