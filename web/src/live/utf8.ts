// Counts and cuts text by UTF-8 bytes: positions on the wire are bytes, not JavaScript's UTF-16 code units.
const encoder = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true });

export function byteLength(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (unit >= 0xd800 && unit < 0xdc00) {
      bytes += 4;
      i++;
    } else bytes += 3;
  }
  return bytes;
}

/** Returns the text without its first `bytes` bytes, or null if that would split a character. */
export function dropBytes(text: string, bytes: number): string | null {
  if (bytes === 0) return text;
  try {
    return strict.decode(encoder.encode(text).subarray(bytes));
  } catch {
    return null;
  }
}
