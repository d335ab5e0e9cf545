// Loads a page, or a part of one, when it is first opened. After a deployment the old chunk may be gone: the document is
// then reloaded once, automatically; if that doesn't help, an error page is shown. Without a network, a reload would show
// the browser's own error page, so it waits until the server responds.
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

/** Remembers across a reload that there was one. Returns false if there already was one, or if storage is blocked. */
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
