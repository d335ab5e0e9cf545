// An in-process host that follows the protocol: keeps an append-only transcript, resumes at cursors, recognizes repeated
// clientIds, and crashes on demand. A `step` is a hundredth of a second.
import type { ServerFrame } from "../live/frames";
import { byteLength, dropBytes } from "../live/utf8";
import { FakeSocket } from "./fake-socket";

type StoredMessage = { id: number; turn: number; role: "user" | "partner" | "coach"; content: string; done: boolean };
type Reader = { socket: FakeSocket; read: number };

const PIECES = ["Well, ", "naïve ", "– no. ", "😀 ", "“so” ", "日本 ", "\n\n"];
const PIECES_A_LEG = 40;

export class FakeHost {
  readonly kept: StoredMessage[] = [];
  /** How often the page resent a message. */
  repeats = 0;
  pieces = 0;
  down = 0;
  #readers: Reader[] = [];
  #answered = 0;
  readonly #byClientId = new Map<string, StoredMessage>();
  #seed = 11;

  get idle(): boolean {
    return this.kept.every((m) => m.done);
  }

  step(): void {
    if (this.down > 0) this.down--;
    for (const socket of FakeSocket.all.slice(this.#answered)) this.#answer(socket);
    this.#answered = FakeSocket.all.length;
    for (const reader of this.#readers) this.#listen(reader);
    this.#speak();
  }

  /** Cuts all connections. `heard`: the frames just sent got through. The page receives no acknowledgment either way. */
  cut(heard = false): void {
    for (const reader of this.#readers.splice(0)) {
      reader.socket.cut();
      if (heard) this.#listen(reader);
    }
  }

  /** Crashes: text that wasn't saved yet is lost, and the running leg never completes. */
  die(steps: number): void {
    this.down = steps;
    const speaking = this.kept.at(-1);
    if (speaking && !speaking.done) {
      speaking.content = [...speaking.content].slice(0, -5).join("");
      speaking.done = true;
    }
    this.cut();
  }

  #answer(socket: FakeSocket): void {
    if (this.down > 0) {
      socket.cut();
      return;
    }
    socket.open();
    this.#readers.push({ socket, read: 0 });
    const [id, bytes] = (new URL(socket.url).searchParams.get("after") ?? "").split(".").map(Number);
    const at = this.kept.find((m) => m.id === id);
    if (!at || (at.done && (bytes ?? 0) > byteLength(at.content))) this.#history(socket, at !== undefined);
    else this.#rest(socket, at, bytes ?? 0);
    this.#publishTurn(socket);
  }

  #history(socket: FakeSocket, reset: boolean): void {
    const settled = this.kept.filter((m) => m.done);
    const messages = settled.map(({ done: _, ...m }) => ({
      ...m,
      status: "complete" as const,
      createdAt: "2026-11-23",
    }));
    socket.says({ type: "history", messages, more: false, ...(reset ? { reset } : {}) });
    for (const m of this.kept) if (!m.done) socket.says(delta(m, 0));
  }

  #rest(socket: FakeSocket, at: StoredMessage, bytes: number): void {
    socket.says({ type: "resumed" });
    if (at.role !== "user") socket.says(delta(at, bytes), ...(at.done ? [done(at)] : []));
    for (const m of this.kept) if (m.id > at.id) socket.says(...whole(m));
  }

  #listen(reader: Reader): void {
    for (const text of reader.socket.sent.slice(reader.read)) {
      reader.read++;
      const frame = JSON.parse(text) as { type: string; content?: string; clientId?: string };
      if (frame.type !== "message" || !frame.content || !frame.clientId) continue;
      const { content, clientId } = frame;
      const known = this.#byClientId.get(clientId);
      if (known) this.repeats++;
      const message = known ?? this.#add("user", (this.kept.at(-1)?.turn ?? 0) + 1, content, true);
      reader.socket.says({ type: "ack", clientId, messageId: message.id, turn: message.turn });
      if (known) continue;
      this.#byClientId.set(clientId, message);
      this.#publish(...whole(message));
      this.#add("partner", message.turn, "", false);
    }
  }

  #speak(): void {
    const leg = this.kept.at(-1);
    if (!leg || leg.done || this.down > 0) return;
    const off = byteLength(leg.content);
    leg.content += PIECES[this.random(PIECES.length)];
    this.pieces++;
    this.#publish(delta(leg, off));
    if (this.random(PIECES_A_LEG) > 0) return;
    leg.done = true;
    this.#publish(done(leg));
    if (leg.role === "partner") this.#add("coach", leg.turn, "", false);
    for (const { socket } of this.#readers) this.#publishTurn(socket);
  }

  #add(role: StoredMessage["role"], turn: number, content: string, isDone: boolean): StoredMessage {
    const message: StoredMessage = { id: this.kept.length + 1, turn, role, content, done: isDone };
    this.kept.push(message);
    return message;
  }

  #publish(...frames: ServerFrame[]): void {
    for (const { socket } of this.#readers) socket.says(...frames);
  }

  #publishTurn(socket: FakeSocket): void {
    const last = this.kept.at(-1);
    const state = !last || last.done ? "idle" : last.role === "coach" ? "coach" : "partner";
    socket.says({ type: "turn", turn: last?.turn ?? 0, state });
  }

  /** Pseudo-random with a fixed seed, so every run is the same. */
  random(below: number): number {
    this.#seed = (this.#seed * 48271) % 2147483647;
    return this.#seed % below;
  }
}

const voice = (m: StoredMessage) => (m.role === "coach" ? "coach" : "partner");

function delta(m: StoredMessage, off: number): ServerFrame {
  const content = dropBytes(m.content, off) ?? "";
  return { type: `${voice(m)}:delta`, messageId: m.id, turn: m.turn, off, content };
}

const done = (m: StoredMessage): ServerFrame => ({
  ...{ type: `${voice(m)}:done`, messageId: m.id, turn: m.turn, status: "complete" },
});

function whole(m: StoredMessage): ServerFrame[] {
  const { done: isDone, ...message } = m;
  if (m.role !== "user") return [delta(m, 0), ...(isDone ? [done(m)] : [])];
  return [{ type: "message", message: { ...message, status: "complete", createdAt: "2026-11-23" } }];
}
