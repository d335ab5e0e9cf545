// The draft and whom it is for, kept with the conversation so that a reload loses nothing.
import { useEffect, useState } from "react";
import { useLive } from "../../../live/use-conversation";

export function useDraft() {
  const { kept } = useLive();
  const [text, showText] = useState(() => kept.get().draft);
  const [aside, showAside] = useState(() => kept.get().aside);
  // A refused message that its author wants to change comes back here.
  useEffect(() => {
    const onDraft = () => {
      showText(kept.get().draft);
      showAside(kept.get().aside);
      document.getElementById("say")?.focus();
    };
    addEventListener("coach:draft", onDraft);
    return () => removeEventListener("coach:draft", onDraft);
  }, [kept]);
  const setText = (draft: string) => {
    kept.set({ draft });
    showText(draft);
  };
  const setAside = (to: boolean) => {
    kept.set({ aside: to });
    showAside(to);
  };
  return { text, setText, aside, setAside };
}
