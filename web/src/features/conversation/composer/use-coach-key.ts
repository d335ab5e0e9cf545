// Ctrl+. switches between the partner and the coach from anywhere, and moves the focus to the message box.
import { useEffect, useEffectEvent } from "react";

export function useCoachKey(onSwitch: () => void): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== "." || !event.ctrlKey || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    onSwitch();
    document.getElementById("say")?.focus();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    addEventListener("keydown", listener);
    return () => removeEventListener("keydown", listener);
  }, []);
}
