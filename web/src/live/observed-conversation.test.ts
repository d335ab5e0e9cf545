// An observer follows a conversation and has nothing to send.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FakeSocket } from "../test/fake-socket";
import type { TranscriptMessage } from "./frames";
import { ObservedConversation } from "./observed-conversation";

let observed: ObservedConversation;
let leave: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  FakeSocket.all = [];
  observed = new ObservedConversation("c");
  leave = observed.subscribe(() => {});
  FakeSocket.last.open();
});

afterEach(() => {
  leave();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const said = (id: number, content: string): TranscriptMessage => ({
  ...{ id, turn: 1, role: "user", content, status: "complete", createdAt: "2026-11-23T14:20:00Z" },
});
const shown = async () => {
  await vi.advanceTimersByTimeAsync(200);
  const { rows, live } = observed.getSnapshot();
  return [...rows.map((r) => r.content), ...(live ? [`${live.content}…`] : [])];
};

it("opens the observer's socket, and shows a message in mid-word", async () => {
  expect(FakeSocket.last.url).toContain("/ws/observe/c");
  FakeSocket.last.says(
    { type: "history", messages: [said(1, "Hi.")], more: false },
    { type: "partner:delta", messageId: 2, turn: 1, off: 0, content: "Five wee" },
    { type: "turn", turn: 1, state: "partner" },
  );
  expect(await shown()).toEqual(["Hi.", "Five wee…"]);
});

it("comes back with its position, and fills in what it missed", async () => {
  FakeSocket.last.says(
    { type: "history", messages: [said(1, "Hi.")], more: false },
    { type: "partner:delta", messageId: 2, turn: 1, off: 0, content: "Five wee" },
  );
  FakeSocket.last.cut();
  await vi.advanceTimersByTimeAsync(400);
  expect(FakeSocket.last.url).toContain("after=2.8");
  FakeSocket.last.open();
  FakeSocket.last.says(
    { type: "resumed" },
    { type: "partner:delta", messageId: 2, turn: 1, off: 8, content: "ks." },
    { type: "partner:done", messageId: 2, turn: 1, status: "complete" },
  );
  expect(await shown()).toEqual(["Hi.", "Five weeks."]);
});

it("sends nothing but pings, whatever happens", async () => {
  FakeSocket.last.says(
    { type: "history", messages: [said(1, "Hi.")], more: false },
    { type: "turn", turn: 1, state: "partner" },
    { type: "partner:delta", messageId: 2, turn: 1, off: 0, content: "Five." },
    { type: "partner:done", messageId: 2, turn: 1, status: "complete" },
    { type: "coach:delta", messageId: 3, turn: 1, off: 0, content: "Good." },
    { type: "coach:done", messageId: 3, turn: 1, status: "complete" },
    { type: "turn", turn: 1, state: "idle" },
  );
  await vi.advanceTimersByTimeAsync(60_000);
  const sent = FakeSocket.all.flatMap((socket) => socket.sent);
  expect(new Set(sent)).toEqual(new Set(['{"type":"ping"}']));
});

it("has a type without anything to send", () => {
  // @ts-expect-error an observer can't speak
  expect(observed.say).toBeUndefined();
  // @ts-expect-error an observer can't stop a reply
  expect(observed.stop).toBeUndefined();
  // @ts-expect-error an observer's socket is out of reach
  expect(observed.socket).toBeDefined();
});
