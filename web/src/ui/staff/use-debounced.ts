// A value that follows another once that has not changed for a while, so that typing does not ask the host at every key.
import { useEffect, useState } from "react";

export function useDebounced<T>(value: T, afterMs: number): T {
  const [settled, settle] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => settle(value), afterMs);
    return () => clearTimeout(timer);
  }, [value, afterMs]);
  return settled;
}
