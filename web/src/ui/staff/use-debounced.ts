// Returns a value only after it hasn't changed for a while, so that typing doesn't send a request per key.
import { useEffect, useState } from "react";

export function useDebounced<T>(value: T, afterMs: number): T {
  const [settled, settle] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => settle(value), afterMs);
    return () => clearTimeout(timer);
  }, [value, afterMs]);
  return settled;
}
