// Reads the little Markdown a coach writes: paragraphs, lists, strong, emphasis, code. Everything else stays text:
// no HTML, links or images, so a model's words can neither run anything nor call home.
export type Block = { kind: "p" | "ul" | "ol"; lines: string[] };
export type Span = { kind: "text" | "strong" | "em" | "code"; text: string };

const bullet = /^\s*[-*•]\s+/;
const numbered = /^\s*\d{1,3}[.)]\s+/;
const marker = { ul: bullet, ol: numbered, p: /^/ };
const heading = /^\s*#{1,6}\s+(.+?)\s*#*$/;

/** `live` text is still growing: what may become markup with the next words is held back. */
export function parseBlocks(text: string, live = false): Block[] {
  const blocks: Block[] = [];
  let joins = false;
  for (const line of (live ? heldBack(text) : text).split("\n")) {
    if (line.trim() === "") {
      joins = false;
      continue;
    }
    const title = heading.exec(line)?.[1];
    const kind = bullet.test(line) ? "ul" : numbered.test(line) ? "ol" : "p";
    const words = title ? `**${title}**` : line.replace(marker[kind], "");
    const last = blocks.at(-1);
    if (joins && last?.kind === kind && !title) last.lines.push(words);
    else blocks.push({ kind, lines: [words] });
    joins = !title;
  }
  return blocks;
}

const spans = /\*\*(?=\S)(.+?)\*\*|(?<!\w)\*(?=\S)([^*]+?)\*|(?<!\w)_(?=\S)([^_]+?)_(?!\w)|`([^`]+)`/gs;

export function parseSpans(text: string, live = false): Span[] {
  const out: Span[] = [];
  let last = 0;
  for (const m of text.matchAll(spans)) {
    if (m.index > last) out.push({ kind: "text", text: text.slice(last, m.index) });
    const kind = m[1] ? "strong" : m[4] ? "code" : "em";
    out.push({ kind, text: m[1] ?? m[2] ?? m[3] ?? m[4] ?? "" });
    last = m.index + m[0].length;
  }
  const rest = text.slice(last);
  const half = live ? /\*\*(?=\S)([^*]+)$/.exec(rest) : null;
  if (half) {
    out.push({ kind: "text", text: rest.slice(0, half.index) }, { kind: "strong", text: half[1] ?? "" });
  } else out.push({ kind: "text", text: rest });
  return out.filter((s) => s.text !== "");
}

/** Joins the lines of paragraphs that an editor broke at a column. A model's line breaks are meant, a file's are not. */
export function unwrapped(text: string): string {
  const begins = (line: string) => line.trim() === "" || [bullet, numbered, heading].some((mark) => mark.test(line));
  const lines: string[] = [];
  for (const line of text.split("\n")) {
    const last = lines.at(-1) ?? "";
    if (last.trim() === "" || heading.test(last) || begins(line)) lines.push(line);
    else lines[lines.length - 1] = `${last} ${line.trim()}`;
  }
  return lines.join("\n");
}

/** The text without its markup, for one-line previews and screen readers. */
export function plainText(text: string): string {
  const lines = parseBlocks(text).flatMap((b) => b.lines);
  return lines.map(unmarked).join(" ");
}

const unmarked = (line: string) =>
  parseSpans(line)
    .map((s) => s.text)
    .join("");

const heldBack = (text: string) => text.replace(/\n\s*(?:[-*•#]+|\d{1,3}[.)]?)?\s*$/, "").replace(/[*_`]+$/, "");
