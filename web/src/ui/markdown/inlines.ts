// Parses the markup inside a paragraph by CommonMark's rules for delimiter runs: emphasis, strong, code and escapes,
// plus strikethrough. A link keeps its label and shows its URL; images aren't loaded. HTML stays text.
export type Inline = { kind: "text" | "code"; text: string } | { kind: "strong" | "em" | "strike"; children: Inline[] };

/** An opening delimiter without its closer so far, and what was parsed since. `char` is empty at the root. */
type Opener = { char: string; count: number; length: number; closes: boolean; children: Inline[] };
type Run = Omit<Opener, "children"> & { opens: boolean };

/** The maximum nesting depth. Deeper markup stays text, so that hostile input can't nest without limit. */
const DEEPEST = 16;

const escapable = /[!-/:-@[-`{-~]/;
const label = /\[((?:[^[\]\\]|\\.)*)\]/.source;
const address = /<?((?:[^\s<>()]|\([^\s()]*\))*)>?/.source;
const title = /(?:\s+(?:"[^"]*"|'[^']*'|\([^()]*\)))?/.source;
const link = new RegExp(`!?${label}\\(\\s*${address}${title}\\s*\\)`, "y");
/** Up to 80 characters in brackets may still become a link; longer ones are text. */
const halfLink = /!?\[[^[\]\n]{0,80}(?:\](?:\([^)\n]*)?)?$/;

/** Parses one paragraph. In `live` text, which still grows, open markup is closed at the end and half markers are hidden. */
export function parseInlines(source: string, live = false): Inline[] {
  const text = live ? source.replace(halfLink, "").replace(/[*_`~\\!]+$/, "") : source;
  const frames: Opener[] = [{ char: "", count: 0, length: 0, closes: false, children: [] }];
  const top = () => frames[frames.length - 1] as Opener;
  const add = (words: string) => addText(top().children, words);
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    const next = text.charAt(at + 1);
    if (char === "\\" && (escapable.test(next) || next === "\n")) {
      add(next);
      at += 2;
    } else if (char === "`") {
      at = readCode(text, at, live, top().children);
    } else if (char === "[" || (char === "!" && next === "[")) {
      at = readLink(text, at, top().children);
    } else if (char === "*" || char === "_" || char === "~") {
      const run = readRun(text, at);
      at += run.length;
      if (char === "~" && run.length !== 2) add(char.repeat(run.length));
      else takeRun(frames, run);
    } else {
      const rest = text.slice(at + 1).search(/[\\`*_~![]/);
      const end = rest < 0 ? text.length : at + 1 + rest;
      add(text.slice(at, end));
      at = end;
    }
  }
  while (frames.length > 1) {
    const open = frames.pop() as Opener;
    if (live && open.children.length > 0) wrapAll(open, top().children);
    else unopen(open, top().children);
  }
  return top().children;
}

/** Returns the text without markup. */
export const plainInlines = (inlines: Inline[]): string =>
  inlines.map((inline) => ("text" in inline ? inline.text : plainInlines(inline.children))).join("");

function addText(to: Inline[], text: string): void {
  const last = to.at(-1);
  if (text === "") return;
  if (last?.kind === "text") last.text += text;
  else to.push({ kind: "text", text });
}

function addAll(to: Inline[], inlines: Inline[]): void {
  for (const inline of inlines) {
    if (inline.kind === "text") addText(to, inline.text);
    else to.push(inline);
  }
}

/** A code span ends with as many backticks as it started with; without an end, the backticks are text. */
function readCode(text: string, at: number, live: boolean, to: Inline[]): number {
  const ticks = /^`+/.exec(text.slice(at))?.[0] ?? "`";
  const begin = at + ticks.length;
  const end = [...text.slice(begin).matchAll(/`+/g)].find((run) => run[0] === ticks);
  if (!end && !live) {
    addText(to, ticks);
    return begin;
  }
  const words = text.slice(begin, end ? begin + end.index : undefined).replaceAll("\n", " ");
  const padded = /^ .* $/.test(words) && words.trim() !== "";
  if (words !== "") to.push({ kind: "code", text: padded ? words.slice(1, -1) : words });
  return end ? begin + end.index + ticks.length : text.length;
}

function readLink(text: string, at: number, to: Inline[]): number {
  link.lastIndex = at;
  const found = link.exec(text);
  if (!found) {
    addText(to, text.charAt(at));
    return at + 1;
  }
  const words = parseInlines(found[1] ?? "");
  const leadsTo = (found[2] ?? "").replace(/\\([!-/:-@[-`{-~])/g, "$1");
  addAll(to, words);
  if (leadsTo !== "" && leadsTo !== plainInlines(words)) addText(to, ` (${leadsTo})`);
  return at + found[0].length;
}

function readRun(text: string, at: number): Run {
  const char = text.charAt(at);
  let end = at;
  while (text.charAt(end) === char) end++;
  const before = /.$/su.exec(text.slice(Math.max(0, at - 2), at))?.[0] ?? " ";
  const after = /^./su.exec(text.slice(end, end + 2))?.[0] ?? " ";
  const space = /\s/u;
  const mark = /[\p{P}\p{S}]/u;
  const left = !space.test(after) && (!mark.test(after) || space.test(before) || mark.test(before));
  const right = !space.test(before) && (!mark.test(before) || space.test(after) || mark.test(after));
  // Inside a word, an underscore is a letter: snake_case.
  const opens = left && (char !== "_" || !right || mark.test(before));
  const closes = right && (char !== "_" || !left || mark.test(after));
  const length = end - at;
  return { char, count: length, length, opens, closes };
}

function takeRun(frames: Opener[], run: Run): void {
  const top = () => frames[frames.length - 1] as Opener;
  while (run.closes && run.count > 0) {
    const opener = frames.findLastIndex((frame) => matches(frame, run));
    if (opener < 0) break;
    while (frames.length > opener + 1) {
      const unclosed = frames.pop() as Opener;
      unopen(unclosed, top().children);
    }
    const open = top();
    const taken = open.count >= 2 && run.count >= 2 ? 2 : 1;
    const node: Inline = { kind: kindOf(run.char, taken), children: open.children };
    open.count -= taken;
    run.count -= taken;
    if (open.count > 0) open.children = [node];
    else {
      frames.pop();
      top().children.push(node);
    }
  }
  if (run.count === 0) return;
  if (run.opens && frames.length < DEEPEST) frames.push({ ...run, children: [] });
  else addText(top().children, run.char.repeat(run.count));
}

/** CommonMark's rule of three keeps `*a**b*` from closing in the wrong place. */
function matches(open: Opener, close: Run): boolean {
  if (open.char !== close.char) return false;
  const either = open.closes || close.opens;
  return !either || (open.length + close.length) % 3 !== 0 || (open.length % 3 === 0 && close.length % 3 === 0);
}

const kindOf = (char: string, taken: number) => (char === "~" ? "strike" : taken === 2 ? "strong" : "em");

/** An opening delimiter that was never closed becomes text. */
function unopen(frame: Opener, to: Inline[]): void {
  addText(to, frame.char.repeat(frame.count));
  addAll(to, frame.children);
}

function wrapAll(frame: Opener, to: Inline[]): void {
  let children = frame.children;
  for (let left = frame.count; left > 0; ) {
    const taken = left >= 2 ? 2 : 1;
    children = [{ kind: kindOf(frame.char, taken), children }];
    left -= taken;
  }
  to.push(...children);
}
