// Explains why an invitation can't be accepted, and whom to ask.
import type { ReactNode } from "react";
import { Link } from "react-router";
import { paths } from "../../paths";
import { buttonLook } from "../../ui/Button";
import { Contact } from "../../ui/Contact";
import { FullPage } from "../../ui/FullPage";

export const closedStates = ["claimed", "expired", "revoked", "closed", "replaced"] as const;
type ClosedState = (typeof closedStates)[number] | "unknown";
type Inviter = { inviter?: string | undefined; contact?: string | undefined };
type Props = Inviter & { state: ClosedState };

const words: Record<ClosedState, { title: string; what: string; todo: [before: string, after: string] }> = {
  claimed: {
    title: "This invitation is already in use",
    what: "It was accepted on another device or in another browser, and it still works there.",
    todo: ["To continue here, ask ", " for a fresh link. Your conversations will be there."],
  },
  expired: {
    title: "This invitation has expired",
    what: "It can't be accepted anymore.",
    todo: ["If you'd still like to take part, ask ", " for a new invitation."],
  },
  revoked: {
    title: "This invitation was revoked",
    what: "It can't be opened anymore.",
    todo: ["If you have questions, ask ", "."],
  },
  closed: {
    title: "This invitation can't be used anymore",
    what: "Someone accepted it earlier, and that access has ended.",
    todo: ["If you have questions, ask ", "."],
  },
  replaced: {
    title: "This link was replaced by a fresh one",
    what: "This older link no longer works. Your conversations are safe.",
    todo: ["Ask ", " for the fresh link."],
  },
  unknown: {
    title: "We don't recognize this invitation",
    what: "The link may be incomplete. Scan the code again, or copy the whole link.",
    todo: ["If that doesn't help, ask ", "."],
  },
};

export function ClosedInvitation({ state, inviter, contact }: Props) {
  const { title, what, todo } = words[state];
  const [before, after] = todo;
  return (
    <FullPage title={title}>
      <p>{what}</p>
      <p>
        <span>{before}</span>
        <ContactOrInviter inviter={inviter} contact={contact} />
        <span>{after}</span>
      </p>
      {inviter && <p className="text-muted">{`Invitation from ${inviter}`}</p>}
      <Link to={paths.home()} className={buttonLook("plain", "self-start")}>
        Go to the start page
      </Link>
    </FullPage>
  );
}

function ContactOrInviter({ inviter, contact }: Inviter): ReactNode {
  if (contact) return <Contact of={contact} />;
  return <span dir="auto">{inviter || "the person who invited you"}</span>;
}
