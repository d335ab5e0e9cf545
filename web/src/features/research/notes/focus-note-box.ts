// Puts the focus into the box of the new note: what is typed next belongs there and must not toggle tags.
export const focusNoteBox = (): void =>
  document.querySelector<HTMLElement>('form[aria-label="New note"] textarea')?.focus({ preventScroll: true });
