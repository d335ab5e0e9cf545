// The state of a conversation, as a pure function of the received frames: (state, frame) => state.
// The transcript is the log: messages are appended, their text only grows, and a position is (message id, bytes).
import type {
  Cut,
  DeltaFrame,
  DoneFrame,
  ErrorFrame,
  ServerFrame,
  TranscriptMessage,
  TurnLimit,
  TurnState,
} from "./frames";
import { byteLength, dropBytes } from "./utf8";

export type MessageRow = Pick<TranscriptMessage, "id" | "turn" | "role" | "content" | "createdAt"> & {
  aside: boolean;
  status: TranscriptMessage["status"] | "streaming";
  reason?: string;
  cut?: Cut;
  /** The id under which this device sent it. */
  clientId?: string;
};
export type LiveRow = MessageRow & { bytes: number };
export type Refusal = { code: string; text: string; retryable: boolean };
/** A message that the participant sent and that isn't in the transcript yet. */
export type Outgoing = { clientId: string; content: string; aside: boolean; messageId?: number; refusal?: Refusal };
export type Fault = Pick<ErrorFrame, "code" | "error" | "retryable" | "turn" | "lane">;

export type ConversationState = {
  /** Settled messages, oldest first, without replaced attempts. */
  rows: readonly MessageRow[];
  /** The growing message, kept out of `rows` so that a delta doesn't change any settled row. */
  live: LiveRow | null;
  replaced: ReadonlySet<number>;
  /** The maximum number of rows; grows when older ones are loaded. */
  limit: number;
  more: boolean;
  outgoing: readonly Outgoing[];
  turn: number;
  turnState: TurnState;
  turnsLeft: number | undefined;
  /** What `turnsLeft` counts. */
  turnLimit: TurnLimit | undefined;
  ended: string | null;
  /** The error of the last leg, or a refusal that doesn't belong to a message. */
  fault: Fault | null;
  /** The host can't store the answer right now, so its `done` is delayed. */
  savingDelayed: boolean;
  /** The newest message of each voice that was completed while connected, for screen readers. */
  heard: { partner: MessageRow | null; coach: MessageRow | null };
  /** Caught up on this connection. */
  synced: boolean;
  /** A gap was detected: deltas are ignored until the socket reconnects with our cursor. */
  broken: boolean;
};

export const emptyConversation: ConversationState = {
  rows: [],
  live: null,
  replaced: new Set(),
  limit: 150,
  more: false,
  outgoing: [],
  turn: 0,
  turnState: "idle",
  turnsLeft: undefined,
  turnLimit: undefined,
  ended: null,
  fault: null,
  savingDelayed: false,
  heard: { partner: null, coach: null },
  synced: false,
  broken: false,
};

export function receive(state: ConversationState, frame: ServerFrame): ConversationState {
  switch (frame.type) {
    case "history":
      return fromHistory(state, frame.messages, frame.more);
    case "resumed":
      return { ...state, synced: true, broken: false };
    case "message":
    case "aside:question":
      return said(state, frame.message);
    case "ack":
      return acknowledged(state, frame.clientId, frame.messageId);
    case "partner:delta":
    case "coach:delta":
    case "aside:delta":
      return grown(state, frame);
    case "partner:done":
    case "coach:done":
    case "aside:done":
      return finished(saved(state), frame);
    case "coach:skipped":
      return settled(state, skippedRow(frame.messageId, frame.turn, frame.reason));
    case "turn":
      return { ...(frame.state === "idle" ? saved(state) : state), turn: frame.turn, turnState: frame.state };
    case "quota":
      return { ...state, turnsLeft: frame.turnsLeft, turnLimit: frame.limit };
    case "ended":
      return { ...saved(state), ended: frame.reason, turnState: "idle" };
    case "error":
      return failed(state, frame);
    case "pong":
      return state;
    default:
      console.debug("unknown frame", frame satisfies never);
      return state;
  }
}

/** Returns our position for `?after=`, or undefined before the first message. */
export function cursor(state: ConversationState): string | undefined {
  const last = state.live ?? state.rows.at(-1);
  if (!last) return undefined;
  return `${last.id}.${"bytes" in last ? last.bytes : byteLength(last.content)}`;
}

export function disconnected(state: ConversationState): ConversationState {
  return state.synced ? { ...state, synced: false } : state;
}

export function sent(state: ConversationState, message: Outgoing): ConversationState {
  const others = state.outgoing.filter((o) => o.clientId !== message.clientId);
  return { ...state, outgoing: [...others, message], fault: null };
}

export function withdrawn(state: ConversationState, clientId: string): ConversationState {
  const outgoing = state.outgoing.filter((o) => o.clientId !== clientId);
  return outgoing.length === state.outgoing.length ? state : { ...state, outgoing };
}

/** Prepends older messages that were fetched by REST. */
export function withOlder(
  state: ConversationState,
  items: readonly TranscriptMessage[],
  more: boolean,
): ConversationState {
  const first = state.rows[0]?.id ?? Number.POSITIVE_INFINITY;
  const older = items.filter((m) => m.id < first);
  const replaced = withReplaced(state.replaced, older);
  const rows = [...older.map(rowOf), ...state.rows].filter((r) => !replaced.has(r.id));
  return { ...state, rows, replaced, more, limit: state.limit + items.length };
}

function rowOf(m: TranscriptMessage): MessageRow {
  const { id, turn, role, content, createdAt, status, reason, cut, clientId } = m;
  const row = { id, turn, role, content, createdAt, status, aside: m.aside ?? false };
  return { ...row, ...(reason ? { reason } : {}), ...(cut ? { cut } : {}), ...(clientId ? { clientId } : {}) };
}

