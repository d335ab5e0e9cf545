// The reducer, with the host's golden frames and with the failures of real networks.
import { describe, expect, it } from "vitest";
import golden from "../../../coach-http/frames.json";
import { type ConversationState, cursor, emptyConversation, receive, sent, withOlder } from "./conversation-state";
import { marginRows, retryTarget } from "./conversation-view";
import type { ServerFrame, TranscriptMessage } from "./frames";

const goldenFrames = golden.server as ServerFrame[];
const received = (...frames: ServerFrame[]) => frames.reduce(receive, emptyConversation);
const at = "2026-11-23T14:20:00Z";
const user = (id: number, content: string, more: Partial<TranscriptMessage> = {}): TranscriptMessage => ({
  ...{ id, turn: 1, role: "user", content, status: "complete", createdAt: at },
  ...more,
});
const history = (...messages: TranscriptMessage[]): ServerFrame => ({ type: "history", messages, more: false });
const delta = (messageId: number, off: number, content: string, replaces?: number): ServerFrame => ({
  ...{ type: "partner:delta", messageId, off, content, turn: 1 },
  ...(replaces ? { replaces } : {}),
});
const done = (messageId: number, status: "complete" | "stopped" | "failed" = "complete"): ServerFrame => ({
  ...{ type: "partner:done", messageId, turn: 1, status },
});
const texts = (s: ConversationState) => s.rows.map((r) => `${r.role}: ${r.content}`);

describe("the golden frames", () => {
  // A record, so that a new frame type does not compile before it is listed here.
  const types: Record<ServerFrame["type"], true> = {
    history: true,
    resumed: true,
    message: true,
    ack: true,
    "partner:delta": true,
    "partner:done": true,
    "coach:delta": true,
    "coach:done": true,
    "coach:skipped": true,
    "aside:question": true,
    "aside:delta": true,
    "aside:done": true,
    turn: true,
    quota: true,
    ended: true,
    error: true,
    pong: true,
  };

  it("cover every frame type", () => {
    expect([...new Set(goldenFrames.map((f) => f.type))].sort()).toEqual(Object.keys(types).sort());
  });

  it("are all accepted, one by one and in sequence", () => {
    for (const frame of goldenFrames) expect(receive(emptyConversation, frame).broken).toBe(false);
    expect(received(...goldenFrames).broken).toBe(false);
  });
});

describe("streaming", () => {
  it("keeps a growing message apart from the settled rows until it is done", () => {
    const growing = received(history(user(1, "Hi")), delta(2, 0, "He"), delta(2, 2, "llo"));
    expect([growing.live?.content, texts(growing)]).toEqual(["Hello", ["user: Hi"]]);
    const settled = receive(growing, done(2));
    expect([settled.live, texts(settled)]).toEqual([null, ["user: Hi", "partner: Hello"]]);
  });

  it("counts positions in UTF-8 bytes", () => {
    const state = received(delta(2, 0, "naïve 😀"), delta(2, 11, "!"));
    expect([state.live?.content, cursor(state)]).toEqual(["naïve 😀!", "2.12"]);
  });

  it("trims overlaps and ignores repeated deltas and dones", () => {
    const frames = [delta(2, 0, "naïve"), delta(2, 2, "ïve question"), delta(2, 0, "na"), done(2), done(2)];
    expect(texts(received(...frames, delta(2, 0, "naïve question")))).toEqual(["partner: naïve question"]);
  });

  it("resumes at its own position after a gap instead of guessing", () => {
    const state = received(delta(2, 0, "He"), delta(2, 5, "!"), done(2));
    expect([state.broken, cursor(state)]).toEqual([true, "2.2"]);
    const back = [{ type: "resumed" } as const, delta(2, 2, "llo!"), done(2)].reduce(receive, state);
    expect(texts(back)).toEqual(["partner: Hello!"]);
  });

  it("treats a delta that starts inside a character as a gap", () => {
    expect(received(delta(2, 0, "a"), delta(2, 0, "ïb")).broken).toBe(true);
  });
});

