// Two polite regions, one a voice, filled once with the whole text when a message is done. The transcript itself is
// never live: streamed text read out piece by piece helps nobody.
import { useConversation } from "../../live/use-conversation";
import { plainText } from "../../ui/prose-parse";
import { useScene } from "./scene";

export function Announcer() {
  const { name } = useScene();
  const { partner, coach } = useConversation((s) => s.heard);
  return (
    <>
      <p role="status" className="sr-only">
        {partner && `${name} said: ${plainText(partner.content)}`}
      </p>
      <p role="status" className="sr-only">
        {coach && `${coach.aside ? "The coach answered" : "Coach note"}: ${plainText(coach.content)}`}
      </p>
    </>
  );
}
