// The host's reasons are fragments, as errors are; on the page they are sentences.
export function sentence(fragment: string): string {
  const text = fragment.trim();
  const ends = /[.!?:)]$/.test(text);
  return text === "" ? "" : `${text.charAt(0).toUpperCase()}${text.slice(1)}${ends ? "" : "."}`;
}
