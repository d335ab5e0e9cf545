// A live conversation: owns the socket, feeds the reducer, and notifies its listeners at most once per animation frame.
// Connected while it has listeners.
import { client } from "../api/client";
import { paths } from "../paths";
import {
  type ConversationState,
  cursor,
  disconnected,
  emptyConversation,
  type Outgoing,
  receive,
  sent,
  withdrawn,
  withOlder,
} from "./conversation-state";
import { isBusy } from "./conversation-view";
import type { SeenReport, ServerFrame } from "./frames";
import { newId } from "./new-id";
import { openOutbox } from "./outbox";
import { type Ending, type LinkState, ResumableSocket } from "./socket";

/** `offline`: the browser reports no network; `lost`: the host doesn't respond. */
type Net = "online" | "connecting" | "lost" | "offline";
export type Snapshot = ConversationState & { net: Net; ending: Ending | null };

export const isDisconnected = (s: Snapshot) => s.net === "lost" || s.net === "offline";

/** Shorter losses aren't shown, in milliseconds. */
const QUIET_LOSS = 2_000;
/** Two losses within `FLAPPING` mean an unstable network, which counts as back only after `STEADY`; in milliseconds. */
const FLAPPING = 10_000;
const STEADY = 2_000;

export class LiveConversation {
  readonly id: string;
  readonly outbox: ReturnType<typeof openOutbox>;
  readonly #socket: ResumableSocket;
  readonly #listeners = new Set<() => void>();
  #state: ConversationState;
  #net: Net = "connecting";
  #ending: Ending | null = null;
  #shown: Snapshot;
  #flushing = false;
  #lossTimer: ReturnType<typeof setTimeout> | undefined;
  #backTimer: ReturnType<typeof setTimeout> | undefined;
  #lostAt = Number.NEGATIVE_INFINITY;
  #flaps = false;
  /** The last report for each note, and whether it was sent. */
  readonly #seen = new Map<string, SeenReport & { sent: boolean }>();
  /** Messages sent over the current connection, so that none is sent twice over the same one. */
  #handed = new Set<string>();

