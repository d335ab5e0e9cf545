// A conversation with a life of its own: owns the socket, feeds the reducer, tells its listeners at most once per
// animation frame. Runs while somebody listens.
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
import type { ServerFrame } from "./frames";
import { newId } from "./new-id";
import { keepFor } from "./outbox";
import { type Ending, type LinkState, ResumableSocket } from "./socket";

export type Snapshot = ConversationState & { net: "online" | "connecting" | "lost"; ending: Ending | null };

/** A loss shorter than this is nobody's business. */
const QUIET_LOSS = 2_000;

export class LiveConversation {
  readonly id: string;
  readonly kept: ReturnType<typeof keepFor>;
  readonly #socket: ResumableSocket;
  readonly #listeners = new Set<() => void>();
  #state: ConversationState;
  #net: Snapshot["net"] = "connecting";
  #ending: Ending | null = null;
  #shown: Snapshot;
  #flushing = false;
  #lossTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #seen = new Map<number, boolean>();
  /** What was handed to the present connection, so that nothing is sent twice over the same one. */
  #handed = new Set<string>();

  constructor(id: string) {
    this.id = id;
    this.kept = keepFor(id);
    this.#state = { ...emptyConversation, outgoing: this.kept.get().outgoing };
    this.#shown = this.#snapshot();
    this.#socket = new ResumableSocket({
      url: (after) => paths.socket(id, after),
      cursor: () => cursor(this.#state),
      onFrame: (frame) => this.#receive(frame),
      onState: (state) => this.#linked(state),
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

  /** Sends a refused message once more. Only a clash of ids needs a new one. */
  sayAgain(message: Outgoing): void {
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

  stop = (): void => void this.#socket.send({ type: "stop" });
  retry = (): void => void this.#socket.send({ type: "retry" });

  /** A note was on screen for a second. Told once, and again after a loss until it could be handed over. */
  seen = (messageId: number): void => {
    if (this.#seen.has(messageId)) return;
    this.#seen.set(messageId, this.#socket.send({ type: "seen", messageId }));
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
    if (this.#state.synced) this.#found();
    if (frame.type === "turn") {
      this.#sendNext();
      for (const [id, told] of this.#seen)
        if (!told) this.#seen.set(id, this.#socket.send({ type: "seen", messageId: id }));
    }
    return !this.#state.broken;
  }

  /** One at a time, and only when it is the participant's turn: a running leg would refuse it. */
  #sendNext(): void {
    const next = this.#state.outgoing.find((o) => !o.refusal && o.messageId === undefined);
    if (!next || !this.#state.synced || isBusy(this.#state) || this.#handed.has(next.clientId)) return;
    const { content, clientId } = next;
    if (this.#socket.send({ type: next.aside ? "aside" : "message", content, clientId })) this.#handed.add(clientId);
  }

  #linked(link: LinkState): void {
    if (typeof link === "object") {
      this.#ending = link.ended;
      clearTimeout(this.#lossTimer);
    } else if (link === "open") this.#handed.clear();
    else this.#lossTimer ??= setTimeout(this.#lose, QUIET_LOSS);
    this.#set(disconnected(this.#state));
    this.#notify();
  }

  #lose = (): void => {
    this.#net = "lost";
    this.#notify();
  };

  /** Only what was caught up is a connection: a link can also open and break at once, again and again. */
  #found(): void {
    clearTimeout(this.#lossTimer);
    this.#lossTimer = undefined;
    this.#net = "online";
  }

  #set(next: ConversationState): void {
    if (next === this.#state) return;
    if (next.outgoing !== this.#state.outgoing) this.kept.set({ outgoing: next.outgoing });
    this.#state = next;
    this.#notify();
  }

  #notify(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    // A hidden page has no animation frames, but a title, a screen reader and tests still want to know.
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
