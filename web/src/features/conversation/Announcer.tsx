// Two polite live regions, one per voice, each filled with the whole text once a message is complete. The transcript
// itself isn't a live region, because text that is read out piece by piece is hard to follow.
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
