// The link: when it comes back, when it gives up, and how it notices that the other side is gone.
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

it("comes back with the cursor after a cut, and after a server restart", async () => {
  for (const code of [1006, 1012, 4408, 4429]) {
    FakeSocket.last.open();
    FakeSocket.last.cut(code);
    await vi.advanceTimersByTimeAsync(3_000);
  }
  expect(FakeSocket.all.map((s) => s.url)).toEqual(["ws://host/start", ...Array(4).fill("ws://host/7.12")]);
});

it("comes back at once when the network does", () => {
  FakeSocket.last.open();
  FakeSocket.last.cut();
  dispatchEvent(new Event("online"));
  expect(FakeSocket.all.length).toBe(2);
});

it("comes back when a frame did not fit", async () => {
  FakeSocket.last.open();
  FakeSocket.last.says({ type: "error", error: "gap", code: "internal", retryable: true });
  await vi.advanceTimersByTimeAsync(400);
  expect(FakeSocket.all.length).toBe(2);
});

it("ends on a close code that says so", async () => {
  FakeSocket.last.open();
  FakeSocket.last.cut(4401);
  await vi.advanceTimersByTimeAsync(60_000);
  expect([states.at(-1), FakeSocket.all.length]).toEqual([{ ended: "login" }, 1]);
});

it("asks why a handshake failed: an answer that says no ends it, silence does not", async () => {
  FakeSocket.last.cut();
  await vi.advanceTimersByTimeAsync(400);
  expect(FakeSocket.all.length).toBe(2);
  status = 404;
  FakeSocket.last.cut();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([states.at(-1), FakeSocket.all.length]).toEqual([{ ended: "missing" }, 2]);
});

it("notices a half-open link within ping and patience", async () => {
  FakeSocket.last.open();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(FakeSocket.last.sent).toEqual(['{"type":"ping"}']);
  await vi.advanceTimersByTimeAsync(5_500);
  expect(FakeSocket.all.length).toBe(2);
});

it("stays as long as pings are answered", async () => {
  FakeSocket.last.open();
  for (let i = 0; i < 10; i++) {
    await vi.advanceTimersByTimeAsync(10_000);
    FakeSocket.last.says({ type: "pong" });
  }
  expect([FakeSocket.all.length, FakeSocket.last.sent.length]).toEqual([1, 10]);
});
