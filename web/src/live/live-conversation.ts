// A participant's conversation: follows it live, and sends what the participant says.
import { paths } from "../paths";
import { type ConversationState, emptyConversation, type Outgoing, sent, withdrawn } from "./conversation-state";
import { isBusy } from "./conversation-view";
import { FollowedConversation } from "./followed-conversation";
import type { ClientFrame, SeenReport, ServerFrame } from "./frames";
import { newId } from "./new-id";
import { openOutbox } from "./outbox";
import type { LinkState } from "./socket";

export { isDisconnected, type Snapshot } from "./followed-conversation";

export class LiveConversation extends FollowedConversation<ClientFrame> {
  readonly outbox: ReturnType<typeof openOutbox>;
  /** The last report for each note, and whether it was sent. */
  readonly #seen = new Map<string, SeenReport & { sent: boolean }>();
  /** Messages sent over the current connection, so that none is sent twice over the same one. */
  readonly #handed = new Set<string>();

  constructor(id: string) {
    const outbox = openOutbox(id);
    const state = { ...emptyConversation, outgoing: outbox.get().outgoing };
    super(id, { url: (after) => paths.socket(id, after), state });
    this.outbox = outbox;
  }

  say(content: string, aside: boolean): void {
    this.set(sent(this.state, { clientId: newId(), content, aside }));
    this.#sendNext();
  }

  /** Resends a refused message. It keeps its id unless the id itself caused a conflict. */
  resend(message: Outgoing): void {
    const { refusal, ...again } = message;
    this.withdraw(message.clientId);
    const clientId = refusal?.code === "idempotency_conflict" ? newId() : message.clientId;
    this.#handed.delete(clientId);
    this.set(sent(this.state, { ...again, clientId }));
    this.#sendNext();
  }

  withdraw(clientId: string): void {
    this.set(withdrawn(this.state, clientId));
  }

  stop = (): void => void this.socket.send({ type: "stop" });
  retry = (): void => void this.socket.send({ type: "retry" });

  /** Reports how much of a note was on screen and for how long. Only larger values are sent. */
  seen = (report: SeenReport): void => {
    const key = `${report.messageId}.${report.how}`;
    const before = this.#seen.get(key);
    const share = Math.max(report.share, before?.share ?? 0);
    const ms = Math.max(report.ms, before?.ms ?? 0);
    if (before && before.share === share && before.ms === ms) return;
    const seen = { ...report, share, ms };
    this.#seen.set(key, { ...seen, sent: this.socket.send({ type: "seen", ...seen }) });
  };

  protected override received(frame: ServerFrame): boolean {
    const fits = super.received(frame);
    if (frame.type === "turn") {
      this.#sendNext();
      for (const [key, { sent, ...seen }] of this.#seen)
        if (!sent) this.#seen.set(key, { ...seen, sent: this.socket.send({ type: "seen", ...seen }) });
    }
    return fits;
  }

  protected override linked(link: LinkState): void {
    if (link === "open") this.#handed.clear();
    super.linked(link);
  }

  protected override set(next: ConversationState): void {
    if (next.outgoing !== this.state.outgoing) this.outbox.set({ outgoing: next.outgoing });
    super.set(next);
  }

  /** Sends one message at a time, and only on the participant's turn: the host refuses messages during a leg. */
  #sendNext(): void {
    const next = this.state.outgoing.find((o) => !o.refusal && o.messageId === undefined);
    if (!next || !this.state.synced || isBusy(this.state) || this.#handed.has(next.clientId)) return;
    const { content, clientId } = next;
    if (this.socket.send({ type: next.aside ? "aside" : "message", content, clientId })) this.#handed.add(clientId);
  }
}
