// The draft and whom it is for, kept with the conversation so that a reload loses nothing.
import { useEffect, useState } from "react";
import { useLive } from "../../../live/use-conversation";

export function useDraft() {
  const { outbox } = useLive();
  const [text, showText] = useState(() => outbox.get().draft);
  const [aside, showAside] = useState(() => outbox.get().aside);
  // A refused message that its author wants to change comes back here.
  useEffect(() => {
    const onDraft = () => {
      showText(outbox.get().draft);
      showAside(outbox.get().aside);
      document.getElementById("say")?.focus();
    };
    addEventListener("coach:draft", onDraft);
    return () => removeEventListener("coach:draft", onDraft);
  }, [outbox]);
  const setText = (draft: string) => {
    outbox.set({ draft });
    showText(draft);
  };
  const setAside = (to: boolean) => {
    outbox.set({ aside: to });
    showAside(to);
  };
  return { text, setText, aside, setAside };
}
