// Parses the blocks of a model's text by the CommonMark rules that models use: paragraphs, lists, headings, fences,
// quotes, rules and tables. Everything else stays text: HTML, reference links, indented code.
export type Item = { number?: number; text: string };
/** `source` is the text that the block was parsed from: equal source means an equal block. */
export type Block = { source: string } & (
  | { kind: "p" | "heading" | "code" | "quote"; text: string }
  | { kind: "list"; ordered: boolean; items: Item[] }
  | { kind: "table"; rows: string[][] }
  | { kind: "rule" }
);

const blank = /^\s*$/;
const fence = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/;
const heading = /^ {0,3}#{1,6}(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/;
const rule = /^ {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}$/;
const quote = /^ {0,3}> ?/;
const item = /^( *)([-*+•]|(\d{1,9})[.)])(?:( +)(.*)|)$/s;
const cells = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;

/** The maximum nesting depth. Deeper blocks stay text, so that hostile input can't nest without limit. */
const DEEPEST = 8;

/** Returns the blocks of a text. `live` text is still growing: its end is held back while it may become markup. */
export function parseBlocks(text: string, live = false, depth = 0): Block[] {
  if (depth > DEEPEST) return [{ source: text, kind: "p", text }];
  const lines = (live ? heldBack(text) : text).replaceAll("\r\n", "\n").split("\n");
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    if (blank.test(lines[at] ?? "")) {
      at++;
      continue;
    }
    const [block, end] = readBlock(lines, at);
    if (!(live && end === lines.length && mayBecomeTable(block))) blocks.push(block);
    at = end;
  }
  return blocks;
}

function readBlock(lines: string[], at: number): [Block, number] {
  const line = lines[at] ?? "";
  const from = (end: number) => ({ source: lines.slice(at, end).join("\n") });
  const fenced = fence.exec(line);
  if (fenced) {
    const [text, end] = readFence(lines, at, fenced[1] ?? "");
    return [{ ...from(end), kind: "code", text }, end];
  }
  const title = heading.exec(line);
  if (title) return [{ ...from(at + 1), kind: "heading", text: title[1] ?? "" }, at + 1];
  if (rule.test(line)) return [{ ...from(at + 1), kind: "rule" }, at + 1];
  if (quote.test(line)) {
    const goes = (next: string, last: string) =>
      quote.test(next) || !(begins(next) || blank.test(last.replace(quote, "")));
    const end = endOf(lines, at, goes);
    const inner = lines.slice(at, end).map((quoted) => quoted.replace(quote, ""));
    return [{ ...from(end), kind: "quote", text: inner.join("\n") }, end];
  }
  const first = item.exec(line);
  if (first) {
    const [items, end] = readList(lines, at);
    return [{ ...from(end), kind: "list", ordered: first[3] !== undefined, items }, end];
  }
  if (beginsTable(lines, at)) {
    const end = endOf(lines, at + 1, (next) => !begins(next));
    const rows = lines.slice(at, end).filter((_, i) => i !== 1);
    return [{ ...from(end), kind: "table", rows: rows.map(cellsOf) }, end];
  }
  let end = at + 1;
  while (end < lines.length && goesOn(lines[end] ?? "") && !beginsTable(lines, end)) end++;
  const words = lines.slice(at, end).map((words) => words.replace(/^[ \t]+/, ""));
  return [{ ...from(end), kind: "p", text: words.join("\n").trimEnd() }, end];
}

/** Returns the end of the lines after `at` that aren't blank and fit below the line before. */
function endOf(lines: string[], at: number, fits: (line: string, last: string) => boolean): number {
  let end = at + 1;
  while (end < lines.length && !blank.test(lines[end] ?? "") && fits(lines[end] ?? "", lines[end - 1] ?? "")) end++;
  return end;
}

const begins = (line: string) =>
  fence.test(line) || heading.test(line) || rule.test(line) || quote.test(line) || item.test(line);

