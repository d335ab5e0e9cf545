// A conversation that is followed live: owns the socket, feeds the reducer, and notifies its listeners at most once per
// animation frame. Connected while it has listeners. What it can send depends on `Sent`: `never` for an observer.
import { client } from "../api/client";
import {
  type ConversationState,
  cursor,
  disconnected,
  emptyConversation,
  receive,
  withOlder,
} from "./conversation-state";
import { isBusy } from "./conversation-view";
import type { ClientFrame, ServerFrame } from "./frames";
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

type Options = { url: (after: string | undefined) => string; state?: ConversationState };

export class FollowedConversation<Sent extends ClientFrame> {
  readonly id: string;
  protected readonly socket: ResumableSocket<Sent>;
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

  constructor(id: string, { url, state = emptyConversation }: Options) {
    this.id = id;
    this.#state = state;
    this.#shown = this.#snapshot();
    this.socket = new ResumableSocket({
      url,
      cursor: () => cursor(this.#state),
      onFrame: (frame) => this.received(frame),
      onState: (link) => this.linked(link),
      check: () => statusOf(id),
    });
  }

  getSnapshot = (): Snapshot => this.#shown;

  subscribe = (listener: () => void): (() => void) => {
    if (this.#listeners.size === 0) this.socket.start();
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.socket.stop();
    };
  };

  /** Reconnects after an ending, such as another page that took over the conversation or a new sign-in. */
  continueHere = (): void => {
    this.#ending = null;
    this.#net = "connecting";
    this.socket.start();
    this.#notify();
  };

  loadEarlier = async (): Promise<void> => {
    const before = this.#state.rows[0]?.id;
    const query = before === undefined ? { limit: 100 } : { before, limit: 100 };
    const path = "/api/conversations/{id}/messages";
    const { data } = await client.GET(path, { params: { path: { id: this.id }, query } });
    if (data) this.set(withOlder(this.#state, data.items, data.more));
  };

  protected get state(): ConversationState {
    return this.#state;
  }

  /** Returns false if the frame didn't fit. */
  protected received(frame: ServerFrame): boolean {
    this.set(receive(this.#state, frame));
    if (this.#state.synced) this.#markConnected();
    return !this.#state.broken;
  }

  protected linked(link: LinkState): void {
    if (link === "alive") {
      if (this.#state.synced) this.#markConnected();
    } else if (link === "lost") this.#markLost();
    else if (typeof link === "object") {
      this.#ending = link.ended;
      clearTimeout(this.#lossTimer);
    } else {
      if (link !== "open") this.#lossTimer ??= setTimeout(this.#markLost, QUIET_LOSS);
      this.set(disconnected(this.#state));
    }
    this.#notify();
  }

  protected set(next: ConversationState): void {
    if (next === this.#state) return;
    this.#state = next;
    this.socket.expect(isBusy(next) || next.outgoing.some((o) => !o.refusal));
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
