// The note that a researcher is writing, as a pure value. The time and the message are taken when it begins, not when it
// is added: by then, the conversation has moved on.

/** What a note is about. `words` name the message, such as "turn 4, Dana". */
export type NoteLink = { conversationId: string; messageId: number; words: string };

export type Draft = {
  body: string;
  /** The ids of its tags. */
  tags: readonly string[];
  /** When it began; null if the researcher removed the time. */
  startedAt?: string | null;
  /** The message it is about; null if the researcher removed the link. */
  link?: NoteLink | null;
  /** The link was chosen by the researcher, so it stays if the text is cleared. */
  chosen?: true;
  /** The id under which it was sent. The host stores a note only once, however often it is sent. */
  clientId?: string;
};

/** What is taken at the first keystroke. */
export type Moment = { now: string; link: NoteLink | undefined };

export const emptyDraft: Draft = { body: "", tags: [] };

export const hasContent = (d: Draft) => d.body.trim() !== "" || d.tags.length > 0;

export function typed(draft: Draft, body: string, moment: Moment): Draft {
  return begun({ ...draft, body }, moment);
}

export function toggledTag(draft: Draft, id: string, moment: Moment): Draft {
  const tags = draft.tags.includes(id) ? draft.tags.filter((tag) => tag !== id) : [...draft.tags, id];
  return begun({ ...draft, tags }, moment);
}

export function linked(draft: Draft, link: NoteLink): Draft {
  return { ...draft, link, chosen: true };
}

export function unlinked({ chosen: _, ...draft }: Draft): Draft {
  return { ...draft, link: null };
}

export function unstamped(draft: Draft): Draft {
  return { ...draft, startedAt: null };
}

export function sentAs(draft: Draft, newId: () => string): Draft {
  return draft.clientId ? draft : { ...draft, clientId: newId() };
}

/** Becomes another note, for the host has already stored one under the same id. */
export function anew({ clientId: _, ...draft }: Draft): Draft {
  return draft;
}

/** Returns what is left in the box once `sent` was added: nothing, unless the researcher changed it meanwhile. */
export function afterAdding(draft: Draft, sent: Draft): Draft {
  return sameContent(draft, sent) ? emptyDraft : anew(draft);
}

const sameContent = (a: Draft, b: Draft) =>
  a.body === b.body &&
  a.tags.join() === b.tags.join() &&
  a.startedAt === b.startedAt &&
  a.link?.messageId === b.link?.messageId;

function begun(draft: Draft, { now, link }: Moment): Draft {
  if (draft.body === "" && draft.tags.length === 0)
    return draft.chosen && draft.link ? linked(emptyDraft, draft.link) : emptyDraft;
  return {
    ...draft,
    startedAt: draft.startedAt === undefined ? now : draft.startedAt,
    ...(draft.link === undefined && link ? { link } : {}),
  };
}