  constructor(id: string) {
    this.id = id;
    this.outbox = openOutbox(id);
    this.#state = { ...emptyConversation, outgoing: this.outbox.get().outgoing };
    this.#shown = this.#snapshot();
    this.#socket = new ResumableSocket({
      url: (after) => paths.socket(id, after),
      cursor: () => cursor(this.#state),
      onFrame: (frame) => this.#receive(frame),
      onState: (state) => this.#onLinkState(state),
      check: () => statusOf(id),
    });
  }

  getSnapshot = (): Snapshot => this.#shown;

  subscribe = (listener: () => void): (() => void) => {
    if (this.#listeners.size === 0) this.#socket.start();
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#socket.stop();
    };
  };

  say(content: string, aside: boolean): void {
    this.#set(sent(this.#state, { clientId: newId(), content, aside }));
    this.#sendNext();
  }

  /** Resends a refused message. It keeps its id unless the id itself caused a conflict. */
  resend(message: Outgoing): void {
    const { refusal, ...again } = message;
    this.withdraw(message.clientId);
    const clientId = refusal?.code === "idempotency_conflict" ? newId() : message.clientId;
    this.#handed.delete(clientId);
    this.#set(sent(this.#state, { ...again, clientId }));
    this.#sendNext();
  }

  withdraw(clientId: string): void {
    this.#set(withdrawn(this.#state, clientId));
  }

  /** Reconnects after another page took over the conversation. */
  continueHere = (): void => {
    this.#ending = null;
    this.#net = "connecting";
    this.#socket.start();
    this.#notify();
  };

  stop = (): void => void this.#socket.send({ type: "stop" });
  retry = (): void => void this.#socket.send({ type: "retry" });

  /** Reports how much of a note was on screen and for how long. Only larger values are sent. */
  seen = (report: SeenReport): void => {
    const key = `${report.messageId}.${report.how}`;
    const before = this.#seen.get(key);
    const share = Math.max(report.share, before?.share ?? 0);
    const ms = Math.max(report.ms, before?.ms ?? 0);
    if (before && before.share === share && before.ms === ms) return;
    const seen = { ...report, share, ms };
    this.#seen.set(key, { ...seen, sent: this.#socket.send({ type: "seen", ...seen }) });
  };

  loadEarlier = async (): Promise<void> => {
    const before = this.#state.rows[0]?.id;
    const query = before === undefined ? { limit: 100 } : { before, limit: 100 };
    const path = "/api/conversations/{id}/messages";
    const { data } = await client.GET(path, { params: { path: { id: this.id }, query } });
    if (data) this.#set(withOlder(this.#state, data.items, data.more));
  };

  #receive(frame: ServerFrame): boolean {
    this.#set(receive(this.#state, frame));
    if (this.#state.synced) this.#markConnected();
    if (frame.type === "turn") {
      this.#sendNext();
      for (const [key, { sent, ...seen }] of this.#seen)
        if (!sent) this.#seen.set(key, { ...seen, sent: this.#socket.send({ type: "seen", ...seen }) });
    }
    return !this.#state.broken;
  }

  /** Sends one message at a time, and only on the participant's turn: the host refuses messages during a leg. */
  #sendNext(): void {
    const next = this.#state.outgoing.find((o) => !o.refusal && o.messageId === undefined);
    if (!next || !this.#state.synced || isBusy(this.#state) || this.#handed.has(next.clientId)) return;
    const { content, clientId } = next;
    if (this.#socket.send({ type: next.aside ? "aside" : "message", content, clientId })) this.#handed.add(clientId);
  }

  #onLinkState(link: LinkState): void {
    if (link === "alive") {
      if (this.#state.synced) this.#markConnected();
    } else if (link === "lost") this.#markLost();
    else if (typeof link === "object") {
      this.#ending = link.ended;
      clearTimeout(this.#lossTimer);
    } else {
      if (link === "open") this.#handed.clear();
      else this.#lossTimer ??= setTimeout(this.#markLost, QUIET_LOSS);
      this.#set(disconnected(this.#state));
    }
    this.#notify();
  }

  #markLost = (): void => {
    clearTimeout(this.#backTimer);
    this.#backTimer = undefined;
    if (this.#net === "online") {
      this.#flaps = Date.now() - this.#lostAt < FLAPPING;
      this.#lostAt = Date.now();
    }
    this.#net = navigator.onLine === false ? "offline" : "lost";
    this.#notify();
  };

  /** Called only once the conversation has caught up: a socket can also open and break again at once, repeatedly. */
  #markConnected(): void {
    clearTimeout(this.#lossTimer);
    this.#lossTimer = undefined;
    if (this.#net === "online" || this.#backTimer !== undefined) return;
    if (this.#flaps) this.#backTimer = setTimeout(this.#markOnline, STEADY);
    else this.#markOnline();
  }

  #markOnline = (): void => {
    this.#backTimer = undefined;
    this.#net = "online";
    this.#notify();
  };

  #set(next: ConversationState): void {
    if (next === this.#state) return;
    if (next.outgoing !== this.#state.outgoing) this.outbox.set({ outgoing: next.outgoing });
    this.#state = next;
    this.#socket.expect(isBusy(next) || next.outgoing.some((o) => !o.refusal));
    this.#notify();
  }

  #notify(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    // A hidden page has no animation frames, but its title, screen readers and tests still need updates.
    if (document.visibilityState === "hidden") setTimeout(this.#flush, 100);
    else requestAnimationFrame(this.#flush);
  }

  #flush = (): void => {
    this.#flushing = false;
    this.#shown = this.#snapshot();
    for (const listener of this.#listeners) listener();
  };

  #snapshot(): Snapshot {
    return { ...this.#state, net: this.#net, ending: this.#ending };
  }
}

async function statusOf(id: string): Promise<number> {
  try {
    return (await client.GET("/api/conversations/{id}", { params: { path: { id } } })).response.status;
  } catch {
    return 0;
  }
}
