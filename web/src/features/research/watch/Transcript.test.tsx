// The cost of a delta while watching: one commit per animation frame, and no settled message rendered again.
import { act, cleanup, render } from "@testing-library/react";
import { Profiler } from "react";
import { MemoryRouter } from "react-router";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Schemas } from "../../../api/client";
import { ObservedConversation } from "../../../live/observed-conversation";
import { ObservedContext } from "../../../live/use-observed";
import { FakeSocket } from "../../../test/fake-socket";
import { DraftContext, DraftStore } from "../notes/draft-store";
import { Transcript } from "./Transcript";
import { WatchedContext } from "./watched";

let rendered: string[] = [];
vi.mock("../../../ui/Prose", () => ({
  Prose: ({ text }: { text: string }) => {
    rendered.push(text);
    return text;
  },
}));

const frames: FrameRequestCallback[] = [];
const nextFrame = () => act(async () => frames.splice(0).map((run) => run(0)));
class Watcher {
  observe() {}
  disconnect() {}
}

beforeEach(() => {
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("ResizeObserver", Watcher);
  vi.stubGlobal("requestAnimationFrame", (run: FrameRequestCallback) => frames.push(run));
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

it("commits once per frame and renders no settled message again", async () => {
  const at = "2026-11-23T14:20:00Z";
  const messages = Array.from({ length: 150 }, (_, i): Schemas["Message"] => ({
    ...{ id: i + 1, turn: Math.floor(i / 3) + 1, content: `settled ${i}`, status: "complete", createdAt: at },
    role: (["user", "partner", "coach"] as const)[i % 3] ?? "user",
  }));
  const watched = { conversationId: "c", partner: "Dana", language: "en", noteCounts: new Map() };
  let commits = 0;
  render(
    <MemoryRouter>
      <ObservedContext value={new ObservedConversation("c")}>
        <DraftContext value={new DraftStore("u", "i")}>
          <WatchedContext value={watched}>
            <Profiler id="transcript" onRender={() => commits++}>
              <Transcript />
            </Profiler>
          </WatchedContext>
        </DraftContext>
      </ObservedContext>
    </MemoryRouter>,
  );
  FakeSocket.last.open();
  FakeSocket.last.says({ type: "history", messages, more: false }, { type: "turn", turn: 51, state: "partner" });
  await nextFrame();
  for (let frame = 0; frame < 20; frame++) {
    for (let i = 0; i < 10; i++)
      FakeSocket.last.says({ type: "partner:delta", messageId: 151, turn: 51, content: "x", off: frame * 10 + i });
    if (frame === 0) {
      await nextFrame(); // the growing message appears
      rendered = [];
      commits = 0;
      continue;
    }
    await nextFrame();
  }
  expect(rendered.filter((text) => text.startsWith("settled"))).toEqual([]);
  expect(rendered.length).toBe(19);
  expect(commits).toBeLessThanOrEqual(19);
});
