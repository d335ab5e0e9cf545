// A hundred deltas per second over a connection that is cut twelve times and a host that crashes three times: the page
// ends up with the host's transcript, and no message of the participant is lost or duplicated.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FakeHost } from "../test/fake-host";
import { FakeSocket } from "../test/fake-socket";
import { LiveConversation } from "./live-conversation";

const CUTS = 12;
const DEATHS = [3, 7, 11];
const DOWN = 80;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeSocket);
  sessionStorage.clear();
  FakeSocket.all = [];
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("loses and duplicates nothing over twelve cuts and three host crashes", async () => {
  const host = new FakeHost();
  const live = new LiveConversation("c");
  const leave = live.subscribe(() => {});
  const words: string[] = [];
  // The participant answers whenever it is their turn, connected or not.
  const say = () => {
    if (live.getSnapshot().outgoing.length > 0 || !host.idle) return;
    words.push(`Message ${words.length + 1}`);
    live.say(words.at(-1) ?? "", false);
  };
  const steps = async (count: number) => {
    for (let i = 0; i < count; i++) {
      host.step();
      await vi.advanceTimersByTimeAsync(10);
      say();
    }
  };
  for (let cut = 0; cut < CUTS; cut++) {
    await steps(60 + host.random(80));
    // Every other cut comes right after a message: either only its acknowledgment is lost, or both are.
    const before = words.length;
    while (cut % 2 === 0 && words.length === before) await steps(1);
    if (DEATHS.includes(cut)) host.die(DOWN);
    else host.cut(cut % 4 === 0);
  }
  await steps(300);
  // After the last crash the page may wait for seconds before it reconnects.
  while (!host.idle || !live.getSnapshot().synced) await steps(1);
  await vi.advanceTimersByTimeAsync(100);

  const state = live.getSnapshot();
  const shown = state.rows.map(({ id, role, content }) => ({ id, role, content }));
  // An answer that was still empty when the host crashed is on record, and is shown as such.
  expect(shown).toEqual(host.kept.map(({ id, role, content }) => ({ id, role, content })));
  const said = host.kept.filter((m) => m.role === "user").map((m) => m.content);
  expect(said).toEqual(words.slice(0, said.length));
  expect(words.length - said.length).toBe(state.outgoing.length);
  expect(host.pieces).toBeGreaterThan(1_000);
  expect(host.repeats).toBeGreaterThan(0);
  expect(FakeSocket.all.length).toBeGreaterThan(CUTS);
  leave();
});
