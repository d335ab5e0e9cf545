// Whether there is room for the coach beside the conversation.
import { useSyncExternalStore } from "react";

const query = "(min-width: 64rem)";

function subscribe(listener: () => void): () => void {
  const media = matchMedia(query);
  media.addEventListener("change", listener);
  return () => media.removeEventListener("change", listener);
}

export const useWide = () => useSyncExternalStore(subscribe, () => matchMedia(query).matches);
