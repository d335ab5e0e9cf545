// What the page keeps in this browser for one person: drafts and messages that wait to be sent.

/** Deletes them. Does nothing where the browser blocks storage, because nothing was kept there. */
export function forgetWords(): void {
  try {
    sessionStorage.clear();
  } catch {
    // Storage is blocked.
  }
}
