// The parts of a page for watching: side by side where there is room, otherwise as tabs with the new note below. It is one
// tree for both, so that nothing that was typed or opened is lost when a window is resized or a tablet is turned.
import { type ReactNode, useState } from "react";
import { useLocation } from "react-router";
import { Tabs } from "../../../ui/staff/Tabs";
import { useRoomy } from "../use-roomy";
import { isMessage } from "./message-hash";

type Part = "watch" | "notes" | "code";

type Props = {
  /** The part to begin with where there is no room for all. */
  first: Part;
  code?: ReactNode;
  watch: ReactNode;
  /** `shown`: the notes are on screen. */
  notes: (shown: boolean) => ReactNode;
  composer: ReactNode;
};

const box = "min-w-0 overflow-clip rounded-2xl border border-line bg-surface";
const tall = "sticky top-4 flex h-[calc(100dvh-9rem)] min-h-[26rem] flex-col";
const grows = "flex min-h-[14rem] flex-1 flex-col";
/** Out of sight and reach, except for an open dialog. */
const off = "invisible absolute inset-x-0 top-0 h-0 overflow-hidden";

export function WatchLayout({ first, code, watch, notes, composer }: Props) {
  const roomy = useRoomy();
  const [tab, setTab] = useState<Part>(first);
  // The link of a note leads to a message, so the messages must be on screen before it is shown.
  const { hash, key } = useLocation();
  const [seen, setSeen] = useState(key);
  if (key !== seen) {
    setSeen(key);
    if (isMessage(hash)) setTab("watch");
  }
  const shows = (part: Part) => roomy || part === tab;
  const columns = code
    ? "grid-cols-[minmax(0,9fr)_minmax(0,20fr)_minmax(0,11fr)]"
    : "grid-cols-[minmax(0,3fr)_minmax(0,1fr)]";
  const narrow = tab === "code" ? "" : "h-[calc(100dvh-11rem)] min-h-[32rem]";
  const panel = (part: Part, name: string) => ({
    id: `part-${part}`,
    ...(roomy ? {} : { role: "tabpanel" as const, "aria-label": name }),
  });
  return (
    <div className={roomy ? `grid ${columns} items-start gap-5` : `relative flex flex-col ${box} ${narrow}`}>
      {!roomy && (
        <Tabs
          label="Parts of this page"
          className="shrink-0 border-b border-line px-2"
          tabs={tabs.filter(({ id }) => id !== "code" || code)}
          value={tab}
          onChange={setTab}
          panel={`part-${tab}`}
        />
      )}
      {code && (
        <div {...panel("code", "Code")} className={roomy ? "min-w-0 space-y-4" : shows("code") ? "space-y-5 p-4" : off}>
          {code}
        </div>
      )}
      <section
        aria-label="Watch live"
        {...panel("watch", "Watch")}
        className={roomy ? `${box} ${tall}` : shows("watch") ? grows : off}
      >
        {watch}
      </section>
      <section
        aria-label="Notes and new note"
        className={
          roomy ? `${box} ${tall}` : tab === "code" ? off : tab === "notes" ? grows : "flex max-h-[60%] flex-col"
        }
      >
        <div {...panel("notes", "Notes")} className={shows("notes") ? "flex min-h-0 flex-1 flex-col" : off}>
          {notes(shows("notes"))}
        </div>
        {composer}
      </section>
    </div>
  );
}

const tabs = [
  { id: "watch", name: "Watch" },
  { id: "notes", name: "Notes" },
  { id: "code", name: "Code" },
] as const;
