// Keys of the conversation as a whole: Escape stops the voice that speaks, F6 walks through the parts of the page that
// say `data-region`: conversation, coach, composer.
import { useEffect } from "react";
import { isBusy } from "../../live/conversation-view";
import type { LiveConversation } from "../../live/live-conversation";

export function useKeys(live: LiveConversation): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "F6") {
        event.preventDefault();
        focusNextRegion(event.shiftKey ? -1 : 1);
      }
      // An open dialog or menu takes Escape for itself.
      const covered = document.querySelector("dialog[open], [popover]:popover-open");
      if (event.key === "Escape" && !covered && isBusy(live.getSnapshot())) live.stop();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [live]);
}

function focusNextRegion(step: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>("[data-region]")];
  const at = regions.findIndex((r) => r.contains(document.activeElement));
  regions[(at + step + regions.length) % regions.length]?.focus();
}
