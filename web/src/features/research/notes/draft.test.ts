// The time and the message of a note are those of its first keystroke.
import { expect, it } from "vitest";
import {
  afterAdding,
  anew,
  type Draft,
  emptyDraft,
  hasContent,
  linked,
  sentAs,
  toggledTag,
  typed,
  unlinked,
  unstamped,
} from "./draft";

const link = (messageId: number) => ({ conversationId: "c", messageId, words: `turn ${messageId}` });
const at = (second: number, messageId?: number) => ({
  now: `2026-11-23T14:20:0${second}Z`,
  link: messageId === undefined ? undefined : link(messageId),
});

it("takes the time and the message at the first keystroke, and keeps them", () => {
  const first = typed(emptyDraft, "L", at(1, 4));
  expect(first).toEqual({ body: "L", tags: [], startedAt: "2026-11-23T14:20:01Z", link: link(4) });
  expect(typed(first, "Lo", at(5, 6))).toEqual({ ...first, body: "Lo" });
});

it("begins with a tag just as with a letter", () => {
  expect(toggledTag(emptyDraft, "t", at(2, 4))).toMatchObject({ startedAt: "2026-11-23T14:20:02Z", link: link(4) });
});

it("doesn't take again what the researcher removed", () => {
  const bare = unstamped(unlinked(typed(emptyDraft, "L", at(1, 4))));
  expect(typed(bare, "Lo", at(5, 6))).toMatchObject({ startedAt: null, link: null });
});

it("begins anew after everything was deleted, but keeps a message that was chosen", () => {
  expect(typed(typed(emptyDraft, "L", at(1, 4)), "", at(2, 4))).toEqual(emptyDraft);
  const chosen = typed(linked(typed(emptyDraft, "L", at(1, 4)), link(2)), "", at(2, 4));
  expect(chosen).toEqual({ ...emptyDraft, link: link(2), chosen: true });
  expect(typed(chosen, "N", at(3, 9))).toMatchObject({ startedAt: "2026-11-23T14:20:03Z", link: link(2) });
});

it("links another message without changing the time", () => {
  const moved = linked(typed(emptyDraft, "L", at(1, 4)), link(2));
  expect(moved).toMatchObject({ body: "L", startedAt: "2026-11-23T14:20:01Z", link: link(2) });
});

it("says something with words or with a tag", () => {
  const drafts: Draft[] = [emptyDraft, { body: " \n", tags: [] }, { body: "a", tags: [] }, { body: "", tags: ["t"] }];
  expect(drafts.map(hasContent)).toEqual([false, false, true, true]);
});

it("keeps the id under which it was sent, until it becomes another note", () => {
  const sent = sentAs(typed(emptyDraft, "L", at(1)), () => "a");
  expect(sentAs(sent, () => "b").clientId).toBe("a");
  expect(sentAs(anew(sent), () => "b").clientId).toBe("b");
});

it("is empty once it was added, but keeps what was changed meanwhile, as another note", () => {
  const sent = sentAs(typed(emptyDraft, "Late", at(1, 4)), () => "id");
  expect(afterAdding(sent, sent)).toEqual(emptyDraft);
  expect(afterAdding(toggledTag(toggledTag(sent, "t", at(2)), "t", at(2)), sent)).toEqual(emptyDraft);
  const more = afterAdding(typed(sent, "Later", at(2)), sent);
  expect(more.body).toBe("Later");
  expect(more.clientId).toBeUndefined();
});
