// `/conversation/:id`: loads what the conversation is about, then lets it live.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useParams } from "react-router";
import type { Schemas } from "../../api/client";
import { queries } from "../../api/queries";
import { LiveConversation } from "../../live/live-conversation";
import { ConversationContext } from "../../live/use-conversation";
import { lacking } from "../../shell/lacking";
import { Refused } from "../../shell/Refused";
import { loadCoach } from "./coach/parts";
import { Stage } from "./Stage";
import { StageSkeleton } from "./StageSkeleton";
import { isWide } from "./use-wide";

// Side by side with what the conversation is about.
loadCoach(isWide());

export default function ConversationPage() {
  const { id = "" } = useParams();
  const conversation = useQuery({ ...queries.conversation(id), staleTime: Number.POSITIVE_INFINITY });
  if (conversation.data) return <Living key={id} conversation={conversation.data} />;
  const refused = lacking(conversation);
  return refused ? <Refused {...refused} /> : <StageSkeleton />;
}

function Living({ conversation }: { conversation: Schemas["Conversation"] }) {
  const [live] = useState(() => new LiveConversation(conversation.id));
  return (
    <ConversationContext value={live}>
      <Stage conversation={conversation} />
    </ConversationContext>
  );
}