/** Whether a line continues a paragraph. Other blocks end it, but a list number other than 1 or an empty item doesn't. */
function goesOn(line: string): boolean {
  if (blank.test(line)) return false;
  const listed = item.exec(line);
  if (listed && !rule.test(line)) return blank.test(listed[5] ?? "") || (listed[3] !== undefined && listed[3] !== "1");
  return !begins(line);
}

function readFence(lines: string[], at: number, mark: string): [string, number] {
  const indent = /^ */.exec(lines[at] ?? "")?.[0].length ?? 0;
  const close = new RegExp(`^ {0,3}[${mark[0]}]{${mark.length},}[ \\t]*$`);
  let end = at + 1;
  while (end < lines.length && !close.test(lines[end] ?? "")) end++;
  const inner = lines.slice(at + 1, end).map((line) => line.replace(new RegExp(`^ {0,${indent}}`), ""));
  return [inner.join("\n"), Math.min(end + 1, lines.length)];
}

type Reading = { indent: number; content: number; ordered: boolean; mark: string };

/** More lenient than CommonMark in one respect: two spaces nest bullets under `1. `, because models write them that way. */
function readList(lines: string[], at: number): [Item[], number] {
  const items: { number?: number; lines: string[] }[] = [];
  let list: Reading | undefined;
  let fenced: RegExp | null = null;
  let end = at;
  for (; end < lines.length; end++) {
    const line = lines[end] ?? "";
    const inside = items.at(-1);
    if (list && inside && (blank.test(line) || fenced || nests(line, list))) {
      const inner = line.replace(new RegExp(`^ {0,${list.content}}`), "");
      fenced = fenced ? (fenced.test(inner) ? null : fenced) : closeOf(inner);
      inside.lines.push(inner);
      continue;
    }
    const listed = rule.test(line) ? null : item.exec(line);
    const [, before = "", marker = "", number, gap = " ", words = ""] = listed ?? [];
    const mark = marker.slice(-1);
    if (listed && (!list || list.mark === mark)) {
      const content = before.length + marker.length + (gap.length > 4 || blank.test(words) ? 1 : gap.length);
      list = { indent: before.length, content, ordered: number !== undefined, mark };
      fenced = closeOf(words);
      items.push({ ...(number !== undefined && { number: Number(number) }), lines: [words] });
      continue;
    }
    // Text directly below an item belongs to it, text after a blank line doesn't.
    if (!inside || blank.test(inside.lines.at(-1) ?? "") || begins(line)) break;
    inside.lines.push(line);
  }
  while (blank.test(lines[end - 1] ?? "")) end--;
  return [items.map(({ lines: inner, ...rest }) => ({ ...rest, text: inner.join("\n").trimEnd() })), end];
}

function nests(line: string, list: Reading): boolean {
  const indent = /^ */.exec(line)?.[0].length ?? 0;
  return indent >= list.content || (list.ordered && indent >= list.indent + 2 && /^ *[-*+•] /.test(line));
}

function closeOf(line: string): RegExp | null {
  const mark = fence.exec(line)?.[1];
  return mark ? new RegExp(`^ {0,3}[${mark[0]}]{${mark.length},}[ \\t]*$`) : null;
}

function beginsTable(lines: string[], at: number): boolean {
  const [head = "", under = ""] = [lines[at], lines[at + 1]];
  return (
    head.includes("|") && under.includes("-") && cells.test(under) && cellsOf(head).length === cellsOf(under).length
  );
}

function cellsOf(line: string): string[] {
  const inner = line
    .trim()
    .replace(/^\|/, "")
    .replace(/(?<!\\)\|$/, "");
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
}

const mayBecomeTable = (block: Block) => block.kind === "p" && /^\|[^\n]*(?:\n[|:\-\s]*)?$/.test(block.text);

/** Removes the last line if it is only the beginning of a marker or of a fence. */
const heldBack = (text: string) =>
  text.replace(/(^|\n)[ \t]*(?:[-*•+#>~`]+|`{3,}[^\n`]*|\d{1,9}[.)]?)?[ \t]*$/, "$1").trimEnd();
