// A researcher's pages with a host that the test plays: for states that are rare or slow with a real one.
import { expect, type Page, type Route, type WebSocketRoute } from "@playwright/test";
import type { Schemas } from "../src/api/client";
import type { Desk, LiveEntry, Note, Observer, TagList } from "../src/api/staff/types";
import type { ServerFrame, TranscriptMessage } from "../src/live/frames";
import { drawn } from "./inspect";
import { idle, message, oneTurn } from "./scripted";

export const INVITATION = "01900000-0000-7000-8000-00000000000a";
export const CONVERSATION = "01900000-0000-7000-8000-000000000001";
const ME = "01900000-0000-7000-8000-0000000000aa";
const LENA = { id: "01900000-0000-7000-8000-0000000000bb", name: "Lena Ortiz" };
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

export const invitation = (change: Partial<Schemas["Invitation"]> = {}): Schemas["Invitation"] => ({
  ...{ id: INVITATION, batchId: INVITATION, label: "P-07, negotiation pilot", state: "claimed", status: "live" },
  ...{
    tokenQuota: 120_000,
    tokensUsed: 38_200,
    tokensReserved: 0,
    allowCustomScenario: true,
    coach: true,
    aside: true,
  },
  ...{
    url: "http://localhost:8080/invite/7Qm2xV9kTz4LwB8d7Qm2xV9k",
    consentVersion: "3f9a1c",
    createdBy: ME,
    live: true,
  },
  ...{ createdAt: ago(60 * 24), claimedBy: ME, claimedAt: ago(12), scenario: "raise" },
  ...change,
});

export const conversation = (change: Partial<Schemas["Conversation"]> = {}): Schemas["Conversation"] => ({
  ...{ id: CONVERSATION, invitationId: INVITATION, title: "Asking for a raise", partnerName: "Dana Whitfield" },
  ...{ coachWhen: "after_partner", coach: true, aside: true, language: "en", state: "open", createdAt: ago(11) },
  ...{ turn: { turn: 1, state: "idle" } },
  ...change,
});

export const note = (id: string, body: string, change: Partial<Note> = {}): Note => ({
  ...{ id, invitationId: INVITATION, body, tags: [], author: { id: ME, name: "You" }, mine: true, unread: false },
  ...{ startedAt: ago(5), createdAt: ago(5), version: 1 },
  ...change,
});
export const byLena = { author: LENA, mine: false };
export const lena: Observer = { user: LENA, since: ago(3) };

export const liveEntry = (change: Partial<LiveEntry> = {}): LiveEntry => ({
  ...{ conversationId: CONVERSATION, invitationId: INVITATION, label: "P-07, negotiation pilot", turn: 4 },
  ...{
    title: "Asking for a raise",
    partnerName: "Dana Whitfield",
    speaking: "partner",
    startedAt: ago(12),
    observers: [],
  },
  ...change,
});

export const emptyDesk: Desk = { live: [], waiting: [], waitingTotal: 0, ended: [], unread: [], unreadTotal: 0 };
export const tags: TagList = {
  version: 1,
  items: [
    { id: "t1", name: "Long pause", key: "1" },
    { id: "t2", name: "Uses the coach", key: "2" },
    { id: "t3", name: "Apologizes", key: "a" },
  ],
};

/** A desk with something of everything; `word` is part of the texts. */
export const fullDesk = (word = ""): Desk => ({
  live: [
    liveEntry({ observers: [lena], label: `P-07 ${word}` }),
    liveEntry({
      conversationId: "01900000-0000-7000-8000-000000000002",
      label: "P-11",
      speaking: "idle",
      startedAt: ago(2),
    }),
  ],
  waiting: [1, 2, 3].map((n) => ({
    ...{
      invitationId: `01900000-0000-7000-8000-00000000010${n}`,
      label: `Wave 2-0${n} ${word}`,
      createdAt: ago(60 * n),
    },
    ...{ createdBy: LENA, expiresAt: ago(-60 * 24 * 5) },
  })),
  waitingTotal: 27,
  ended: [
    {
      ...{ conversationId: "01900000-0000-7000-8000-000000000005", invitationId: INVITATION, label: `P-06 ${word}` },
      ...{ title: "Asking for a raise", partnerName: "Dana Whitfield", endReason: "participant" },
      ...{ endedAt: ago(55), turns: 12 },
    },
  ],
  unread: [note("n9", `Watch the tone here. ${word}`, { ...byLena, unread: true })],
  unreadTotal: 1,
});

