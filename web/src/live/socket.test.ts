// The socket: when it reconnects, when it gives up, and how it detects a dead connection.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FakeSocket } from "../test/fake-socket";
import { type LinkState, ResumableSocket } from "./socket";

let states: LinkState[];
let status: number;
let socket: ResumableSocket;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  FakeSocket.all = [];
  states = [];
  status = 0;
  socket = new ResumableSocket({
    url: (after) => `ws://host/${after ?? "start"}`,
    cursor: () => (FakeSocket.all.length === 0 ? undefined : "7.12"),
    onFrame: (frame) => frame.type !== "error",
    onState: (state) => states.push(state),
    check: async () => status,
  });
  socket.start();
});

afterEach(() => {
  socket.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("reconnects with the cursor after a cut, and after a server restart", async () => {
  for (const code of [1006, 1012, 4408]) {
    FakeSocket.last.open();
    FakeSocket.last.cut(code);
    await vi.advanceTimersByTimeAsync(3_000);
  }
  expect(FakeSocket.all.map((s) => s.url)).toEqual(["ws://host/start", ...Array(3).fill("ws://host/7.12")]);
});

it("reconnects immediately when the network is back", () => {
  FakeSocket.last.open();
  FakeSocket.last.cut();
  dispatchEvent(new Event("online"));
  expect(FakeSocket.all.length).toBe(2);
});

it("reconnects when a frame doesn't fit", async () => {
  FakeSocket.last.open();
  FakeSocket.last.says({ type: "error", error: "gap", code: "internal", retryable: true });
  await vi.advanceTimersByTimeAsync(400);
  expect(FakeSocket.all.length).toBe(2);
});

it.each([
  [4401, "login"],
  [4403, "forbidden"],
  [4410, "gone"],
  [4429, "elsewhere"],
])("gives up on close code %i: %s", async (code, ended) => {
  FakeSocket.last.open();
  FakeSocket.last.cut(code);
  await vi.advanceTimersByTimeAsync(60_000);
  dispatchEvent(new Event("online"));
  expect([states.at(-1), FakeSocket.all.length]).toEqual([{ ended }, 1]);
});

it("reports an offline browser, keeps the socket, and reports it alive at the next frame", async () => {
  FakeSocket.last.open();
  dispatchEvent(new Event("offline"));
  expect(states.at(-1)).toBe("lost");
  await vi.advanceTimersByTimeAsync(5_000);
  dispatchEvent(new Event("online"));
  FakeSocket.last.says({ type: "pong" });
  expect([states.at(-1), FakeSocket.all.length]).toEqual(["alive", 1]);
});

it("pings after two seconds of silence while an answer is due, and gives up after four", async () => {
  FakeSocket.last.open();
  await vi.advanceTimersByTimeAsync(8_000);
  socket.expect(true);
  await vi.advanceTimersByTimeAsync(1_999);
  expect(FakeSocket.last.sent).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(FakeSocket.last.sent).toEqual(['{"type":"ping"}']);
  expect(states).not.toContain("lost");
  await vi.advanceTimersByTimeAsync(2_000);
  expect(states).toContain("lost");
});

it("stays connected while a slow answer is due and pings are answered", async () => {
  FakeSocket.last.open();
  socket.expect(true);
  for (let i = 0; i < 10; i++) {
    await vi.advanceTimersByTimeAsync(2_000);
    FakeSocket.last.says({ type: "pong" });
  }
  expect([states.includes("lost"), FakeSocket.last.sent.length]).toEqual([false, 10]);
});

it("asks why a handshake failed: gives up on a refusal, but not on silence", async () => {
  FakeSocket.last.cut();
  await vi.advanceTimersByTimeAsync(400);
  expect(FakeSocket.all.length).toBe(2);
  status = 404;
  FakeSocket.last.cut();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([states.at(-1), FakeSocket.all.length]).toEqual([{ ended: "missing" }, 2]);
});

it("detects a half-open connection by an unanswered ping", async () => {
  FakeSocket.last.open();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(FakeSocket.last.sent).toEqual(['{"type":"ping"}']);
  await vi.advanceTimersByTimeAsync(5_500);
  expect(FakeSocket.all.length).toBe(2);
});

it("stays connected as long as pings are answered", async () => {
  FakeSocket.last.open();
  for (let i = 0; i < 10; i++) {
    await vi.advanceTimersByTimeAsync(10_000);
    FakeSocket.last.says({ type: "pong" });
  }
  expect([FakeSocket.all.length, FakeSocket.last.sent.length]).toEqual([1, 10]);
});
