// A browser that translates a page wraps every text node in its own elements. React then can't find a text node that
// has siblings: it crashes or shows stale text. So text must be alone in its element, as one string.
import fs from "node:fs";
import path from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";

const PARTICIPANTS = ["features/conversation", "features/home", "features/invite", "features/auth", "ui", "shell"];

function filesIn(folder: string): string[] {
  const found = fs.readdirSync(folder, { withFileTypes: true, recursive: true });
  const files = found.filter((f) => f.isFile() && f.name.endsWith(".tsx") && !f.name.includes(".test."));
  return files.map((f) => path.join(f.parentPath, f.name)).filter((f) => !f.includes("/staff/"));
}

/** Returns where text and an expression are children of the same element. */
function bareText(name: string, code: string): string[] {
  const file = ts.createSourceFile(name, code, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isJsxElement(node) || ts.isJsxFragment(node)) {
      const parts = node.children.filter((c) =>
        ts.isJsxText(c) ? !c.containsOnlyTriviaWhiteSpaces : !ts.isJsxExpression(c) || c.expression !== undefined,
      );
      const isText = (c: ts.JsxChild) => ts.isJsxText(c) || (ts.isJsxExpression(c) && mayBeText(c.expression));
      if (parts.length > 1 && parts.some(isText) && parts.some(ts.isJsxExpression)) {
        const { line } = file.getLineAndCharacterOfPosition(node.getStart());
        found.push(`${name}:${line + 1}`);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

function mayBeText(e: ts.Expression | undefined): boolean {
  if (!e) return false;
  if (ts.isParenthesizedExpression(e)) return mayBeText(e.expression);
  if (ts.isConditionalExpression(e)) return mayBeText(e.whenTrue) || mayBeText(e.whenFalse);
  if (ts.isBinaryExpression(e)) return mayBeText(e.right) || e.operatorToken.kind === ts.SyntaxKind.PlusToken;
  return ts.isStringLiteralLike(e) || ts.isTemplateExpression(e) || ts.isPropertyAccessExpression(e);
}

it("finds text next to an expression, and accepts text that is alone", () => {
  const wrong = ["<p>Hi {name}</p>", '<p>{a && "x"}{b}</p>', "<p>{`left`} {more}</p>", "<b><Icon/> {row.name}</b>"];
  const right = ["<p>{words(name)}</p>", "<p>Hi</p>", "<b><Icon/><span>{row.name}</span></b>", "<b><Icon/> Hi</b>"];
  expect(wrong.map((code) => bareText("x.tsx", code).length)).toEqual(wrong.map(() => 1));
  expect(right.flatMap((code) => bareText("x.tsx", code))).toEqual([]);
});

it("holds for every page that participants see", () => {
  const src = path.resolve(import.meta.dirname, "..");
  const files = PARTICIPANTS.flatMap((folder) => filesIn(path.join(src, folder)));
  expect(files.length).toBeGreaterThan(60);
  expect(files.flatMap((f) => bareText(path.relative(src, f), fs.readFileSync(f, "utf8")))).toEqual([]);
});
