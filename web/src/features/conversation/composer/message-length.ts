// How long a message may be, counted as the host counts: in Unicode scalar values.
export const MOST = 8_000;

/** What to do about a text that is too long; empty for one that is not. */
export function tooLongWords(text: string): string {
  if (text.length <= MOST) return "";
  let count = 0;
  for (const _ of text) count++;
  if (count <= MOST) return "";
  const over = (count - MOST).toLocaleString();
  return `Your message is ${over} ${count - MOST === 1 ? "character" : "characters"} too long to send. The limit is ${MOST.toLocaleString()}.`;
}
