// A conversation's connection to the host: connects, detects silence, reconnects with the cursor, and gives up if the
// host says so. Knows neither React nor the meaning of the frames. `Sent` is what its owner may send.
import { type ClientFrame, parseFrame, type ServerFrame } from "./frames";

export type Ending = "login" | "forbidden" | "missing" | "gone" | "elsewhere";
/** `waiting` may last only a moment; `lost` is certain until `alive`. */
export type LinkState = "connecting" | "open" | "alive" | "waiting" | "lost" | { ended: Ending };

type SocketOptions = {
  url: (after: string | undefined) => string;
  cursor: () => string | undefined;
  /** Returns false if the frame didn't fit; the socket then reconnects with the cursor. */
  onFrame: (frame: ServerFrame) => boolean;
  onState: (state: LinkState) => void;
  /** Asks by REST why a handshake failed. Returns the HTTP status, or 0 if no response arrived. */
  check: () => Promise<number>;
};

/** Milliseconds of silence until the socket pings, and until it gives up the connection. */
const CALM = { ask: 10_000, leave: 15_000 };
/** The same while a reply is in progress or a message is unacknowledged. */
const URGENT = { ask: 2_000, leave: 4_000 };
/** How long a doubtful connection has to answer a ping, in milliseconds. */
const DOUBT = 2_000;
const HANDSHAKE = 10_000;
const MAX_DELAY = 10_000;
const endByClose: Record<number, Ending> = { 4401: "login", 4403: "forbidden", 4410: "gone", 4429: "elsewhere" };
const endByStatus: Record<number, Ending> = { 401: "login", 403: "forbidden", 404: "missing", 410: "gone" };

type Ping = Extract<ClientFrame, { type: "ping" }>;

export class ResumableSocket<Sent extends ClientFrame = ClientFrame> {
  readonly #options: SocketOptions;
  #ws: WebSocket | null = null;
  #running = false;
  #tries = 0;
  #patience = CALM;
  /** When the last frame arrived, in milliseconds. */
  #since = 0;
  #asked = false;
  /** The browser reported that there is no network, and nothing has arrived since. */
  #offline = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SocketOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    addEventListener("online", this.#hurry);
    addEventListener("offline", this.#unplugged);
    document.addEventListener("visibilitychange", this.#hurry);
    this.#dial();
  }

  stop(): void {
    this.#running = false;
    removeEventListener("online", this.#hurry);
    removeEventListener("offline", this.#unplugged);
    document.removeEventListener("visibilitychange", this.#hurry);
    this.#drop();
  }

  /** Returns true if the frame was handed to the network. Only an `ack` confirms that it arrived. */
  send(frame: Sent | Ping): boolean {
    if (this.#ws?.readyState !== WebSocket.OPEN) return false;
    this.#ws.send(JSON.stringify(frame));
    return true;
  }

  /** Sets whether an answer is due, which shortens the accepted silence. */
  expect(answer: boolean): void {
    const patience = answer ? URGENT : CALM;
    if (patience === this.#patience) return;
    this.#patience = patience;
    if (!answer || this.#ws?.readyState !== WebSocket.OPEN) return;
    this.#heard();
    this.#guard();
  }

  #dial(): void {
    this.#drop();
    this.#options.onState("connecting");
    const ws = new WebSocket(this.#options.url(this.#options.cursor()));
    this.#ws = ws;
    let opened = false;
    this.#watch = setTimeout(() => this.#lost(false), HANDSHAKE);
    ws.onopen = () => {
      opened = true;
      this.#offline = false;
      this.#heard();
      this.#options.onState("open");
      this.#guard();
    };
    ws.onmessage = (event) => this.#take(String(event.data));
    ws.onclose = (event) => this.#lost(opened, event.code);
  }

  #take(text: string): void {
    this.#heard();
    if (this.#offline) {
      this.#offline = false;
      this.#options.onState("alive");
    }
    const frame = parseFrame(text);
    if (!frame || frame.type === "pong") return;
    if (!this.#options.onFrame(frame)) this.#lost(true);
    else if (frame.type === "message" || frame.type.includes(":")) this.#tries = 0;
  }

  #heard(): void {
    this.#since = Date.now();
    this.#asked = false;
  }

  /** Half-open connections look alive, so ping after a silence, and give up without an answer. */
  #guard = (): void => {
    clearTimeout(this.#watch);
    const { ask, leave } = this.#patience;
    const silence = Date.now() - this.#since;
    if (silence >= leave) {
      this.#options.onState("lost");
      this.#lost(true);
      return;
    }
    if (silence >= ask && !this.#asked) this.#asked = this.send({ type: "ping" });
    this.#watch = setTimeout(this.#guard, (silence >= ask ? leave : ask) - silence);
  };

  #lost(opened: boolean, code = 0): void {
    this.#drop();
    if (!this.#running) return;
    const ending = endByClose[code];
    if (ending) this.#end(ending);
    else {
      this.#options.onState("waiting");
      this.#later();
      if (!opened) void this.#askWhy();
    }
  }

  async #askWhy(): Promise<void> {
    const ending = endByStatus[await this.#options.check()];
    if (ending && this.#running) this.#end(ending);
  }

  #later(): void {
    const delay = 50 + Math.random() * Math.min(MAX_DELAY, 250 * 2 ** this.#tries++);
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#dial(), delay);
  }

  #end(ending: Ending): void {
    this.stop();
    this.#options.onState({ ended: ending });
  }

  /** The browser notices immediately that the network is gone. The socket may survive, so it is kept. */
  #unplugged = (): void => {
    this.#offline = true;
    this.#options.onState("lost");
  };

  /** The network or the reader is back: connect without waiting, and verify an old connection. */
  #hurry = (): void => {
    if (document.visibilityState === "hidden") return;
    if (this.#ws === null) {
      this.#tries = 0;
      this.#dial();
    } else if (this.send({ type: "ping" })) {
      this.#since = Math.min(this.#since, Date.now() - this.#patience.leave + DOUBT);
      this.#asked = true;
      this.#guard();
    }
  };

  #drop(): void {
    clearTimeout(this.#watch);
    clearTimeout(this.#retry);
    const ws = this.#ws;
    this.#ws = null;
    if (!ws) return;
    ws.onopen = ws.onmessage = ws.onclose = null;
    ws.close(1000);
  }
}
