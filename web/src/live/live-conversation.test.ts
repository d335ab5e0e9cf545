// What is sent arrives once, over cuts, busy hosts and reloads.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FakeSocket } from "../test/fake-socket";
import type { ServerFrame } from "./frames";
import { LiveConversation } from "./live-conversation";

let live: LiveConversation;
let leave: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  sessionStorage.clear();
  FakeSocket.all = [];
  open();
});

afterEach(() => {
  leave();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function open(): void {
  live = new LiveConversation("c");
  leave = live.subscribe(() => {});
}
const idle: ServerFrame = { type: "turn", turn: 0, state: "idle" };
const joined = (): void => {
  FakeSocket.last.open();
  FakeSocket.last.says({ type: "history", messages: [], more: false }, idle);
};
const said = () => FakeSocket.all.map((s) => s.sent.filter((t) => t.includes('"message"')).length);

it("sends a message again over the next connection until it is acknowledged", async () => {
  joined();
  live.say("Hi", false);
  FakeSocket.last.cut();
  await vi.advanceTimersByTimeAsync(400);
  joined();
  expect(said()).toEqual([1, 1]);
  expect(FakeSocket.all[0]?.sent).toEqual(FakeSocket.all[1]?.sent);
});

it("holds a message back while a leg runs and sends it when the turn is ours", () => {
  joined();
  FakeSocket.last.says({ type: "turn", turn: 1, state: "coach" });
  live.say("And another thing", false);
  expect(said()).toEqual([0]);
  FakeSocket.last.says({ type: "turn", turn: 1, state: "idle" });
  expect(said()).toEqual([1]);
});

it("keeps an unsent message over a reload", () => {
  live.say("Written offline", false);
  leave();
  open();
  joined();
  expect(FakeSocket.last.sent[0]).toContain("Written offline");
});

it("tells of a loss only when it lasts", async () => {
  joined();
  FakeSocket.last.cut();
  await vi.advanceTimersByTimeAsync(1_500);
  expect(live.getSnapshot().net).toBe("online");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(live.getSnapshot().net).toBe("lost");
});

it("comes back with its own position when a piece is missing", async () => {
  joined();
  const piece = (off: number, content: string): ServerFrame => ({
    ...{ type: "partner:delta", messageId: 2, turn: 1, off, content },
  });
  FakeSocket.last.says(piece(0, "He"), piece(5, "!"));
  await vi.advanceTimersByTimeAsync(400);
  expect(FakeSocket.all.map((s) => new URL(s.url).searchParams.get("after"))).toEqual([null, "2.2"]);
});

it("takes a link that opens and breaks again and again for a loss", async () => {
  joined();
  for (let i = 0; i < 20; i++) {
    FakeSocket.last.cut();
    await vi.advanceTimersByTimeAsync(150);
    if (FakeSocket.last.readyState === 0) FakeSocket.last.open();
  }
  expect(live.getSnapshot().net).toBe("lost");
  await vi.advanceTimersByTimeAsync(10_000);
  joined();
  await vi.advanceTimersByTimeAsync(100);
  expect(live.getSnapshot().net).toBe("online");
});
