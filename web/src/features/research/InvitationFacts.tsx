// What was set up for an invitation, and what can be done with it.
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import type { Schemas } from "../../api/client";
import { queries } from "../../api/queries";
import { FactList } from "../../ui/Card";
import { Time } from "../../ui/staff/Time";
import { exactly } from "../../ui/times";
import { useErased } from "./CodeOrWhyNot";
import { EditInvitation } from "./EditInvitation";
import { EraseParticipant } from "./EraseParticipant";
import { FreshLink } from "./FreshLink";
import { titleOf } from "./InvitationQr";
import { RevokeInvitation } from "./RevokeInvitation";

type Props = { invitation: Schemas["Invitation"]; conversations: readonly Schemas["Conversation"][] | undefined };

export function InvitationFacts({ invitation: i, conversations }: Props) {
  const erased = useErased(i.id);
  const scenario = useQuery(queries.scenarios()).data?.items.find((s) => s.slug === i.scenario);
  return (
    <section aria-label="About this invitation" className="min-w-0">
      <FactList
        facts={[
          ["Claimed", i.claimedAt ? <Time key="claimed" iso={i.claimedAt} /> : "Not yet"],
          ["Conversations", countsOf(conversations)],
          ["Title", <Text key="title">{titleOf(i)}</Text>],
          ["Scenario", <Text key="scenario">{scenario?.title ?? i.scenario ?? "The participant chooses"}</Text>],
          ["Custom scenarios", i.allowCustomScenario ? "Allowed" : "Not allowed"],
          ["Coach", i.coach ? "After every turn" : i.aside ? "Only when asked" : "None"],
          ["Questions", i.aside ? "Allowed" : "Not allowed"],
          ["Contact", <Text key="contact">{i.contact ?? "None"}</Text>],
          ["Consent", <Consent key="consent" invitation={i} />],
          ["Expires", i.expiresAt ? exactly(i.expiresAt) : "Never"],
          ["Created", <Time key="created" iso={i.createdAt} />],
        ]}
      />
      <div className="no-print mt-5 flex flex-wrap gap-2">
        <EditInvitation invitation={i} />
        {!erased && <FreshLink invitation={i} />}
        <RevokeInvitation invitation={i} />
        <EraseParticipant invitation={i} />
      </div>
    </section>
  );
}

const Text = ({ children }: { children: string }) => <span dir="auto">{children}</span>;

/** Links to the page that the invitation opens: researchers see it as a preview with the consent text. */
function Consent({ invitation: i }: { invitation: Schemas["Invitation"] }) {
  const version = <span className="font-mono text-sm">{i.consentVersion}</span>;
  if (!i.url) return version;
  const { pathname } = new URL(i.url);
  return (
    <>
      {version}{" "}
      <Link to={pathname} className="underline">
        Read it
      </Link>
    </>
  );
}

function countsOf(all: Props["conversations"]): string {
  if (!all) return "";
  const open = all.filter((c) => c.state === "open").length;
  const parts = [open > 0 && `${open} in progress`, all.length > open && `${all.length - open} ended`];
  return parts.filter(Boolean).join(", ") || "None yet";
}
