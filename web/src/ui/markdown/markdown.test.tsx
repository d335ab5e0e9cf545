// What a participant sees of a model's Markdown: complete, half-typed, right-to-left, and hostile.
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { Prose } from "../Prose";
import { parseBlocks } from "./blocks";
import { parseInlines, plainInlines } from "./inlines";
import { plainText, unwrapped } from "./plain";

const shown = (text: string, live = false) => {
  const container = document.createElement("div");
  container.innerHTML = renderToStaticMarkup(<Prose text={text} live={live} />);
  return container;
};
const wordsOf = (text: string, live = false) => shown(text, live).textContent;
const numbers = (text: string) => [...shown(text).querySelectorAll<HTMLLIElement>("ol > li")].map((li) => li.value);

describe("numbered lists", () => {
  it("continue counting across blank lines, nested bullets and text", () => {
    expect(numbers("Three:\n\n1. Say.\n\n2. Want.\n\n3. Wait.\n\nThen stop.")).toEqual([1, 2, 3]);
    const nested =
      "Do this:\n1. First name it.\n   - like so\n   - and so\n2. Then ask.\n\nA word between.\n\n3. Then wait.";
    expect(numbers(nested)).toEqual([1, 2, 3]);
    expect([...shown(nested).querySelectorAll("ol ul > li")].map((li) => li.textContent)).toEqual([
      "like so",
      "and so",
    ]);
  });
  it("keep the model's numbers, but count up if they are all equal", () => {
    expect(numbers("3. c\n7. g")).toEqual([3, 7]);
    expect(numbers("1. a\n1. b\n1. c")).toEqual([1, 2, 3]);
    expect(wordsOf("It was in\n1986. A good year.")).toBe("It was in\n1986. A good year.");
  });
});

describe("a fence, a table, a quote, a link", () => {
  it("shows code unchanged", () => {
    const code = '# a comment\n- x = 1\nprint("**no bold**")';
    expect(shown(`\`\`\`python\n${code}\n\`\`\``).querySelector("pre")?.textContent).toBe(code);
    expect(wordsOf("`**a**` and ``a ` b``")).toBe("**a** and a ` b");
  });
  it("shows a table as a table, with every cell", () => {
    const cells = [...shown("| a | b |\n|---|:-:|\n| **1** | 2 | 3 |").querySelectorAll("th,td")];
    expect(cells.map((cell) => cell.textContent)).toEqual(["a", "b", "1", "2", "3"]);
    expect(wordsOf("either a|b\nor c|d")).toBe("either a|b\nor c|d");
  });
  it("shows a link's URL, but renders no link and loads nothing", () => {
    const html = renderToStaticMarkup(
      <Prose text={'[a](https://e.org/x "t") ![i](//e.org/i.png) <img src=x> [https://e.org](https://e.org)'} />,
    );
    expect(html).not.toMatch(/<(a|img|script)\b/);
    expect(wordsOf("[a](https://e.org/x) and ![i](//e.org/i.png)")).toBe("a (https://e.org/x) and i (//e.org/i.png)");
    expect(wordsOf("[https://e.org](https://e.org)")).toBe("https://e.org");
  });
  it("handles escapes, three asterisks and strikethrough", () => {
    expect(wordsOf("***both*** and ~~gone~~ and \\*not this\\* and $x_1 + y_2$ and 2 * 3 * 4")).toBe(
      "both and gone and *not this* and $x_1 + y_2$ and 2 * 3 * 4",
    );
    expect(shown("***both***").querySelector("em > strong, strong > em")?.textContent).toBe("both");
  });
});

