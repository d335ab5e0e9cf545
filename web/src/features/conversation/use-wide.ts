// Whether there is room for the coach beside the conversation: on a wide screen, or on a phone in landscape.
import { useSyncExternalStore } from "react";

const query = "(min-width: 64rem), (min-width: 44rem) and (max-height: 32rem)";

function subscribe(listener: () => void): () => void {
  const media = matchMedia(query);
  media.addEventListener("change", listener);
  return () => media.removeEventListener("change", listener);
}

export const isWide = () => matchMedia(query).matches;
export const useWide = () => useSyncExternalStore(subscribe, isWide);
