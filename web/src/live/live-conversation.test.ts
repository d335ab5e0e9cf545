// Every sent message arrives exactly once, despite cuts, busy hosts and reloads.
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

it("resends a message over each new connection until it is acknowledged", async () => {
  joined();
  live.say("Hi", false);
  FakeSocket.last.cut();
  await vi.advanceTimersByTimeAsync(400);
  joined();
  expect(said()).toEqual([1, 1]);
  expect(FakeSocket.all[0]?.sent).toEqual(FakeSocket.all[1]?.sent);
});

it("holds back a message while a leg runs and sends it when it is the participant's turn", () => {
  joined();
  FakeSocket.last.says({ type: "turn", turn: 1, state: "coach" });
  live.say("And another thing", false);
  expect(said()).toEqual([0]);
  FakeSocket.last.says({ type: "turn", turn: 1, state: "idle" });
  expect(said()).toEqual([1]);
});

it("keeps an unsent message across a reload", () => {
  live.say("Written offline", false);
  leave();
  open();
  joined();
  expect(FakeSocket.last.sent[0]).toContain("Written offline");
});

it("shows a connection loss only if it lasts", async () => {
  joined();
  FakeSocket.last.cut();
  await vi.advanceTimersByTimeAsync(1_500);
  expect(live.getSnapshot().net).toBe("online");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(live.getSnapshot().net).toBe("lost");
});

it("reconnects at its own position when a delta is missing", async () => {
  joined();
  const piece = (off: number, content: string): ServerFrame => ({
    ...{ type: "partner:delta", messageId: 2, turn: 1, off, content },
  });
  FakeSocket.last.says(piece(0, "He"), piece(5, "!"));
  await vi.advanceTimersByTimeAsync(400);
  expect(FakeSocket.all.map((s) => new URL(s.url).searchParams.get("after"))).toEqual([null, "2.2"]);
});

it("treats a connection that keeps opening and breaking as lost", async () => {
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

it("shows immediately that the browser is offline, and that it is back", async () => {
  joined();
  vi.stubGlobal("navigator", { onLine: false });
  dispatchEvent(new Event("offline"));
  await vi.advanceTimersByTimeAsync(20);
  expect(live.getSnapshot().net).toBe("offline");
  vi.unstubAllGlobals();
  vi.stubGlobal("WebSocket", FakeSocket);
  dispatchEvent(new Event("online"));
  FakeSocket.last.says({ type: "pong" });
  await vi.advanceTimersByTimeAsync(20);
  expect(live.getSnapshot().net).toBe("online");
});

it("detects within four seconds that a message can't get through", async () => {
  joined();
  await vi.advanceTimersByTimeAsync(9_000);
  live.say("Hi", false);
  await vi.advanceTimersByTimeAsync(3_900);
  expect(live.getSnapshot().net).toBe("online");
  await vi.advanceTimersByTimeAsync(200);
  expect(live.getSnapshot().net).toBe("lost");
});

it("shows a flapping network as lost until it is stable, and loses nothing", async () => {
  joined();
  live.say("Hi", false);
  const shown: string[] = [];
  for (let i = 0; i < 10; i++) {
    dispatchEvent(new Event("offline"));
    await vi.advanceTimersByTimeAsync(1_000);
    dispatchEvent(new Event("online"));
    FakeSocket.last.says({ type: "pong" });
    await vi.advanceTimersByTimeAsync(900);
    shown.push(live.getSnapshot().net);
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(shown).toEqual(["online", ...Array(9).fill("lost")]);
  expect(said()).toEqual([1]);
  FakeSocket.last.says({ type: "pong" });
  await vi.advanceTimersByTimeAsync(1_100);
  expect(live.getSnapshot().net).toBe("online");
});

it("stays disconnected after another page took over, until the participant continues here", async () => {
  joined();
  FakeSocket.last.cut(4429);
  await vi.advanceTimersByTimeAsync(60_000);
  expect([live.getSnapshot().ending, FakeSocket.all.length]).toEqual(["elsewhere", 1]);
  live.continueHere();
  joined();
  await vi.advanceTimersByTimeAsync(20);
  expect([live.getSnapshot().ending, live.getSnapshot().net, FakeSocket.all.length]).toEqual([null, "online", 2]);
});

it("reports how much of a note was seen as it grows, and again after a loss", async () => {
  const seen = () => FakeSocket.last.sent.filter((t) => t.includes('"seen"')).map((t) => JSON.parse(t));
  joined();
  const note = { messageId: 4, how: "shown" as const };
  live.seen({ ...note, share: 40, ms: 1_000 });
  live.seen({ ...note, share: 40, ms: 1_000 });
  live.seen({ ...note, share: 20, ms: 3_000 });
  live.seen({ ...note, how: "opened", share: 100, ms: 1_000 });
  expect(seen()).toEqual([
    { type: "seen", ...note, share: 40, ms: 1_000 },
    { type: "seen", ...note, share: 40, ms: 3_000 },
    { type: "seen", ...note, how: "opened", share: 100, ms: 1_000 },
  ]);
  FakeSocket.last.cut();
  live.seen({ ...note, share: 60, ms: 5_000 });
  await vi.advanceTimersByTimeAsync(400);
  joined();
  expect(seen()).toEqual([{ type: "seen", ...note, share: 60, ms: 5_000 }]);
});
