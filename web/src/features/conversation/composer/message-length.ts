// The maximum length of a message in Unicode scalar values, as the host counts.
export const MOST = 8_000;

/** Returns an error for a text that is too long, otherwise an empty string. */
export function tooLongWords(text: string): string {
  if (text.length <= MOST) return "";
  let count = 0;
  for (const _ of text) count++;
  if (count <= MOST) return "";
  const over = (count - MOST).toLocaleString();
  return `Your message is ${over} ${count - MOST === 1 ? "character" : "characters"} too long to send. The limit is ${MOST.toLocaleString()}.`;
}
