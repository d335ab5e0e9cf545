// Saves a conversation as a text file on the participant's device.
import { client, type Schemas } from "../../api/client";
import { onDay } from "../../ui/times";

type Conversation = Schemas["Conversation"];
type Message = Schemas["Message"];

/** Returns false if the messages couldn't be loaded. */
export async function saveCopy(conversation: Conversation): Promise<boolean> {
  const messages = await allMessages(conversation.id);
  if (!messages) return false;
  const url = URL.createObjectURL(new Blob([asText(conversation, messages)], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${conversation.title}.txt`;
  link.click();
  URL.revokeObjectURL(url);
  return true;
}

async function allMessages(id: string): Promise<Message[] | null> {
  const path = "/api/conversations/{id}/messages";
  let messages: Message[] = [];
  try {
    for (let more = true; more; ) {
      const before = messages[0]?.id;
      const query = before === undefined ? { limit: 200 } : { before, limit: 200 };
      const { data } = await client.GET(path, { params: { path: { id }, query } });
      if (!data) return null;
      messages = [...data.items, ...messages];
      more = data.more && data.items.length > 0;
    }
  } catch {
    return null;
  }
  return messages;
}

export function asText(conversation: Conversation, messages: readonly Message[]): string {
  const replaced = new Set(messages.map((m) => m.replaces));
  const said = messages.filter((m) => m.content !== "" && !replaced.has(m.id));
  const { title, partnerName, createdAt } = conversation;
  const head = `${title}\nWith ${partnerName}, ${onDay(createdAt)}`;
  return `${[head, ...said.map((m) => `${speaker(m, partnerName)}:\n${m.content}`)].join("\n\n")}\n`;
}

function speaker(m: Message, partnerName: string): string {
  if (m.role === "partner") return partnerName;
  if (m.role === "user") return m.aside ? "You, to the coach" : "You";
  return m.aside ? "The coach, to you" : `The coach, on turn ${m.turn}`;
}
