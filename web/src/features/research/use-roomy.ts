// Whether there is room for watching and notes side by side.
import { useSyncExternalStore } from "react";

const query = "(min-width: 64rem)";

function subscribe(listener: () => void): () => void {
  const media = matchMedia(query);
  media.addEventListener("change", listener);
  return () => media.removeEventListener("change", listener);
}

export const useRoomy = () => useSyncExternalStore(subscribe, () => matchMedia(query).matches);