describe("history", () => {
  it("replaces everything on a reset", () => {
    const state = received(history(user(1, "old")), delta(2, 0, "half"));
    const reset = receive(state, { type: "history", messages: [user(7, "new")], more: true, reset: true });
    expect([texts(reset), reset.live, reset.more, cursor(reset)]).toEqual([["user: new"], null, true, "7.3"]);
  });

  it("keeps 150 rows and prepends older ones on request", () => {
    const many = Array.from({ length: 160 }, (_, i): ServerFrame => ({ type: "message", message: user(i + 1, "x") }));
    const state = received(...many);
    expect([state.rows.length, state.rows[0]?.id, state.more]).toEqual([150, 11, true]);
    const older = Array.from({ length: 10 }, (_, i) => user(i + 1, "x"));
    const full = withOlder(state, older, false);
    expect([full.rows.length, full.rows[0]?.id, full.more]).toEqual([160, 1, false]);
  });
});

describe("attempts", () => {
  it("hides an attempt that was replaced", () => {
    const failed = received(history(user(1, "Hi")), delta(2, 0, "Er"), done(2, "failed"));
    expect(
      texts(received(history(user(1, "Hi")), delta(2, 0, "Er"), done(2, "failed"), delta(3, 0, "Yes", 2))),
    ).toEqual(["user: Hi"]);
    expect(retryTarget({ ...failed, turn: 1 })).toBe(2);
  });

  it("offers to retry a skipped comment only if the reason is temporary", () => {
    const skipped = (reason: "quota" | "scenario"): ServerFrame => ({
      ...{ type: "coach:skipped", messageId: 3, turn: 1, reason },
    });
    const said = [history(user(1, "Hi")), delta(2, 0, "Yes"), done(2)];
    expect(retryTarget(received(...said, skipped("quota")))).toBe(3);
    expect(retryTarget(received(...said, skipped("scenario")))).toBeUndefined();
    expect(marginRows(received(...said, skipped("scenario")).rows)).toEqual([]);
  });
});

describe("what the participant sends", () => {
  const mine = { clientId: "c1", content: "Hi", aside: false };

  it("is never shown twice: the transcript's message replaces the outgoing one", () => {
    const state = sent(emptyConversation, mine);
    const acked = receive(state, { type: "ack", clientId: "c1", messageId: 1, turn: 1 });
    const shown = receive(acked, { type: "message", message: user(1, "Hi", { clientId: "c1" }) });
    expect([acked.outgoing.length, shown.outgoing, texts(shown)]).toEqual([1, [], ["user: Hi"]]);
  });

  it("is recognized in the history after a lost acknowledgment", () => {
    const state = receive(sent(emptyConversation, mine), history(user(1, "Hi", { clientId: "c1" })));
    expect([state.outgoing, texts(state)]).toEqual([[], ["user: Hi"]]);
  });

  it("keeps its text when it is refused", () => {
    const error = { type: "error", error: "One at a time.", code: "busy", retryable: true, clientId: "c1" } as const;
    const refused = receive(sent(emptyConversation, mine), error);
    expect(refused.outgoing).toEqual([{ ...mine, refusal: { code: "busy", text: "One at a time.", retryable: true } }]);
  });
});

describe("what the host says about an answer", () => {
  const answering = [history(user(1, "Hi")), { type: "turn", turn: 1, state: "partner" } as const, delta(2, 0, "Yes")];

  it("keeps the reason why a complete answer was cut, from done frames and from history", () => {
    const cut = received(...answering, { ...done(2), cut: "length" });
    expect(cut.rows.at(-1)).toMatchObject({ status: "complete", cut: "length" });
    const again = received(history({ ...user(2, "Yes"), role: "partner", cut: "filter" }));
    expect(again.rows.at(-1)?.cut).toBe("filter");
  });

  it("treats a storage error during an answer as a delay until the answer is done", () => {
    const storage = { type: "error", error: "no", code: "storage", retryable: true, turn: 1 } as const;
    const late = received(...answering, storage);
    expect([late.savingDelayed, late.fault]).toEqual([true, null]);
    expect(receive(late, done(2)).savingDelayed).toBe(false);
    expect(receive(late, { type: "turn", turn: 1, state: "idle" }).savingDelayed).toBe(false);
    expect(receive(late, history()).savingDelayed).toBe(false);
    expect(received(storage)).toMatchObject({ savingDelayed: false, fault: { code: "storage" } });
  });

  it("keeps the kind of turn limit across a reconnection", () => {
    const state = received({ type: "quota", turnsLeft: 3, limit: "conversation" }, history(user(1, "Hi")));
    expect(state).toMatchObject({ turnsLeft: 3, turnLimit: "conversation" });
  });
});
