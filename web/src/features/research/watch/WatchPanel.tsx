// Watching one conversation live: who else watches, the transcript, and what is going on. Nothing here can be sent.
import { useQuery } from "@tanstack/react-query";
import { Eye } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { Link, useLocation } from "react-router";
import type { Schemas } from "../../../api/client";
import { queries } from "../../../api/queries";
import { staffQueries } from "../../../api/staff/queries";
import type { Ending } from "../../../live/socket";
import { useObserved, useWatched } from "../../../live/use-observed";
import { paths } from "../../../paths";
import { Button, buttonLook } from "../../../ui/Button";
import { shortName } from "../../../ui/short-name";
import { namesOf, personName } from "../people";
import { ReadOut } from "./ReadOut";
import { Transcript } from "./Transcript";
import { useSignedInElsewhere } from "./use-signed-in-elsewhere";
import { WatchStatus } from "./WatchStatus";
import { WatchedContext } from "./watched";

type Props = {
  conversation: Schemas["Conversation"];
  /** The participant has the conversation open; undefined if that isn't known. */
  present: boolean | undefined;
  noteCounts: ReadonlyMap<number, number>;
  /** A link that leads elsewhere: to full width, or back. */
  elsewhere: ReactNode;
};

export function WatchPanel({ conversation, present, noteCounts, elsewhere }: Props) {
  const { id, language } = conversation;
  const partner = shortName(conversation.partnerName);
  const watched = useMemo(
    () => ({ conversationId: id, partner, language, noteCounts }),
    [id, partner, language, noteCounts],
  );
  const ending = useWatched((s) => s.ending);
  const [reading, setReading] = useState(false);
  const hidden = ending === "forbidden" || ending === "missing" || ending === "gone";
  return (
    <WatchedContext value={watched}>
      <div className="flex flex-wrap items-center gap-x-3 border-b border-line px-4 py-1.5 text-xs text-muted sm:text-sm">
        <p className="flex min-w-0 flex-1 basis-60 items-center gap-2.5">
          <Eye aria-hidden className="size-4 shrink-0" />
          <span>
            {ending
              ? "You aren't watching anymore."
              : "You are watching. The participant was told that researchers can read along."}{" "}
            {!hidden && <Others id={id} />}
          </span>
        </p>
        {elsewhere}
      </div>
      {ending && <Ended ending={ending} />}
      {!hidden && (
        <>
          <Transcript />
          <div className="flex flex-wrap items-center gap-x-4 border-t border-line px-4 text-sm">
            <WatchStatus partner={partner} present={present} />
            <label className="flex min-h-10 items-center gap-2 text-muted max-sm:text-xs">
              <input
                type="checkbox"
                role="switch"
                aria-checked={reading}
                checked={reading}
                onChange={(event) => setReading(event.target.checked)}
                className="size-4.5 accent-brand"
              />
              <span>Read out new messages</span>
            </label>
          </div>
          <ReadOut on={reading} />
        </>
      )}
    </WatchedContext>
  );
}

function Others({ id }: { id: string }) {
  const me = useQuery(queries.me()).data;
  const watching = useQuery(staffQueries.observers(id)).data?.items ?? [];
  const others = watching.filter(({ user }) => user.id !== me?.id).map(({ user }) => personName(user));
  if (others.length === 0) return null;
  return <span className="text-ink">{`${namesOf(others)} ${others.length === 1 ? "is" : "are"} watching, too.`}</span>;
}

const words: Record<Ending, string> = {
  login: "You've been signed out, so nothing new appears here. Notes you haven't added are kept on this device.",
  forbidden: "You no longer have access to this conversation. Notes you haven't added are kept on this device.",
  missing: "This conversation doesn't exist, or you don't have access to it.",
  gone: "This conversation was deleted. Its text is no longer stored and can't be restored.",
  elsewhere: "You're watching this conversation in too many windows, so this one has stopped.",
};

function Ended({ ending }: { ending: Ending }) {
  const observed = useObserved();
  const here = useLocation();
  useSignedInElsewhere(ending, observed.continueHere);
  return (
    <div role="alert" className="m-4 space-y-3 rounded-xl border border-control bg-raised p-4">
      <p>{words[ending]}</p>
      {ending === "login" && (
        <Link to={paths.login(here.pathname + here.search)} className={buttonLook("act")}>
          Sign in again
        </Link>
      )}
      {ending === "elsewhere" && <Button onClick={observed.continueHere}>Watch here</Button>}
    </div>
  );
}
