// Two polite regions, one a voice, filled once with the whole text when a message is done. The transcript itself is
// never live: streamed text read out piece by piece helps nobody.
import { useConversation } from "../../live/use-conversation";
import { plainText } from "../../ui/markdown/plain";
import { useAnnouncing } from "./announcing";
import { useScene } from "./scene";

export function Announcer() {
  const { name } = useScene();
  const { partner, coach } = useConversation((s) => s.heard);
  const announcing = useAnnouncing();
  return (
    <>
      <p role="status" className="sr-only">
        {partner && `${name} said: ${plainText(partner.content)}`}
      </p>
      <p role="status" className="sr-only">
        {coach?.aside && `The coach answered: ${plainText(coach.content)}`}
        {coach && !coach.aside && announcing === "text" && `Coach note: ${plainText(coach.content)}`}
        {coach && !coach.aside && announcing === "fact" && `The coach wrote a note on turn ${coach.turn}.`}
      </p>
    </>
  );
}
