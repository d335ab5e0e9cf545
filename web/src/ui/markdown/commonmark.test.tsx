// The examples of the CommonMark specification, in the sections about what models write: the same structure and words.
import { tests } from "commonmark-spec";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { Prose } from "../Prose";

const SECTIONS = [
  ...["Backslash escapes", "Thematic breaks", "ATX headings", "Fenced code blocks", "Paragraphs", "Blank lines"],
  ...["Block quotes", "List items", "Lists", "Code spans", "Emphasis and strong emphasis"],
  ...["Hard line breaks", "Soft line breaks", "Textual content"],
];

/** Shown another way on purpose, by example number. */
const OTHERWISE = {
  "four blanks are no code: people indent, and a model fences": [
    ...[18, 48, 69, 134, 225, 231, 236, 252, 253, 254, 257, 264, 270, 271, 272, 273, 274, 278, 286, 287, 288, 289],
    ...[290, 309, 312, 313],
  ],
  "HTML and addresses in angle brackets are text": [20, 21, 308, 344, 346, 475, 476, 477, 480, 481, 642, 643],
  "a link has its address beside it, so there are no references": [23, 317],
  "a line of dashes is a rule, never a title for the words above": [59, 141, 300],
  "two blanks nest bullets under a number": [297],
  "what only a test writes": [79, 237, 238, 280, 342],
};
const skipped = new Set<number>(Object.values(OTHERWISE).flat());
const examples = tests.filter((test) => SECTIONS.includes(test.section));

it.each(examples.filter((test) => !skipped.has(test.number)))("shows example $number, $section", (example) => {
  const shown = renderToStaticMarkup(<Prose text={example.markdown.replaceAll("→", "\t")} />);
  expect(meant(shown)).toBe(meant(example.html.replaceAll("→", "\t")));
});

it("lists as different only what is", () => {
  const same = examples.filter((test) => {
    const shown = renderToStaticMarkup(<Prose text={test.markdown.replaceAll("→", "\t")} />);
    return skipped.has(test.number) && meant(shown) === meant(test.html.replaceAll("→", "\t"));
  });
  expect(same.map((test) => test.number)).toEqual([]);
});

/** Words and structure: titles are strong paragraphs here, links words with an address, and breaks are white space. */
function meant(html: string): string {
  return html
    .replace(/<a href="([^"]*)"[^>]*>(.*?)<\/a>/gs, (_, to, words) => `${words} (${decodeURI(to)})`)
    .replace(/<(\/?)h\d>/g, "<$1p>")
    .replace(/<br ?\/>/g, "\n")
    .replace(/<(\/?\w+)[^>]*>/g, "<$1>")
    .replace(/<\/?(?:span|p)>/g, "\n")
    .replaceAll("&quot;", '"')
    .replaceAll("&#x27;", "'")
    .replace(/\s+/g, " ")
    .replace(/> | (?=<)/g, (blank) => blank.trim())
    .trim();
}
