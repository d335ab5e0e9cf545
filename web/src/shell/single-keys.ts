// Whether shortcuts of a single character work: `?`, and tags' keys without Alt. People who dictate, or who often touch
// keys by accident, can switch them off; the choice belongs to the person and stays on this device.
import type { Schemas } from "../api/client";
import { queries, queryClient } from "../api/queries";

const keyOf = () => `coach:single-keys:${queryClient.getQueryData<Schemas["Me"]>(queries.me().queryKey)?.id ?? ""}`;

export function singleKeysWork(): boolean {
  try {
    return localStorage.getItem(keyOf()) !== "off";
  } catch {
    return true;
  }
}

export function letSingleKeysWork(on: boolean): void {
  try {
    if (on) localStorage.removeItem(keyOf());
    else localStorage.setItem(keyOf(), "off");
  } catch {
    // Storage is blocked: the choice can't be kept.
  }
}