/** Three turns with a private question; `word` is part of the texts. */
export const longTalk = (word = ""): TranscriptMessage[] => [
  ...oneTurn,
  message(5, 2, "user", `Over the last year I took over the onboarding project. ${word}`),
  message(6, 2, "partner", `I know you have been busy, but everyone has. ${word} Why you, and why now?`),
  message(7, 2, "coach", `**Good evidence.** Nine weeks to five is concrete. Say what it was *worth*. ${word}`),
  message(8, 2, "user", `Should I name a number now? ${word}`, { aside: true }),
  message(9, 2, "coach", `Yes. Name it, then stop talking. ${word}`, { aside: true }),
  message(10, 3, "user", "I hear that the budget is tight. Could we agree on a number?"),
];

export const someNotes = (word = ""): Note[] => [
  note("n3", `Uses the evidence the coach suggested. ${word}`, {
    ...{ messageId: 5, conversationId: CONVERSATION, editedAt: ago(1), tags: [{ id: "t2", name: "Uses the coach" }] },
  }),
  note("n2", `Watch the tone here. ${word}`, { ...byLena, unread: true, messageId: 3, conversationId: CONVERSATION }),
  note("n1", "", { messageId: 2, conversationId: CONVERSATION, tags: [{ id: "t1", name: `Long pause ${word}` }] }),
  note("n0", "", { erasedAt: ago(1) }),
];

type State = {
  role: Schemas["Me"]["role"];
  invitation: Schemas["Invitation"];
  conversations: Schemas["Conversation"][];
  messages: TranscriptMessage[];
  notes: Note[];
  tags: TagList;
  desk: Desk;
  observers: Observer[];
  totalInScope: number;
};

type Answer = { status?: number; json?: unknown };

export class ScriptedDesk {
  readonly state: State;
  /** While false, no request and no handshake gets through. */
  reachable = true;
  /** Every request gets this answer, as after the end of a login. */
  refusal: Answer | undefined;
  /** What the page sent on the sockets, except pings. */
  readonly got: string[] = [];
  /** The bodies of changing requests, as `POST /notes/1 {…}`. */
  readonly asked: string[] = [];
  watching = 0;
  #socket: WebSocketRoute | undefined;

  private constructor(
    private readonly page: Page,
    state: Partial<State>,
  ) {
    const standard = { invitation: invitation(), conversations: [conversation()], messages: oneTurn, notes: [], tags };
    this.state = { role: "STAFF", ...standard, desk: emptyDesk, observers: [], totalInScope: 1, ...state };
  }

  static async start(page: Page, state: Partial<State> = {}): Promise<ScriptedDesk> {
    const desk = new ScriptedDesk(page, state);
    await page.route("**/api/**", (route) => desk.#answer(route));
    await page.routeWebSocket(/\/ws\/observe\//, (socket) => desk.#observe(socket));
    return desk;
  }

  /** Opens the invitation's page and watches its conversation. */
  static async watch(page: Page, state: Partial<State> = {}): Promise<ScriptedDesk> {
    const desk = await ScriptedDesk.start(page, state);
    await page.goto(`/research/invitations/${INVITATION}?watch=${CONVERSATION}`);
    await expect(page.getByRole("article", { name: "Participant" }).first()).toBeVisible();
    await drawn(page);
    return desk;
  }

  says(...frames: ServerFrame[]): void {
    for (const frame of frames) this.#socket?.send(JSON.stringify(frame));
  }

  async cut(code = 1012): Promise<void> {
    await this.#socket?.close({ code });
  }

  #observe(socket: WebSocketRoute): void {
    if (!this.reachable || this.refusal) return void socket.close({ code: 1012 });
    this.watching++;
    this.#socket = socket;
    socket.onMessage((text) => {
      if (JSON.parse(String(text)).type === "ping") this.says({ type: "pong" });
      else this.got.push(String(text));
    });
    const { messages } = this.state;
    const back = socket.url().includes("after=");
    this.says(
      back ? { type: "resumed" } : { type: "history", messages, more: false },
      idle(messages.at(-1)?.turn ?? 0),
    );
  }

  async #answer(route: Route): Promise<void> {
    if (!this.reachable) return route.abort();
    const request = route.request();
    const { pathname } = new URL(request.url());
    const signIn = pathname === "/api/auth";
    const { status = 200, json } =
      (!signIn && this.refusal) || this.#reply(request.method(), pathname, request.postData());
    const tag = `W/"${JSON.stringify(json ?? "").length}-${status}-${hash(JSON.stringify(json ?? ""))}"`;
    if (status === 200 && request.headers()["if-none-match"] === tag) return route.fulfill({ status: 304 });
    const headers = status < 300 ? { ETag: tag } : {};
    if (json === undefined) return route.fulfill({ status, headers });
    await route.fulfill({ status, headers, json });
  }

