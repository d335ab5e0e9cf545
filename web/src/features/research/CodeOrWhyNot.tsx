// An invitation's code and link, or why it has none.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { Schemas } from "../../api/client";
import { staffQueries } from "../../api/staff/queries";
import { InvitationCode } from "./InvitationCode";

type Props = { invitation: Schemas["Invitation"]; onPresent: () => void };

export function CodeOrWhyNot({ invitation: i, onPresent }: Props) {
  const erased = useErased(i.id);
  if (i.state === "revoked") return <NoCode>This invitation was revoked. Its link and code no longer work.</NoCode>;
  if (i.state === "expired")
    return <NoCode>This invitation has expired. Extend it to make its link and code work again.</NoCode>;
  if (erased)
    return (
      <NoCode>
        What this participant wrote was deleted, so the link and code no longer work. To invite someone, create a new
        invitation.
      </NoCode>
    );
  if (i.url) return <InvitationCode invitation={i} url={i.url} onPresent={onPresent} />;
  return (
    <NoCode>
      This link can't be shown anymore because the server's key has changed since the invitation was created. Create a
      fresh link to get a new one.
    </NoCode>
  );
}

/** Deletion covers all of a participant's conversations, so one deleted conversation means that the link is dead. */
export function useErased(id: string): boolean {
  return useQuery(staffQueries.invitationConversations(id)).data?.items.some((c) => c.erasedAt) ?? false;
}

const NoCode = ({ children }: { children: ReactNode }) => (
  <p className="self-start rounded-2xl border border-line bg-surface p-5 text-muted">{children}</p>
);
