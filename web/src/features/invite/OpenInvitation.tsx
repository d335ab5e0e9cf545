// An invitation that can be opened: what it is about, what happens to the participant's words, and the consent form.
import { Link } from "react-router";
import type { Schemas } from "../../api/client";
import { paths } from "../../paths";
import { buttonLook } from "../../ui/Button";
import { Contact } from "../../ui/Contact";
import { InvitationText } from "../../ui/InvitationText";
import { onDay } from "../../ui/times";
import { ConsentForm } from "./ConsentForm";

type Props = { token: string; landing: Schemas["Landing"] };

export function OpenInvitation({ token, landing }: Props) {
  const { contact, expiresAt, state } = landing;
  return (
    <main id="main" className="mx-auto max-w-[31.5rem] px-5 py-10">
      <InvitationText landing={landing} />
      {state === "open" && (navigator.cookieEnabled ? <ConsentForm token={token} landing={landing} /> : <NoCookies />)}
      {state === "yours" && <Continue />}
      {state === "preview" && <PreviewNote />}
      <p className="mt-3 text-center text-sm text-muted wrap-anywhere">
        {expiresAt && <span>{`This invitation is valid until ${onDay(expiresAt)}. `}</span>}
        {contact && (
          <>
            <span>Questions? </span>
            <Contact of={contact} />
          </>
        )}
      </p>
    </main>
  );
}

const NoCookies = () => (
  <p role="note" className="rounded-xl border border-line bg-surface p-4">
    Your browser blocks cookies, so this page can't remember that you agreed. Allow cookies for this page, or open the
    link in another browser. Your invitation hasn't been used.
  </p>
);

const Continue = () => (
  <>
    <p className="mb-3">You have already accepted this invitation on this device.</p>
    <Link to={paths.home()} replace className={buttonLook("primary", "w-full")}>
      Continue
    </Link>
  </>
);

const PreviewNote = () => (
  <p role="note" className="rounded-xl border border-line bg-surface p-4">
    This is a preview. You're signed in as a researcher, so you can't accept the invitation yourself. Open it in a
    private window or on a phone to try it.
  </p>
);
