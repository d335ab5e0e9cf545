// Who you are talking to, how many turns are left, and the menu.
import { ChevronLeft, Ellipsis, Lightbulb } from "lucide-react";
import { Suspense, useState } from "react";
import { Link } from "react-router";
import { closedBy, turnsText } from "../../live/conversation-view";
import { useConversation } from "../../live/use-conversation";
import { paths } from "../../paths";
import { lazyPage } from "../../shell/lazy-page";
import { Avatar } from "../../ui/Bubble";
import { IconButton } from "../../ui/Button";
import { Meter } from "../../ui/Meter";
import { PageHeading } from "../../ui/PageHeading";
import { ThemeButton } from "../../ui/ThemeButton";
import { TurnStatus } from "./composer/TurnStatus";
import { useScene } from "./scene";

// Rarely used, so loaded on demand.
const Menu = lazyPage(() => import("./Menu"));
const EndDialog = lazyPage(() => import("./EndDialog"));

const MENU = "conversation-menu";

/** The button for the coach's notes, shown if they are neither beside the scene nor in a strip. */
type Notes = { open: boolean; unread: number; onToggle: (open: boolean) => void };

export function ConversationHeader({ notes }: { notes: Notes | undefined }) {
  const { conversation: c } = useScene();
  const [wanted, setWanted] = useState(false);
  const [ending, setEnding] = useState<boolean | null>(null);
  return (
    <header
      data-region=""
      tabIndex={-1}
      className="flex items-center gap-2 border-b border-line bg-surface py-2 pr-1 pl-1 short:py-0 md:gap-3 md:px-4"
    >
      <Link
        to={paths.home()}
        aria-label="All conversations"
        className="grid size-[44px] shrink-0 place-items-center rounded-full text-muted hover:text-ink"
      >
        <ChevronLeft aria-hidden className="size-5" />
      </Link>
      <Avatar name={c.partnerName} className="size-10 text-sm max-[22rem]:hidden short:hidden" />
      <div className="min-w-0 flex-1">
        <PageHeading title={c.partnerName} className="truncate text-base leading-tight font-semibold">
          <span dir="auto">{c.partnerName}</span>
        </PageHeading>
        <p dir="auto" className="line-clamp-2 text-xs text-muted short:hidden sm:line-clamp-1 sm:text-sm">
          {c.title}
        </p>
        <TurnStatus className="hidden text-xs short:flex" />
      </div>
      <TurnsLeft />
      <ThemeButton className="max-sm:hidden short:hidden" />
      {notes && (
        <IconButton
          label={notes.unread > 0 ? `Coach notes, ${notes.unread} new` : "Coach notes"}
          aria-expanded={notes.open}
          className="relative hidden text-coach-muted short:grid"
          onClick={() => notes.onToggle(!notes.open)}
        >
          <Lightbulb aria-hidden className="size-5" />
          {notes.unread > 0 && (
            <span
              aria-hidden
              className="absolute top-2 right-2 size-2.5 rounded-full border border-ink bg-coach-mark"
            />
          )}
        </IconButton>
      )}
      <IconButton label="Menu" popoverTarget={MENU}>
        <Ellipsis aria-hidden className="size-5" />
      </IconButton>
      <div
        id={MENU}
        popover="auto"
        onBeforeToggle={() => setWanted(true)}
        className="fixed inset-auto top-14 right-2 max-h-[calc(100dvh-4rem)] w-72 max-w-[calc(100vw-1rem)] overflow-y-auto rounded-2xl border border-line bg-raised p-4 text-ink shadow-raise"
      >
        <Suspense>{wanted && <Menu id={MENU} onEnd={() => setEnding(true)} />}</Suspense>
      </div>
      {ending !== null && (
        <Suspense>
          <EndDialog open={ending} onClose={() => setEnding(false)} />
        </Suspense>
      )}
    </header>
  );
}

function TurnsLeft() {
  const left = useConversation((s) => s.turnsLeft ?? 0);
  const words = useConversation((s) => (closedBy(s) ? "" : turnsText(s)));
  const turn = useConversation((s) => s.turn);
  if (!words) return null;
  return (
    <div
      className={`flex max-w-[min(6rem,25cqw)] shrink-0 flex-col items-end gap-x-2 gap-y-1 sm:max-w-none sm:flex-row sm:items-center ${left <= 5 ? "font-semibold text-ink" : "text-muted short:max-sm:hidden"}`}
    >
      <p className="text-right text-xs text-balance sm:text-sm">{words}</p>
      <Meter share={left / Math.max(1, left + turn)} className="w-16 short:hidden sm:w-24" />
    </div>
  );
}
