// An invitation that cannot be taken up, why, and what to do about it.
import { Link } from "react-router";
import { paths } from "../../paths";
import { buttonLook } from "../../ui/Button";
import { FullPage } from "../../ui/FullPage";

type Closed = "claimed" | "expired" | "revoked" | "unknown";
type Props = { state: Closed; inviter?: string; contact?: string | undefined };

const words: Record<Closed, { title: string; what: string; todo: string }> = {
  claimed: {
    title: "This invitation is already in use",
    what: "It was opened on another device or in another browser. There it still works.",
    todo: "To go on here, ask for a fresh link: your conversations come with it.",
  },
  expired: {
    title: "This invitation has run out",
    what: "Its last day has passed.",
    todo: "If you would still like to take part, ask for a new one.",
  },
  revoked: {
    title: "This invitation was withdrawn",
    what: "It can no longer be opened.",
    todo: "If this surprises you, ask the person who invited you.",
  },
  unknown: {
    title: "This invitation is not known",
    what: "The link may be incomplete. Scan the code again, or copy the whole address.",
    todo: "If that does not help, ask the person who gave it to you.",
  },
};

export function ClosedInvitation({ state, inviter, contact }: Props) {
  const { title, what, todo } = words[state];
  return (
    <FullPage title={title}>
      <p>{what}</p>
      <p>{todo}</p>
      {inviter && (
        <p className="text-muted">
          Invited by {inviter}
          {contact && `, ${contact}`}
        </p>
      )}
      <Link to={paths.home()} className={buttonLook("plain", "self-start")}>
        To the start page
      </Link>
    </FullPage>
  );
}
