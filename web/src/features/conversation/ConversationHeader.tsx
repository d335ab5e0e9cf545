// Who you are talking to, how many turns are left, and the menu.
import { ChevronLeft, Ellipsis, Eye } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { useConversation } from "../../live/use-conversation";
import { paths } from "../../paths";
import { KeysChoice } from "../../shell/Keys";
import { Avatar } from "../../ui/Bubble";
import { Button, IconButton } from "../../ui/Button";
import { SelectField } from "../../ui/Field";
import { Meter } from "../../ui/Meter";
import { PageHeading } from "../../ui/PageHeading";
import { ThemeButton, ThemeChoice } from "../../ui/ThemeButton";
import { type Announcing, chooseAnnouncing, useAnnouncing } from "./announcing";
import { EndQuestion } from "./EndQuestion";
import { unseen, useScene } from "./scene";

const MENU = "conversation-menu";

export function ConversationHeader() {
  const { conversation: c, coach } = useScene();
  const [ending, setEnding] = useState(false);
  return (
    <header
      data-region=""
      tabIndex={-1}
      className="flex flex-wrap items-center gap-2 border-b border-line bg-surface py-2 pr-1 pl-1 md:gap-3 md:px-4"
    >
      <Link
        to={paths.home()}
        aria-label="All conversations"
        className="grid size-11 shrink-0 place-items-center rounded-full text-muted hover:text-ink"
      >
        <ChevronLeft aria-hidden className="size-5" />
      </Link>
      <Avatar name={c.partnerName} className="size-10 text-sm max-[22rem]:hidden" />
      <div className="min-w-24 flex-1">
        <PageHeading title={c.partnerName} className="truncate text-base leading-tight font-semibold" />
        <p className="line-clamp-2 text-xs text-muted sm:line-clamp-1 sm:text-sm">{c.title}</p>
      </div>
      <TurnsLeft />
      <ThemeButton className="max-sm:hidden" />
      <IconButton label="Menu" popoverTarget={MENU}>
        <Ellipsis aria-hidden className="size-5" />
      </IconButton>
      <div
        id={MENU}
        popover="auto"
        className="fixed inset-auto top-14 right-2 w-72 max-w-[calc(100vw-1rem)] rounded-2xl border border-line bg-raised p-4 text-ink shadow-raise"
      >
        <WhoReads />
        <ThemeChoice className="mb-2 w-full sm:hidden" />
        <KeysChoice className="mb-2 w-full pointer-coarse:hidden" popoverTarget={MENU} popoverTargetAction="hide" />
        {coach === "comments" && <AnnouncingChoice />}
        <EndButton onPress={() => setEnding(true)} />
      </div>
      <EndQuestion open={ending} onClose={() => setEnding(false)} />
    </header>
  );
}

function TurnsLeft() {
  const left = useConversation((s) => s.turnsLeft);
  const turn = useConversation((s) => s.turn);
  if (left === undefined) return null;
  const look = left <= 5 ? "font-semibold text-ink" : "text-muted";
  return (
    <div
      className={`flex max-w-24 shrink-0 flex-col items-end gap-x-2 gap-y-1 sm:max-w-none sm:flex-row sm:items-center ${look}`}
    >
      <p className="text-right text-xs sm:text-sm">
        {left > 0 && <span className="max-sm:sr-only">About </span>}
        <span className="whitespace-nowrap">
          {left || "No"} {left === 1 ? "turn" : "turns"}
        </span>{" "}
        left
      </p>
      <Meter share={left / Math.max(1, left + turn)} className="w-16 sm:w-24" />
    </div>
  );
}

function WhoReads() {
  const scene = useScene();
  const hidden = unseen(scene);
  if (!scene.observed && !hidden) return null;
  return (
    <p className="mb-3 flex items-start gap-2 text-sm text-muted">
      <Eye aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span>
        {scene.observed && "Researchers can read along. "}
        {hidden && `${scene.conversation.partnerName} never sees ${hidden}.`}
      </span>
    </p>
  );
}

function AnnouncingChoice() {
  const announcing = useAnnouncing();
  return (
    <SelectField
      label="A screen reader is told of notes"
      value={announcing}
      onChange={(event) => chooseAnnouncing(event.target.value as Announcing)}
    >
      <option value="text">with their text</option>
      <option value="fact">only that there is one</option>
      <option value="off">not at all</option>
    </SelectField>
  );
}

function EndButton({ onPress }: { onPress: () => void }) {
  const ended = useConversation((s) => s.ended !== null);
  if (ended) return <p className="text-sm text-muted">This conversation has ended.</p>;
  return (
    <Button look="danger" className="w-full" popoverTarget={MENU} popoverTargetAction="hide" onClick={onPress}>
      End conversation
    </Button>
  );
}
