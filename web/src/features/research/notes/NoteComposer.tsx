// Writes a note. The time and the message are taken at the first keystroke; both are shown and can be removed. What isn't
// added yet stays in this tab.
import { useMutation, useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { Link, useLocation } from "react-router";
import { type Problem, problemOf } from "../../../api/client";
import { refreshNotes, staffCalls, staffQueries } from "../../../api/staff/queries";
import { newId } from "../../../live/new-id";
import { paths } from "../../../paths";
import { announce } from "../../../ui/announce";
import { Button, buttonLook } from "../../../ui/Button";
import { inputLook } from "../../../ui/Field";
import { sentence } from "../../../ui/sentence";
import { useRoomy } from "../use-roomy";
import { afterAdding, anew, type Draft, hasContent, type NoteLink, sentAs, toggledTag, typed } from "./draft";
import { useDraft, useDraftStore } from "./draft-store";
import { NoteAbout } from "./NoteAbout";
import { QuickTags } from "./QuickTags";

type Props = {
  invitationId: string;
  /** Returns the newest message of the watched conversation. */
  newest: () => NoteLink | undefined;
};

/** How long an answer may take, in milliseconds. Sent again, a note is still stored only once. */
const PATIENCE = 10_000;

export function NoteComposer({ invitationId, newest }: Props) {
  const store = useDraftStore();
  const draft = useDraft((d) => d);
  const tags = useQuery(staffQueries.tags()).data?.items ?? [];
  const id = useId();
  const box = useRef<HTMLTextAreaElement>(null);
  const roomy = useRoomy();
  const [showTags, setShowTags] = useState(false);
  const moment = () => ({ now: new Date().toISOString(), link: newest() });
  const add = useMutation({
    mutationFn: (note: Draft) => staffCalls.addNote(invitationId, bodyOf(note), AbortSignal.timeout(PATIENCE)),
    onSuccess: (_, sent) => {
      const left = afterAdding(store.getSnapshot(), sent);
      store.set(left);
      announce(hasContent(left) ? "Note added. What you changed since then is a new note." : "Note added.");
      void refreshNotes(invitationId);
      box.current?.focus({ preventScroll: true });
    },
    onError: (error) => {
      // An earlier text of this note arrived although its answer was lost. What is here now becomes another note.
      if (problemOf(error).code !== "idempotency_conflict") return;
      store.set(anew(store.getSnapshot()));
      void refreshNotes(invitationId);
    },
  });
  const submit = () => {
    const now = store.getSnapshot();
    if (add.isPending) return;
    if (!hasContent(now)) return box.current?.focus();
    const note = sentAs(now, newId);
    store.set(note);
    add.mutate(note);
  };
  const toggle = (tag: string) => store.set(toggledTag(store.getSnapshot(), tag, moment()));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    submit();
  };
  useGrow(box, draft.body);
  return (
    <form
      aria-label="New note"
      className="scroll-y min-h-24 shrink border-t border-line px-3 py-2"
      onKeyDown={onKeyDown}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <label htmlFor={id} className="sr-only">
        Note
      </label>
      <NoteAbout />
      <textarea
        id={id}
        ref={box}
        dir="auto"
        rows={1}
        value={draft.body}
        placeholder="Write a note"
        aria-keyshortcuts="Control+Enter"
        onChange={({ target }) => {
          store.set(typed(store.getSnapshot(), target.value, moment()));
          if (add.error) add.reset();
        }}
        className={`${inputLook} block max-h-48 min-h-11 resize-none`}
      />
      {(roomy || showTags) && <QuickTags tags={tags} chosen={draft.tags} onToggle={toggle} />}
      {add.error && <NotAdded problem={problemOf(add.error)} />}
      <div className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1">
        <Button type="submit" look="act" className="grow" aria-disabled={add.isPending || !hasContent(draft)}>
          {add.isPending ? "Adding" : "Add note"}
        </Button>
        {roomy ? (
          <span className="text-xs text-muted">Ctrl+Enter</span>
        ) : (
          <Button look="tool" aria-expanded={showTags} onClick={() => setShowTags(!showTags)}>
            {draft.tags.length > 0 ? `Tags (${draft.tags.length})` : "Tags"}
          </Button>
        )}
      </div>
    </form>
  );
}

function bodyOf({ body, tags, startedAt, link, clientId }: Draft) {
  return {
    ...(body.trim() ? { body } : {}),
    ...(tags.length > 0 ? { tags: [...tags] } : {}),
    ...(link ? { conversationId: link.conversationId, messageId: link.messageId } : {}),
    ...(startedAt ? { startedAt } : {}),
    ...(clientId ? { clientId } : {}),
  };
}

const kept = "Your note is kept on this device.";

function why({ status, code, detail, title, fields }: Problem): string {
  if (code === "idempotency_conflict")
    return "An earlier version of this note was already added. Edit that one, or add this text as another note.";
  if (status === 0) return `Not added: there is no connection. ${kept}`;
  if (status === 401) return `Not added: you've been signed out. ${kept}`;
  if (status === 403 || status === 404) return `Not added: you no longer have access to this invitation. ${kept}`;
  if (status === 410) return `Not added: the text of this conversation was deleted. ${kept}`;
  return `Not added: ${sentence(fields?.[0]?.message ?? detail ?? title)} ${kept}`;
}

function NotAdded({ problem }: { problem: Problem }) {
  const here = useLocation();
  return (
    <div role="alert" className="mt-2 space-y-2 text-sm text-danger">
      <p>{why(problem)}</p>
      {problem.status === 401 && (
        <Link to={paths.login(here.pathname + here.search)} className={buttonLook("tool")}>
          Sign in again
        </Link>
      )}
    </div>
  );
}

/** Grows the box with its text, up to its maximum height. Some browsers lack `field-sizing`. */
function useGrow(box: { current: HTMLTextAreaElement | null }, text: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text decides the height.
  useEffect(() => {
    const el = box.current;
    if (!el) return;
    el.style.height = "auto";
    el.style.height = `${el.scrollHeight + el.offsetHeight - el.clientHeight}px`;
  }, [text]);
}
