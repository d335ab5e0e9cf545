// The cost of a delta: at most one commit per animation frame, and no settled row rendered again.
import { act, cleanup, render } from "@testing-library/react";
import { Profiler } from "react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Schemas } from "../../../api/client";
import { LiveConversation } from "../../../live/live-conversation";
import { ConversationContext } from "../../../live/use-conversation";
import { FakeSocket } from "../../../test/fake-socket";
import CoachNotes from "../coach/CoachNotes";
import { type Scene, SceneContext } from "../scene";
import { PartnerThread } from "./PartnerThread";

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
  vi.stubGlobal("IntersectionObserver", Watcher);
  vi.stubGlobal("requestAnimationFrame", (run: FrameRequestCallback) => frames.push(run));
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

it("commits once per frame and renders no settled row again while either pane streams", async () => {
  const at = "2026-11-23T14:20:00Z";
  const messages = Array.from({ length: 150 }, (_, i): Schemas["Message"] => ({
    ...{ id: i + 1, turn: Math.floor(i / 3) + 1, content: `settled ${i}`, status: "complete", createdAt: at },
    role: (["user", "partner", "coach"] as const)[i % 3] ?? "user",
  }));
  const live = new LiveConversation("c");
  const conversation = { id: "c", title: "A raise", partnerName: "Dana Whitfield" } as Schemas["Conversation"];
  const scene: Scene = { conversation, name: "Dana", observed: false, demo: false, coach: "comments", aside: true };
  let commits = 0;
  render(
    <ConversationContext value={live}>
      <SceneContext value={scene}>
        <Profiler id="panes" onRender={() => commits++}>
          <PartnerThread highlight={null} />
          <CoachNotes onHighlight={() => {}} />
        </Profiler>
      </SceneContext>
    </ConversationContext>,
  );
  FakeSocket.last.open();
  FakeSocket.last.says({ type: "history", messages, more: false }, { type: "turn", turn: 51, state: "partner" });
  await nextFrame();

  for (const [type, messageId] of [["partner:delta", 151] as const, ["coach:delta", 152] as const]) {
    for (let frame = 0; frame < 20; frame++) {
      for (let i = 0; i < 10; i++)
        FakeSocket.last.says({ type, messageId, turn: 51, content: "x", off: frame * 10 + i });
      if (frame === 0) {
        await nextFrame(); // the growing row appears
        rendered = [];
        commits = 0;
        continue;
      }
      await nextFrame();
    }
    expect(rendered.filter((text) => text.startsWith("settled"))).toEqual([]);
    expect(rendered.length).toBe(19);
    expect(commits).toBeLessThanOrEqual(19);
    FakeSocket.last.says({ type: "partner:done", messageId: 151, turn: 51, status: "complete" });
    await nextFrame();
  }
});
