// Replaces the composer once the conversation has ended or the turns are used up.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { queries } from "../../../api/queries";
import { useConversation, useLive } from "../../../live/use-conversation";
import { paths } from "../../../paths";
import { Button, buttonLook } from "../../../ui/Button";
import { InvitationContact } from "../InvitationContact";
import { useScene } from "../scene";

function endText(why: string, turn: number): string {
  const words: Record<string, string> = {
    participant: "You ended this conversation.",
    staff: "A researcher ended this conversation.",
    goal_reached: "You reached the goal of this conversation.",
    max_turns: turn === 1 ? "That was the last turn." : `That was the last of your ${turn} turns.`,
    max_time: "The time for this conversation is up.",
    erased: "This conversation was deleted.",
    quota_exhausted: "You have used all your turns.",
    invitation_expired: "Your invitation has expired.",
    invitation_revoked: "Your invitation was revoked.",
  };
  return words[why] ?? "This conversation has ended.";
}

type Props = { why: string; onNotes: (() => void) | undefined };

export default function ConversationEnd({ why, onNotes }: Props) {
  const { coach, conversation } = useScene();
  const turn = useConversation((s) => s.turn);
  const noted = useConversation((s) => s.rows.some((r) => r.role === "coach" && r.content !== ""));
  const live = useLive();
  // The invitation may have been extended since.
  const refused = useConversation((s) => s.outgoing.find((o) => o.refusal?.code === why && why !== "quota_exhausted"));
  const another = useMayStartAnother() && why !== "quota_exhausted";
  const also = coach !== "absent" && noted ? ", including the coach's notes," : "";
  return (
    <section
      id="say"
      aria-label="The end"
      data-region=""
      tabIndex={-1}
      className="max-h-[50cqh] shrink-0 overflow-y-auto border-t border-line bg-surface pt-4 pb-[max(1rem,env(safe-area-inset-bottom))] short:max-h-[40cqh] short:py-2"
    >
      <div className="mx-auto flex max-w-[54rem] flex-wrap items-center justify-between gap-x-6 gap-y-3 px-4 md:px-6">
        <div className="min-w-0 flex-1 basis-72">
          <p role="status" className="font-semibold">
            {endText(why, turn)}
          </p>
          {why !== "erased" && (
            <p className="text-sm text-muted short:hidden">
              {`Thank you. Everything${also} is saved, and you can read it at any time. You can close this page now.`}
            </p>
          )}
          <InvitationContact invitationId={conversation.invitationId} />
        </div>
        <div className="flex flex-wrap items-center gap-2">
          <Link to={paths.home()} className={buttonLook("primary")}>
            {another ? "Start another conversation" : "Back to your conversations"}
          </Link>
          {onNotes && noted && <Button onClick={onNotes}>Read the notes</Button>}
          {why !== "erased" && <SaveCopy />}
          {refused && <Button onClick={() => live.resend(refused)}>Try again</Button>}
        </div>
      </div>
    </section>
  );
}

/** Whether the invitation or the account's allowance still pays for a turn. */
function useMayStartAnother(): boolean {
  const { conversation } = useScene();
  const me = useQuery({ ...queries.me(), staleTime: 0 }).data;
  const paid = me?.invitations.find((i) => i.id === conversation.invitationId);
  return paid
    ? paid.state === "claimed" && paid.turnsLeft !== 0
    : me !== undefined && conversation.invitationId === undefined;
}

function SaveCopy() {
  const { conversation } = useScene();
  const [failed, setFailed] = useState(false);
  const save = async () => {
    // Rarely used, so loaded on demand.
    const parts = await import("../transcript-file").catch(() => null);
    setFailed(!(await parts?.saveCopy(conversation)));
  };
  return (
    <>
      <Button onClick={save}>Save a copy</Button>
      <p role="status" className="w-full text-sm empty:hidden">
        {failed ? "Your copy couldn't be saved. Try again in a moment." : ""}
      </p>
    </>
  );
}
