// Shown when the host ends this page's access: signed out, opened elsewhere, forbidden, deleted or unknown.
import { useState } from "react";
import { Link, useLocation } from "react-router";
import type { Ending } from "../../live/socket";
import { useLive } from "../../live/use-conversation";
import { paths } from "../../paths";
import { Button, buttonLook } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { FullPage } from "../../ui/FullPage";
import { InvitationContact } from "./InvitationContact";
import { SignInAgain } from "./SignInAgain";

type Gone = Exclude<Ending, "login" | "elsewhere">;

const words: Record<Gone, [title: string, text: string]> = {
  forbidden: [
    "You no longer have access to this conversation",
    "What you said is still saved. If you think this is a mistake, ask the person who invited you.",
  ],
  missing: ["This conversation doesn't exist", "The link may be wrong, or it belongs to another account."],
  gone: ["This conversation was deleted", "Its text is no longer stored and can't be restored."],
};

type Props = { ending: Ending; invitationId: string | undefined };

export default function LostAccess({ ending, invitationId }: Props) {
  if (ending === "login") return <SignedOut />;
  if (ending === "elsewhere") return <Elsewhere />;
  const [title, text] = words[ending];
  return (
    <FullPage title={title}>
      <p>{text}</p>
      <InvitationContact invitationId={invitationId} />
      <Link to={paths.home()} className={buttonLook("primary", "self-start")}>
        Back to your conversations
      </Link>
    </FullPage>
  );
}

function SignedOut() {
  const here = useLocation().pathname;
  // After the dialog is closed, the page stays readable and the message box offers to sign in again.
  const [open, setOpen] = useState(true);
  return (
    <Dialog open={open} onClose={() => setOpen(false)} title="Please sign in again">
      <p className="mb-4">You've been signed out. What you wrote is saved on this device.</p>
      <SignInAgain next={here} className={buttonLook("primary", "w-full")} />
      <p className="mt-3 text-muted">Taking part in a study? Open your invitation link again in this tab.</p>
    </Dialog>
  );
}

/** Never reconnects by itself: two pages would take the conversation from each other forever. */
function Elsewhere() {
  const live = useLive();
  return (
    <Dialog open onClose={live.continueHere} title="This conversation is open in another place">
      <p className="mb-4">This page has stopped updating. Everything you said is saved.</p>
      <Button look="primary" className="w-full" onClick={live.continueHere}>
        Continue here
      </Button>
    </Dialog>
  );
}
