// Two polite regions, one per voice, filled once with the whole text when a message is done. The transcript itself is
// never live: text read out piece by piece helps no one.
import type { MessageRow } from "../../live/conversation-state";
import { useConversation } from "../../live/use-conversation";
import { plainText } from "../../ui/markdown/plain";
import { type NoteAnnouncements, useNoteAnnouncements } from "./note-announcements";
import { useScene } from "./scene";

export function Announcer() {
  const { name } = useScene();
  const { partner, coach } = useConversation((s) => s.heard);
  const announcing = useNoteAnnouncements();
  return (
    <>
      <p role="status" className="sr-only">
        {partner ? `${name} said: ${plainText(partner.content)}` : ""}
      </p>
      <p role="status" className="sr-only">
        {coach ? coachWords(coach, announcing) : ""}
      </p>
    </>
  );
}

function coachWords(coach: MessageRow, announcing: NoteAnnouncements): string {
  if (coach.aside) return `The coach answered: ${plainText(coach.content)}`;
  if (announcing === "text") return `Coach note: ${plainText(coach.content)}`;
  return announcing === "fact" ? `The coach wrote a note on turn ${coach.turn}.` : "";
}
