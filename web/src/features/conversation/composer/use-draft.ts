// The draft and its recipient, stored with the conversation so that a reload loses nothing.
import { useEffect, useState } from "react";
import { useLive } from "../../../live/use-conversation";

export function useDraft() {
  const { outbox } = useLive();
  const [text, showText] = useState(() => outbox.get().draft);
  const [aside, showAside] = useState(() => outbox.get().aside);
  // "Edit" on a refused message moves its text back into the message box.
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
