// Keeps the screen on while a code is presented, if the browser supports it.
import { useEffect } from "react";

export function useWakeLock(on: boolean): void {
  useEffect(() => {
    if (!on || !("wakeLock" in navigator)) return;
    const lock = navigator.wakeLock.request("screen").catch(() => null);
    return () => void lock.then((l) => l?.release());
  }, [on]);
}
