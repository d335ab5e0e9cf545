// A conversation that a researcher watches: the participant's live conversation without anything to send.
import { researchPaths } from "../research-paths";
import { FollowedConversation } from "./followed-conversation";

export class ObservedConversation extends FollowedConversation<never> {
  constructor(id: string) {
    super(id, { url: (after) => researchPaths.observe(id, after) });
  }
}
