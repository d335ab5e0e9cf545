// Who invites, what will happen, what becomes of the words; then the consent.
import { ShieldCheck } from "lucide-react";
import { Link } from "react-router";
import type { Schemas } from "../../api/client";
import { paths } from "../../paths";
import { buttonLook } from "../../ui/Button";
import { unwrapped } from "../../ui/markdown/plain";
import { PageHeading } from "../../ui/PageHeading";
import { Prose } from "../../ui/Prose";
import { Specimen } from "../../ui/Specimen";
import { onDay } from "../../ui/times";
import { ConsentForm } from "./ConsentForm";

type Props = { token: string; landing: Schemas["Landing"] };

export function OpenInvitation({ token, landing }: Props) {
  const { inviter, contact, scenario, expiresAt, consent, state } = landing;
  const minutes = scenario?.minutes ? ` It takes about ${scenario.minutes} minutes.` : "";
  return (
    <main id="main" className="mx-auto max-w-[31.5rem] px-5 py-10">
      <p className="mb-1 text-muted">{inviter ? `Invitation from ${inviter}` : "You are invited"}</p>
      <PageHeading title="Practise a hard conversation" className="text-[2rem] leading-[1.1] font-bold tracking-tight">
        Practise a hard conversation <span className="marker">before you have it</span>
      </PageHeading>
      <p className="mt-4 mb-6 text-base">
        You talk with an AI playing the other person. A coach reads along and writes you private notes.{minutes}
      </p>
      <Specimen />
      {scenario && (
        <section aria-labelledby="scene" className="mt-6">
          <h2 id="scene" className="font-semibold">
            {scenario.title}
          </h2>
          <p className="text-muted">
            You meet {scenario.partnerName}. {scenario.card}
          </p>
          {scenario.contentNote && <p className="text-muted">Touches on: {scenario.contentNote}</p>}
        </section>
      )}
      <section aria-labelledby="words" className="mt-6 mb-4">
        <h2 id="words" className="mb-1.5 flex items-center gap-2 font-semibold">
          <ShieldCheck aria-hidden className="size-5 shrink-0 text-ok" /> What happens with your words
        </h2>
        <div className="text-muted">
          <Prose text={unwrapped(consent.text)} />
        </div>
      </section>
      {state === "open" &&
        (navigator.cookieEnabled ? <ConsentForm token={token} consentVersion={consent.version} /> : <NoCookies />)}
      {state === "yours" && <GoOn />}
      {state === "preview" && <Preview />}
      <p className="mt-3 text-center text-sm text-muted">
        {expiresAt && `This invitation is good until ${onDay(expiresAt)}. `}
        {contact && `Questions? ${contact}`}
      </p>
    </main>
  );
}

const NoCookies = () => (
  <p role="note" className="rounded-xl border border-line bg-surface p-4">
    Your browser keeps no cookies for this page, so it could not remember that you take part. Allow cookies here, or
    open the link in another browser. Your invitation is not used up.
  </p>
);

const GoOn = () => (
  <>
    <p className="mb-3">You have already accepted this invitation on this device.</p>
    <Link to={paths.home()} replace className={buttonLook("primary", "w-full")}>
      Go on
    </Link>
  </>
);

const Preview = () => (
  <p role="note" className="rounded-xl border border-line bg-surface p-4">
    This is a preview: you are signed in as a researcher, so you cannot accept the invitation yourself. Open it in a
    private window, or on a phone.
  </p>
);