  #reply(method: string, pathname: string, body: string | null): Answer {
    const path = pathname.replace("/api", "");
    const data = body ? JSON.parse(body) : undefined;
    if (method !== "GET") this.asked.push(`${method} ${path} ${body ?? ""}`);
    const s = this.state;
    const key = `${method} ${path.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, ":id").replace(/\/notes\/n\w+/, "/notes/:note")}`;
    switch (key) {
      case "GET /auth":
        return { json: { oidc: false, publicUrl: new URL(this.page.url()).origin } };
      case "GET /me":
        return {
          json: {
            id: ME,
            role: s.role,
            name: "Ada",
            guest: false,
            identities: [],
            invitations: [],
            demoModel: true,
            oidc: false,
          },
        };
      case "GET /scenarios":
        return { json: { items: [] } };
      case "GET /desk":
        return { json: s.desk };
      case "GET /tags":
        return { json: s.tags };
      case "PUT /tags":
        return this.#writeTags(data);
      case "GET /invitations":
        return { json: { items: [s.invitation], total: s.totalInScope, totalInScope: s.totalInScope } };
      case "GET /invitations/:id":
        return { json: s.invitation };
      case "GET /invitations/:id/conversations":
        return { json: { items: s.conversations } };
      case "GET /conversations/:id":
        return { json: s.conversations[0] };
      case "GET /conversations/:id/observers":
        return { json: { items: s.observers } };
      case "GET /invitations/:id/notes":
        return { json: { items: s.notes } };
      case "POST /invitations/:id/notes":
        return this.#addNote(data);
      case "PATCH /notes/:note":
        return this.#editNote(path, data);
      case "GET /notes/:note/history":
        return { json: { items: [version(1, "First words."), version(2, "Better words.")] } };
      case "POST /notes/read":
        return { status: 204 };
      default:
        return { status: 404, json: { type: "about:blank", title: "not found", status: 404, code: "not_found" } };
    }
  }

  #addNote(data: {
    body?: string;
    tags?: string[];
    conversationId?: string;
    messageId?: number;
    startedAt?: string;
  }): Answer {
    const named = (data.tags ?? []).map((id) => ({
      id,
      name: this.state.tags.items.find((t) => t.id === id)?.name ?? "",
    }));
    const { body = "", tags: _, ...rest } = data;
    const added = note(`n${this.state.notes.length + 1}`, body, { ...rest, tags: named });
    this.state.notes = [added, ...this.state.notes];
    return { status: 201, json: added };
  }

  #editNote(path: string, data: { body: string; version: number }): Answer {
    const id = path.split("/").pop();
    const found = this.state.notes.find((n) => n.id === id);
    if (!found)
      return { status: 404, json: { type: "about:blank", title: "not found", status: 404, code: "not_found" } };
    if (found.version !== data.version) return { status: 409, json: { ...conflict, current: found } };
    Object.assign(found, { body: data.body, version: found.version + 1, editedAt: ago(0) });
    return { json: found };
  }

  #writeTags(data: { version: number; items: { id?: string; name: string; key: string }[] }): Answer {
    if (data.version !== this.state.tags.version)
      return { status: 409, json: { ...conflict, current: this.state.tags } };
    const items = data.items.map((t, i) => ({ ...t, id: t.id ?? `t-new-${i}` }));
    this.state.tags = { version: data.version + 1, items };
    return { json: this.state.tags };
  }
}

const conflict = { type: "about:blank", title: "changed in the meantime", status: 409, code: "conflict" };
const version = (n: number, body: string) => ({ version: n, body, tags: [], at: ago(10 - n) });

function hash(text: string): number {
  let value = 0;
  for (const unit of text) value = (value * 31 + unit.charCodeAt(0)) | 0;
  return value >>> 0;
}
