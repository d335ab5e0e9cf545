// What participants read before they agree, on the invitation's landing page and in the researchers' preview.
import { ShieldCheck } from "lucide-react";
import { useId } from "react";
import type { Schemas } from "../api/client";
import { contentNoteLine } from "./content-note";
import { ExampleConversation } from "./ExampleConversation";
import { unwrapped } from "./markdown/plain";
import { PageHeading } from "./PageHeading";
import { Prose } from "./Prose";

type Landing = Pick<Schemas["Landing"], "inviter" | "scenario" | "consent">;

type Props = {
  landing: Landing & { title?: string; coach: boolean; aside: boolean };
  /** Inside another page: uses lower heading levels. */
  preview?: boolean;
};

export function InvitationText({ landing, preview = false }: Props) {
  const { inviter, title, coach, aside, scenario, consent } = landing;
  const id = useId();
  const Heading = preview ? "h3" : "h2";
  return (
    <>
      <p className="mb-1 text-muted wrap-anywhere" dir="auto">
        {[title, inviter ? `Invitation from ${inviter}` : "You are invited"].filter(Boolean).join(" · ")}
      </p>
      {preview ? (
        <p className={headline}>{promise}</p>
      ) : (
        <PageHeading title="Practice a hard conversation" className={headline}>
          {promise}
        </PageHeading>
      )}
      <p className="mt-4 mb-6 text-base">{whatItIs({ coach, aside, minutes: scenario?.minutes })}</p>
      <ExampleConversation coach={coach} />
      {scenario && (
        <section aria-labelledby={`${id}-scene`} className="mt-6" lang={scenario.language}>
          <Heading id={`${id}-scene`} className="font-semibold wrap-anywhere" dir="auto">
            {scenario.title}
          </Heading>
          <p className="text-muted" dir="auto">
            {scenario.card}
          </p>
          <p className="text-muted" lang="en" dir="auto">
            {`With ${scenario.partnerName}`}
          </p>
          {scenario.contentNote && (
            <p className="text-muted" lang="en" dir="auto">
              {contentNoteLine(scenario.contentNote)}
            </p>
          )}
        </section>
      )}
      <section aria-labelledby={`${id}-words`} className="mt-6 mb-4">
        <Heading id={`${id}-words`} className="mb-1.5 flex items-center gap-2 font-semibold">
          <ShieldCheck aria-hidden className="size-5 shrink-0 text-ok" /> <span>What happens with your words</span>
        </Heading>
        <div className="text-muted wrap-anywhere" dir="auto">
          <Prose text={unwrapped(consent.text)} />
        </div>
      </section>
    </>
  );
}

const headline = "text-[2rem] leading-[1.1] font-bold tracking-tight";
const promise = (
  <>
    Practice a hard conversation <span className="marker">before you have it</span>
  </>
);

/** Returns one sentence for each part that this participant gets. */
function whatItIs({ coach, aside, minutes }: { coach: boolean; aside: boolean; minutes: number | undefined }): string {
  return [
    "You talk with an AI that plays the other person.",
    coach
      ? "A coach reads along and writes you private notes."
      : aside
        ? "You can ask a coach for private advice."
        : "",
    minutes ? `It takes about ${minutes} minutes.` : "",
  ]
    .filter(Boolean)
    .join(" ");
}
