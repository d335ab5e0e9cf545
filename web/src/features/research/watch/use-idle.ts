// Tells when nothing has happened for a while.
import { useEffect, useState } from "react";

/** In milliseconds. */
export const IDLE_AFTER = 120_000;

/** `at` is when something last happened; undefined while something is going on. */
export function useIdle(at: string | undefined): boolean {
  const since = at === undefined ? undefined : new Date(at).getTime();
  const [idle, setIdle] = useState(false);
  useEffect(() => {
    setIdle(false);
    if (since === undefined) return;
    const timer = setTimeout(() => setIdle(true), Math.max(0, since + IDLE_AFTER - Date.now()));
    return () => clearTimeout(timer);
  }, [since]);
  return idle;
}
