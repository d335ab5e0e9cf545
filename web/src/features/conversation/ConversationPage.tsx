// `/conversation/:id`: loads the conversation's details, then connects.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useParams } from "react-router";
import type { Schemas } from "../../api/client";
import { queries } from "../../api/queries";
import { LiveConversation } from "../../live/live-conversation";
import { ConversationContext } from "../../live/use-conversation";
import { LoadErrorPage } from "../../shell/LoadErrorPage";
import { loadError } from "../../shell/load-error";
import { ConversationLayout } from "./ConversationLayout";
import { ConversationSkeleton } from "./ConversationSkeleton";
import { loadCoach } from "./coach/lazy-coach";
import { isWide } from "./use-wide";

// In parallel with the conversation's details.
loadCoach(isWide());

export default function ConversationPage() {
  const { id = "" } = useParams();
  const conversation = useQuery({ ...queries.conversation(id), staleTime: Number.POSITIVE_INFINITY });
  if (conversation.data) return <LoadedConversation key={id} conversation={conversation.data} />;
  const failure = loadError(conversation);
  return failure ? <LoadErrorPage {...failure} /> : <ConversationSkeleton />;
}

function LoadedConversation({ conversation }: { conversation: Schemas["Conversation"] }) {
  const [live] = useState(() => new LiveConversation(conversation.id));
  return (
    <ConversationContext value={live}>
      <ConversationLayout conversation={conversation} />
    </ConversationContext>
  );
}