describe("growing text", () => {
  it("never shows half a marker", () => {
    expect(wordsOf("what is the *one thing", true)).toBe("what is the one thing");
    expect(wordsOf("Now **name the", true)).toBe("Now name the");
    expect(wordsOf("Now *", true)).toBe("Now ");
    expect(wordsOf("run `cod", true)).toBe("run cod");
    expect(wordsOf("see [the page](https://exa", true)).toBe("see ");
    expect(wordsOf("[He sighs] No.", true)).toBe("[He sighs] No.");
    expect(wordsOf("Then:\n- ", true)).toBe("Then:");
    expect(wordsOf("Then:\n1.", true)).toBe("Then:");
    expect(wordsOf("So:\n```py", true)).toBe("So:");
    expect(wordsOf("So:\n\n| a | b |\n|--", true)).toBe("So:");
    expect(wordsOf("## ", true)).toBe("\u200b");
  });
  it("shows unclosed markers once it is complete", () => {
    expect(wordsOf("what is the *one thing")).toBe("what is the *one thing");
    expect(wordsOf("| a | b |")).toBe("| a | b |");
  });
  const note =
    "**Good opening.** You said *one* thing:\n\n1. Name `it`.\n   - like ~~so~~\n\n2. Stop.\n\n> quoted\n\n" +
    "| a | b |\n|---|---|\n| 1 | 2 |\n\n```\nx *= 2\n```\n\n[here](https://e.org) 3 * 4.";
  it("only ever grows, letter by letter, apart from white space", () => {
    let before = "";
    for (let end = 0; end <= note.length; end++) {
      const now = (wordsOf(note.slice(0, end), true) ?? "").replace(/[\s\u200b]/g, "");
      expect(now.startsWith(before), `after ${JSON.stringify(note.slice(0, end))}: ${before} became ${now}`).toBe(true);
      before = now;
    }
  });
});

it("loses no text and no number", () => {
  const letters = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, "");
  const texts = [
    "Ask for 78,000. Not 70,000, and *never* 7_000_000.",
    "- 5 * 4 = 20\n- a_b_c\n+ more\n\n12) twelve",
    "> Er sagte: **„Nein.“**\n> Dann ging er.",
    "1. a\n\n   b\n\n   ```\n   c 1\n   ```\n2. d",
    "****a*b**c_d_e`f``g~h~~i[j](k)l!m\\n",
  ];
  for (const text of texts) {
    const read = [...shown(text).querySelectorAll("ol > li")].reduce(
      (words, li) => words.replace(letters(li.textContent), `${(li as HTMLLIElement).value}${letters(li.textContent)}`),
      letters(wordsOf(text) ?? ""),
    );
    expect(read).toBe(letters(text));
  }
});

it("gives every block and item its own text direction", () => {
  const container = shown("أنا أسمعك (10%)!\n\n- أولا\n- second\n\n> اقتباس\n\n| a |\n|---|\n| ب |");
  for (const block of container.querySelectorAll("p, li, blockquote, th, td")) {
    expect(block.getAttribute("dir")).toBe("auto");
  }
});

it("survives hostile markup: keeps all text and limits nesting", () => {
  const hostile = ["*a ".repeat(2_700), "a** ".repeat(2_000), "`".repeat(8_000), "[".repeat(8_000), "> ".repeat(4_000)];
  hostile.push(
    "- ".repeat(4_000),
    "*_".repeat(4_000),
    "`a``b```c".repeat(800),
    "|".repeat(4_000),
    "[a](".repeat(2_000),
  );
  for (const text of hostile.map((marks) => `so ${marks}the end`)) {
    expect(plainText(text)).toMatch(/the end$/);
    const container = shown(text);
    expect(container.textContent).toMatch(/the end$/);
    expect(container.querySelector(`${"* > ".repeat(60)}*`)).toBeNull();
  }
});

it("returns the text without markup", () => {
  expect(plainText("## Well\n**Good.**\n\n- one\n- *two*\n\n---\n\n| a | b |\n|---|---|\n| 1 | 2 |")).toBe(
    "Well Good. one two a, b; 1, 2",
  );
  expect(plainInlines(parseInlines("a **b** `c`"))).toBe("a b c");
});

it("joins lines that an editor wrapped", () => {
  const file = "## Before\nYou are\n**invited**.\n\n- one thing\n  that goes on\n- another\n1. first\n\nEnd\n";
  expect(unwrapped(file)).toBe(
    "## Before\nYou are **invited**.\n\n- one thing that goes on\n- another\n1. first\n\nEnd\n",
  );
});

it("returns equal sources for equal text, so that finished blocks aren't rendered again", () => {
  const [first] = parseBlocks("One.\n\nTwo.");
  const [again] = parseBlocks("One.\n\nTwo. And more.");
  expect(again?.source).toBe(first?.source);
});
