// `/start/:slug`: an invitation's scenario and the details it asks for.
import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import type { Schemas } from "../../api/client";
import { queries } from "../../api/queries";
import { LoadErrorPage } from "../../shell/LoadErrorPage";
import { loadError } from "../../shell/load-error";
import { NotFound } from "../../shell/NotFound";
import { contentNoteLine } from "../../ui/content-note";
import { PageHeading } from "../../ui/PageHeading";
import { Skeleton } from "../../ui/Skeleton";
import { StartForm } from "./StartForm";
import { facts } from "./scenario-facts";
import { usableInvitation } from "./usable-invitation";
import { useStart } from "./use-start";

export default function StartPage() {
  const { slug } = useParams();
  const me = useQuery(queries.me());
  const scenarios = useQuery(queries.scenarios());
  const failure = loadError(me, scenarios);
  if (failure) return <LoadErrorPage {...failure} />;
  const scenario = scenarios.data?.items.find((s) => s.slug === slug);
  if (scenarios.data && !scenario) return <NotFound />;
  return (
    <main id="main" className="mx-auto w-full max-w-xl px-4 py-6 sm:px-5 sm:py-10">
      {me.data && scenario ? <Start me={me.data} scenario={scenario} /> : <Skeleton />}
    </main>
  );
}

function Start({ me, scenario: s }: { me: Schemas["Me"]; scenario: Schemas["Scenario"] }) {
  const start = useStart(s, usableInvitation(me, s.slug)?.id);
  return (
    <>
      <PageHeading title="Before you start" className="mb-4 text-[2rem] leading-[1.1] font-bold" />
      <div className="mb-6 rounded-2xl border border-line bg-surface p-4 wrap-anywhere">
        <p className="font-semibold" dir="auto" lang={s.language}>
          {s.title}
        </p>
        <p dir="auto" lang={s.language}>
          {s.card}
        </p>
        <p className="text-sm text-muted" dir="auto">{`With ${s.partnerName}`}</p>
        <p className="text-sm text-muted">{facts(s)}</p>
        {s.contentNote && (
          <p className="text-sm text-muted" dir="auto">
            {contentNoteLine(s.contentNote)}
          </p>
        )}
      </div>
      <StartForm scenario={s} start={start} />
    </>
  );
}
