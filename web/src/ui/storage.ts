// The drafts and unsent messages that the page keeps in this browser.

/** Deletes them. Does nothing if the browser blocks storage, because then nothing was stored. */
export function clearDrafts(): void {
  try {
    sessionStorage.clear();
  } catch {
    // Storage is blocked.
  }
}
