// After a login has ended, tries again when the researcher comes back to this window: they may have signed in in another.
import { useEffect } from "react";
import type { Ending } from "../../../live/socket";

export function useSignedInElsewhere(ending: Ending, again: () => void): void {
  useEffect(() => {
    if (ending !== "login") return;
    const back = () => document.visibilityState === "visible" && again();
    addEventListener("focus", back);
    document.addEventListener("visibilitychange", back);
    return () => {
      removeEventListener("focus", back);
      document.removeEventListener("visibilitychange", back);
    };
  }, [ending, again]);
}
