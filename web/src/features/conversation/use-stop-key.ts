// Escape stops the answer in progress.
import { useEffect } from "react";
import { isBusy } from "../../live/conversation-view";
import type { LiveConversation } from "../../live/live-conversation";

export function useStopKey(live: LiveConversation): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      // Escape closes an open dialog or menu instead.
      const covered = document.querySelector("dialog[open], [popover]:popover-open");
      if (event.key === "Escape" && !covered && isBusy(live.getSnapshot())) live.stop();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [live]);
}
