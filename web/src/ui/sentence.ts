// Turns the host's error fragments into sentences for the page.
export function sentence(fragment: string): string {
  const text = fragment.trim();
  const ends = /[.!?:)]$/.test(text);
  return text === "" ? "" : `${text.charAt(0).toUpperCase()}${text.slice(1)}${ends ? "" : "."}`;
}
