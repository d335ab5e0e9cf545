// A model's text without markup, and a file's text without line wrapping.
import { type Block, parseBlocks } from "./blocks";
import { parseInlines, plainInlines } from "./inlines";

/** Returns one line without markup, for previews and screen readers. In `live` text, half-typed markup is hidden. */
export const plainText = (text: string, live = false, depth = 0): string =>
  parseBlocks(text, live, depth)
    .map((block) => plainBlock(block, live, depth + 1))
    .filter(Boolean)
    .join(" ");

function plainBlock(block: Block, live: boolean, depth: number): string {
  switch (block.kind) {
    case "rule":
      return "";
    case "code":
      return block.text.replace(/\s+/g, " ");
    case "quote":
      return plainText(block.text, live, depth);
    case "list":
      return block.items.map((item) => plainText(item.text, live, depth)).join(" ");
    case "table":
      return block.rows.map((row) => row.map((cell) => plainLine(cell, live)).join(", ")).join("; ");
    default:
      return plainLine(block.text, live);
  }
}

const plainLine = (text: string, live: boolean) => plainInlines(parseInlines(text, live)).replaceAll("\n", " ");

/** Joins the wrapped lines of paragraphs in a file. A model's line breaks are intentional, a file's aren't. */
export function unwrapped(text: string): string {
  const lines: string[] = [];
  for (const line of text.split("\n")) {
    const last = lines.at(-1) ?? "";
    if (last.trim() === "" || own.test(last) || begins.test(line)) lines.push(line);
    else lines[lines.length - 1] = `${last} ${line.trim()}`;
  }
  return lines.join("\n");
}

const own = /^\s*(?:#{1,6}\s|\||```|~~~|(?:[-*_]\s*){3,}$)/;
const begins = /^\s*(?:$|#{1,6}\s|[-*+•]\s|\d{1,9}[.)]\s|>|\||```|~~~)/;
