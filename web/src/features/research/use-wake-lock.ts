// Keeps the screen on while something is presented, where the browser can.
import { useEffect } from "react";

export function useWakeLock(on: boolean): void {
  useEffect(() => {
    if (!on || !("wakeLock" in navigator)) return;
    const lock = navigator.wakeLock.request("screen").catch(() => null);
    return () => void lock.then((l) => l?.release());
  }, [on]);
}
