// A conversation whose host is played by the test: it sends frames to the page and records what the page sends. For
// states that are rare or slow with a real host, whose own tests cover that it sends these frames.
import { expect, type Page, type WebSocketRoute } from "@playwright/test";
import type { Schemas } from "../src/api/client";
import type { ClientFrame, ServerFrame, TranscriptMessage } from "../src/live/frames";
import { drawn } from "./inspect";

const ID = "01900000-0000-7000-8000-000000000001";
const at = "2026-11-23T14:20:00Z";

export const message = (
  id: number,
  turn: number,
  role: TranscriptMessage["role"],
  content: string,
  more = {},
): TranscriptMessage => ({
  ...{ id, turn, role, content, status: "complete", createdAt: at },
  ...more,
});

/** One complete turn with a comment. */
export const oneTurn: TranscriptMessage[] = [
  message(1, 0, "partner", "Come in. What is it?"),
  message(2, 1, "user", "I would like to talk about my pay."),
  message(3, 1, "partner", "Why you, and why now?"),
  message(4, 1, "coach", "**Good opening.** You said “talk about my pay”: now name the number."),
];

export const scene = (page: Page) => page.getByRole("region", { name: "Conversation with Dana" });
export const notes = (page: Page) => page.getByRole("region", { name: "Coach notes" });

export const idle = (turn: number): ServerFrame => ({ type: "turn", turn, state: "idle" });

type Options = {
  messages?: TranscriptMessage[];
  conversation?: Partial<Schemas["Conversation"]>;
  person?: string;
  /** The contact that the invitation names. */
  contact?: string;
};

export class ScriptedHost {
  /** The frames that the page sent, except pings. */
  readonly got: ClientFrame[] = [];
  /** While false, handshakes fail. */
  reachable = true;
  #socket: WebSocketRoute | undefined;
  readonly #accepted = new Set<string>();
  #joined = () => {};

  private constructor(
    private readonly page: Page,
    private readonly options: Options,
  ) {}

  static async open(page: Page, options: Options = {}): Promise<ScriptedHost> {
    const host = new ScriptedHost(page, options);
    const joined = new Promise<void>((done) => {
      host.#joined = done;
    });
    await host.#listen();
    await page.goto(`/conversation/${ID}`);
    await joined;
    // Wait until the page has settled: moving elements can't be hovered, touched or scrolled to.
    await expect(
      page
        .getByRole("region", { name: /^Conversation with/ })
        .getByRole("article")
        .first(),
    ).toBeVisible();
    await drawn(page);
    return host;
  }

  says(...frames: ServerFrame[]): void {
    for (const frame of frames) this.#socket?.send(JSON.stringify(frame));
  }

  async cut(code = 1012): Promise<void> {
    await this.#socket?.close({ code });
  }

  /** The frames that the page sent, without the reports about seen notes. */
  get said(): ClientFrame[] {
    return this.got.filter((frame) => frame.type !== "seen");
  }

  async #listen(): Promise<void> {
    const { messages = oneTurn, conversation, person = "first-user", contact } = this.options;
    const turn = messages.at(-1)?.turn ?? 0;
    const about: Schemas["Conversation"] = {
      ...{ id: ID, invitationId: ID, title: "Asking for a raise", partnerName: "Dana Whitfield" },
      ...{ card: "Your manager has twenty minutes for you.", coachWhen: "after_partner", coach: true, aside: true },
      ...{ language: "en", state: "open", turn: { turn, state: "idle" }, createdAt: at },
      ...conversation,
    };
    const me = {
      id: person,
      role: "GUEST",
      guest: true,
      identities: [],
      invitations: [
        { id: ID, state: "claimed", aside: about.aside, turnsLeft: 3, limit: "quota", ...(contact && { contact }) },
      ],
      demoModel: false,
      oidc: false,
    };
    await this.page.route(`**/api/conversations/${ID}`, (route) =>
      this.reachable ? route.fulfill({ json: about }) : route.abort(),
    );
    await this.page.route("**/api/me", (route) => route.fulfill({ json: me }));
    await this.page.routeWebSocket(/\/ws\/conversation\//, (socket) => {
      if (!this.reachable) return void socket.close({ code: 1012 });
      this.#socket = socket;
      socket.onMessage((text) => this.#take(JSON.parse(String(text)) as ClientFrame));
      const back = socket.url().includes("after=");
      this.says(back ? { type: "resumed" } : { type: "history", messages, more: false }, idle(turn));
      this.#joined();
    });
  }

  /** Waits for the participant's next message and accepts it as the host does. */
  async accepts(turn: number, messageId: number): Promise<TranscriptMessage> {
    const fresh = () => this.said.find((f) => f.type === "message" && !this.#accepted.has(f.clientId ?? ""));
    await expect.poll(fresh).toBeDefined();
    const frame = fresh();
    if (frame?.type !== "message") throw new Error("nothing was said");
    const clientId = frame.clientId ?? "";
    this.#accepted.add(clientId);
    const said = message(messageId, turn, "user", frame.content, { clientId });
    this.says(
      { type: "ack", clientId, messageId, turn },
      { type: "message", message: said },
      { type: "turn", turn, state: "partner" },
    );
    return said;
  }

  #take(frame: ClientFrame): void {
    if (frame.type === "ping") this.says({ type: "pong" });
    else this.got.push(frame);
  }
}

/** Uses the last turn and refuses the participant's next message for good. */
export async function useUp(page: Page, host: ScriptedHost): Promise<void> {
  host.says({ type: "quota", turnsLeft: 0, limit: "quota" });
  await page.getByRole("textbox", { name: /Your message to/ }).fill("One more thing.");
  await page.getByRole("button", { name: /^Send to/ }).click();
  await expect.poll(() => host.said.length).toBe(1);
  const sent = host.said[0];
  const clientId = sent?.type === "message" ? sent.clientId : undefined;
  const error = "You have no turns left. Your message was not sent; everything so far is saved.";
  host.says({ type: "error", code: "quota_exhausted", error, retryable: false, ...(clientId && { clientId }) });
  await expect(page.getByText("You have used all your turns.")).toBeVisible();
}
