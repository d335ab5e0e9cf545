// Keeps the label out of the browser tab's title while participants look at the screen.
import { useEffect } from "react";

export function useNeutralTitle(on: boolean): void {
  useEffect(() => {
    if (!on) return;
    const before = document.title;
    document.title = "Conversation Coach";
    return () => {
      document.title = before;
    };
  }, [on]);
}
