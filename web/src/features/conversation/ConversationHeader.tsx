// Who you are talking to, how many turns are left, and the menu.
import { useQueryClient } from "@tanstack/react-query";
import { ChevronLeft, Ellipsis, Eye } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { $api, problemOf, type Schemas } from "../../api/client";
import { queries } from "../../api/queries";
import { useConversation } from "../../live/use-conversation";
import { paths } from "../../paths";
import { Avatar } from "../../ui/Bubble";
import { Button, IconButton } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { PageHeading } from "../../ui/PageHeading";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { ThemeButton, ThemeChoice } from "../../ui/ThemeButton";

type Props = { conversation: Schemas["Conversation"]; observed: boolean };

export function ConversationHeader({ conversation: c, observed }: Props) {
  const [ending, setEnding] = useState(false);
  return (
    <header className="flex flex-wrap items-center gap-2 border-b border-line bg-surface py-2 pr-1 pl-1 md:gap-3 md:px-4">
      <Link
        to={paths.home()}
        aria-label="All conversations"
        className="grid size-11 shrink-0 place-items-center rounded-full text-muted"
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
      <IconButton label="Menu" popoverTarget="conversation-menu">
        <Ellipsis aria-hidden className="size-5" />
      </IconButton>
      <div
        id="conversation-menu"
        popover="auto"
        className="fixed inset-auto top-14 right-2 w-72 max-w-[calc(100vw-1rem)] rounded-2xl border border-line bg-raised p-4 text-ink shadow-raise"
      >
        {observed && (
          <p className="mb-3 flex items-start gap-2 text-sm text-muted">
            <Eye aria-hidden className="mt-0.5 size-4 shrink-0" /> Researchers can read along. {c.partnerName} never
            sees what the coach and you write to each other.
          </p>
        )}
        <ThemeChoice className="mb-2 w-full sm:hidden" />
        <EndButton onPress={() => setEnding(true)} />
      </div>
      <Dialog open={ending} onClose={() => setEnding(false)} title={`End the conversation with ${c.partnerName}?`}>
        <EndQuestion id={c.id} onClose={() => setEnding(false)} />
      </Dialog>
    </header>
  );
}

function TurnsLeft() {
  const left = useConversation((s) => s.turnsLeft);
  if (left === undefined) return null;
  const look = left <= 5 ? "font-semibold text-ink" : "text-muted";
  return (
    <p className={`max-w-24 shrink-0 text-right sm:max-w-none text-xs sm:text-sm ${look}`}>
      <span className="max-sm:sr-only">About </span>
      <span className="whitespace-nowrap">
        {left} {left === 1 ? "turn" : "turns"}
      </span>{" "}
      left
    </p>
  );
}

function EndButton({ onPress }: { onPress: () => void }) {
  const ended = useConversation((s) => s.ended !== null);
  if (ended) return <p className="text-sm text-muted">This conversation has ended.</p>;
  return (
    <Button
      look="danger"
      className="w-full"
      popoverTarget="conversation-menu"
      popoverTargetAction="hide"
      onClick={onPress}
    >
      End conversation
    </Button>
  );
}

function EndQuestion({ id, onClose }: { id: string; onClose: () => void }) {
  const cache = useQueryClient();
  const end = $api.useMutation("post", "/api/conversations/{id}/end", {
    onSuccess: (conversation) => {
      cache.setQueryData(queries.conversation(id).queryKey, conversation);
      void cache.invalidateQueries(queries.conversations());
      onClose();
    },
  });
  return (
    <>
      <p className="mb-4">Everything said so far is kept, and you can read it again. You cannot go on talking here.</p>
      {end.error && <ProblemNotice problem={problemOf(end.error)} />}
      <div className="flex flex-wrap gap-3">
        <Button look="primary" onClick={() => end.mutate({ params: { path: { id } } })}>
          End it
        </Button>
        <Button onClick={onClose}>Go on talking</Button>
      </div>
    </>
  );
}
