// One conversation's link to the host: connects, notices silence, comes back with the cursor, gives up when told to.
// It knows neither React nor what the frames mean.
import { type ClientFrame, parseFrame, type ServerFrame } from "./frames";

export type Ending = "login" | "forbidden" | "missing" | "gone";
export type LinkState = "connecting" | "open" | "waiting" | { ended: Ending };

export type SocketOptions = {
  url: (after: string | undefined) => string;
  cursor: () => string | undefined;
  /** False when the frame did not fit: the socket then comes back with the cursor. */
  onFrame: (frame: ServerFrame) => boolean;
  onState: (state: LinkState) => void;
  /** Asks by REST why a handshake failed: the HTTP status, or 0 when nobody answered. */
  check: () => Promise<number>;
};

const PING_AFTER = 10_000;
const DEAD_AFTER = 5_000;
const HANDSHAKE = 10_000;
const MAX_DELAY = 10_000;
const endByClose: Record<number, Ending> = { 4401: "login", 4403: "forbidden", 4410: "gone" };
const endByStatus: Record<number, Ending> = { 401: "login", 403: "forbidden", 404: "missing", 410: "gone" };

export class ResumableSocket {
  readonly #options: SocketOptions;
  #ws: WebSocket | null = null;
  #running = false;
  #tries = 0;
  #heard = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #watch: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SocketOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    addEventListener("online", this.#hurry);
    document.addEventListener("visibilitychange", this.#hurry);
    this.#dial();
  }

  stop(): void {
    this.#running = false;
    removeEventListener("online", this.#hurry);
    document.removeEventListener("visibilitychange", this.#hurry);
    this.#drop();
  }

  /** True if it was handed to the network; whether it arrived, only an `ack` tells. */
  send(frame: ClientFrame): boolean {
    if (this.#ws?.readyState !== WebSocket.OPEN) return false;
    this.#ws.send(JSON.stringify(frame));
    return true;
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
      this.#heard = Date.now();
      this.#options.onState("open");
      this.#guard(PING_AFTER);
    };
    ws.onmessage = (event) => this.#take(String(event.data));
    ws.onclose = (event) => this.#lost(opened, event.code);
  }

  #take(text: string): void {
    this.#heard = Date.now();
    const frame = parseFrame(text);
    if (!frame || frame.type === "pong") return;
    if (!this.#options.onFrame(frame)) this.#lost(true);
    else if (frame.type === "message" || frame.type.includes(":")) this.#tries = 0;
  }

  /** Half-open links look alive: after a silence ask, and without an answer leave. */
  #guard(after: number): void {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => {
      const silence = Date.now() - this.#heard;
      if (silence >= PING_AFTER + DEAD_AFTER) this.#lost(true);
      else if (silence >= PING_AFTER) {
        this.send({ type: "ping" });
        this.#guard(PING_AFTER + DEAD_AFTER - silence);
      } else this.#guard(PING_AFTER - silence);
    }, after);
  }

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

  /** The network or the reader came back: no reason to wait, and reason to doubt an old link. */
  #hurry = (): void => {
    if (document.visibilityState === "hidden") return;
    if (this.#ws === null) {
      this.#tries = 0;
      this.#dial();
    } else if (this.send({ type: "ping" })) {
      this.#heard = Math.min(this.#heard, Date.now() - PING_AFTER);
      this.#guard(DEAD_AFTER);
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
