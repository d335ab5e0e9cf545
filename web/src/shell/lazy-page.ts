// A page, or a part of one, loaded when it is first opened. After a deploy the old chunk may be gone: then the document
// is loaded anew, once and without a word; if that does not help, the page says so. Without a network that would leave
// nothing but the browser's own error page, so it waits until the server answers.
import { type ComponentType, lazy } from "react";
import { ChunkLoadError } from "./ChunkLoadError";

const KEY = "coach:reloaded";

export function lazyPage<Props = object>(load: () => Promise<{ default: ComponentType<Props> }>) {
  return lazy(async (): Promise<{ default: ComponentType<Props> }> => {
    for (;;) {
      try {
        const page = await load();
        mark(false);
        return page;
      } catch {
        const answer = await fetch("/api/auth").catch(() => null);
        if (answer?.ok) {
          if (!mark(true)) return { default: ChunkLoadError };
          location.reload();
          return Promise.race<never>([]);
        }
        await new Promise((again) => setTimeout(again, 1_000));
      }
    }
  });
}

/** Remembers over a reload that there was one; false when there was one already, or nothing can be remembered. */
function mark(reloaded: boolean): boolean {
  try {
    const before = sessionStorage.getItem(KEY) !== null;
    if (reloaded) sessionStorage.setItem(KEY, "1");
    else sessionStorage.removeItem(KEY);
    return !before;
  } catch {
    return false;
  }
}
