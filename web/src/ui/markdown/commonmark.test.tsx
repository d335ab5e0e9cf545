// The CommonMark specification's examples from the sections that models use must have the same structure and text.
import { tests } from "commonmark-spec";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { Prose } from "../Prose";

const SECTIONS = [
  ...["Backslash escapes", "Thematic breaks", "ATX headings", "Fenced code blocks", "Paragraphs", "Blank lines"],
  ...["Block quotes", "List items", "Lists", "Code spans", "Emphasis and strong emphasis"],
  ...["Hard line breaks", "Soft line breaks", "Textual content"],
];

/** Intentional differences, by example number. */
const OTHERWISE = {
  "four spaces are not code: people indent text, and models use fences": [
    ...[18, 48, 69, 134, 225, 231, 236, 252, 253, 254, 257, 264, 270, 271, 272, 273, 274, 278, 286, 287, 288, 289],
    ...[290, 309, 312, 313],
  ],
  "HTML and URLs in angle brackets are text": [20, 21, 308, 344, 346, 475, 476, 477, 480, 481, 642, 643],
  "reference links are not supported, because a link shows its URL": [23, 317],
  "a line of dashes is a rule, never the underline of a heading": [59, 141, 300],
  "two spaces nest bullets under a number": [297],
  "only ever written in tests": [79, 237, 238, 280, 342],
};
const skipped = new Set<number>(Object.values(OTHERWISE).flat());
const examples = tests.filter((test) => SECTIONS.includes(test.section));

it.each(examples.filter((test) => !skipped.has(test.number)))("shows example $number, $section", (example) => {
  const shown = renderToStaticMarkup(<Prose text={example.markdown.replaceAll("→", "\t")} />);
  expect(meant(shown)).toBe(meant(example.html.replaceAll("→", "\t")));
});

it("lists only real differences", () => {
  const same = examples.filter((test) => {
    const shown = renderToStaticMarkup(<Prose text={test.markdown.replaceAll("→", "\t")} />);
    return skipped.has(test.number) && meant(shown) === meant(test.html.replaceAll("→", "\t"));
  });
  expect(same.map((test) => test.number)).toEqual([]);
});

/** Reduces HTML to text and structure: headings are paragraphs here, links are text with a URL, breaks are spaces. */
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