function skippedRow(id: number, turn: number, reason: string): MessageRow {
  return { id, turn, role: "coach", aside: false, content: "", status: "skipped", reason, createdAt: now() };
}

function fromHistory(
  state: ConversationState,
  messages: readonly TranscriptMessage[],
  more: boolean,
): ConversationState {
  const replaced = withReplaced(new Set(), messages);
  const known = new Set(messages.map((m) => m.clientId));
  return {
    ...emptyConversation,
    rows: messages.map(rowOf).filter((r) => !replaced.has(r.id)),
    replaced,
    more,
    turn: messages.at(-1)?.turn ?? 0,
    turnState: state.turnState,
    turnsLeft: state.turnsLeft,
    turnLimit: state.turnLimit,
    outgoing: state.outgoing.filter((o) => !known.has(o.clientId)),
    synced: true,
  };
}

function said(state: ConversationState, message: TranscriptMessage): ConversationState {
  const ours = (o: Outgoing) => o.clientId === message.clientId || o.messageId === message.id;
  const next = settled(state, rowOf(message));
  return state.outgoing.some(ours) ? { ...next, outgoing: state.outgoing.filter((o) => !ours(o)) } : next;
}

function acknowledged(state: ConversationState, clientId: string, messageId: number): ConversationState {
  if (hasRow(state, messageId)) return withdrawn(state, clientId);
  const mark = ({ refusal: _, ...o }: Outgoing): Outgoing => ({ ...o, messageId });
  return { ...state, outgoing: state.outgoing.map((o) => (o.clientId === clientId ? mark(o) : o)) };
}

function grown(state: ConversationState, frame: DeltaFrame): ConversationState {
  if (state.broken || hasRow(state, frame.messageId)) return state;
  if (state.live && state.live.id !== frame.messageId)
    return grown(settleLive(state, { status: "interrupted" }), frame);
  const live = state.live ?? begun(frame);
  if (frame.off > live.bytes) return { ...state, broken: true };
  const fresh = dropBytes(frame.content, Math.min(live.bytes - frame.off, byteLength(frame.content)));
  if (fresh === null) return { ...state, broken: true };
  if (fresh === "" && state.live) return state;
  const base = state.live ? state : replacing({ ...state, fault: null }, frame.replaces);
  return { ...base, live: { ...live, content: live.content + fresh, bytes: live.bytes + byteLength(fresh) } };
}

function begun(frame: DeltaFrame | DoneFrame): LiveRow {
  return {
    id: frame.messageId,
    turn: frame.turn,
    role: frame.type.startsWith("partner") ? "partner" : "coach",
    aside: frame.type.startsWith("aside"),
    content: "",
    bytes: 0,
    status: "streaming",
    createdAt: now(),
  };
}

function finished(state: ConversationState, frame: DoneFrame): ConversationState {
  if (state.broken) return state;
  const end = { status: frame.status, ...(frame.cut ? { cut: frame.cut } : {}) };
  if (state.live?.id === frame.messageId) return settleLive(state, end);
  if (!hasRow(state, frame.messageId)) {
    const { bytes: _, ...row } = begun(frame);
    return settled(replacing(state, frame.replaces), { ...row, ...end });
  }
  const rows = state.rows.map((r) => (r.id === frame.messageId ? { ...r, ...end } : r));
  return state.rows.some((r) => r.id === frame.messageId && r.status !== frame.status) ? { ...state, rows } : state;
}

const saved = (state: ConversationState) => (state.savingDelayed ? { ...state, savingDelayed: false } : state);

function settleLive(state: ConversationState, end: Pick<MessageRow, "status" | "cut">): ConversationState {
  if (!state.live) return state;
  const { bytes: _, ...rest } = state.live;
  const row = { ...rest, ...end };
  const heard = { ...state.heard, [row.role === "partner" ? "partner" : "coach"]: row };
  return settled({ ...state, live: null, heard }, row);
}

function settled(state: ConversationState, row: MessageRow): ConversationState {
  if (state.broken || hasRow(state, row.id) || state.replaced.has(row.id)) return state;
  const at = state.rows.findLastIndex((r) => r.id < row.id) + 1;
  const rows = state.rows.toSpliced(at, 0, row);
  const surplus = rows.length - state.limit;
  return surplus > 0 ? { ...state, rows: rows.slice(surplus), more: true } : { ...state, rows };
}

function failed(state: ConversationState, frame: ErrorFrame): ConversationState {
  const { code, error, retryable, turn, lane, clientId } = frame;
  if (clientId && state.outgoing.some((o) => o.clientId === clientId)) {
    const refusal = { code, text: error, retryable };
    const refuse = (o: Outgoing) => (o.clientId === clientId ? { ...o, refusal } : o);
    return { ...state, outgoing: state.outgoing.map(refuse) };
  }
  // While an answer is in progress, the host keeps trying to save it.
  if (code === "storage" && (state.live || state.turnState !== "idle")) return { ...state, savingDelayed: true };
  const fault = { code, error, retryable, ...(turn === undefined ? {} : { turn }), ...(lane ? { lane } : {}) };
  return { ...state, fault };
}

function replacing(state: ConversationState, id: number | undefined): ConversationState {
  if (id === undefined || state.replaced.has(id)) return state;
  return { ...state, replaced: new Set(state.replaced).add(id), rows: state.rows.filter((r) => r.id !== id) };
}

function withReplaced(set: ReadonlySet<number>, messages: readonly TranscriptMessage[]): ReadonlySet<number> {
  return new Set([...set, ...messages.flatMap((m) => m.replaces ?? [])]);
}

const hasRow = (state: ConversationState, id: number) => state.rows.some((r) => r.id === id);
// The time shown next to a message until the next history brings the host's.
const now = () => new Date().toISOString();
