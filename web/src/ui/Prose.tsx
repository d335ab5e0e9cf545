// Renders a model's Markdown. A block re-renders only if its own text changed. Never renders links or loads anything.
import { memo, type ReactNode } from "react";
import { type Block, type Item, parseBlocks } from "./markdown/blocks";
import { type Inline, parseInlines } from "./markdown/inlines";

type Props = { text: string; live?: boolean };

export const Prose = memo(function Prose({ text, live = false }: Props) {
  const blocks = parseBlocks(text, live);
  if (blocks.length === 0) return live ? <p className="caret">{"\u200b"}</p> : null;
  return <Blocks blocks={blocks} live={live} depth={1} />;
});

/** `depth` is the nesting depth of content inside these blocks. */
type BlocksProps = { blocks: Block[]; live: boolean; depth: number };

function Blocks({ blocks, live, depth }: BlocksProps) {
  return blocks.map((block, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: text only grows, so a block keeps its place
    <ProseBlock key={i} block={block} live={live && i === blocks.length - 1} depth={depth} />
  ));
}

type BlockProps = { block: Block; live: boolean; depth: number };

const ProseBlock = memo(
  function ProseBlock({ block, live, depth }: BlockProps) {
    const tail = live ? "caret" : "";
    const apart = "my-1.5 first:mt-0 last:mb-0";
    switch (block.kind) {
      case "p":
      case "heading":
        return (
          <p
            dir="auto"
            className={`${apart} whitespace-pre-wrap ${block.kind === "heading" ? "font-semibold" : ""} ${tail}`}
          >
            <Inlines text={block.text} live={live} />
          </p>
        );
      case "list":
        return <ProseList ordered={block.ordered} items={block.items} live={live} depth={depth} />;
      case "quote":
        return (
          <blockquote dir="auto" className={`${apart} border-line border-s-2 ps-3`}>
            <Blocks blocks={parseBlocks(block.text, live, depth)} live={live} depth={depth + 1} />
          </blockquote>
        );
      case "code":
        return (
          // Scrollable content must be reachable by keyboard.
          <pre
            dir="ltr"
            tabIndex={0}
            className={`${apart} overflow-x-auto rounded bg-ink/8 px-2 py-1.5 text-[0.9em] ${tail}`}
          >
            <code>{block.text}</code>
          </pre>
        );
      case "table":
        return <ProseTable rows={block.rows} />;
      case "rule":
        return <hr className="my-3 border-line" />;
    }
  },
  (before, now) => before.block.source === now.block.source && before.live === now.live,
);

type ListProps = { ordered: boolean; items: Item[]; live: boolean; depth: number };

/** The item itself makes room for its marker, so that the marker is on the item's start side. */
function ProseList({ ordered, items, live, depth }: ListProps) {
  const List = ordered ? "ol" : "ul";
  return (
    <List className={`my-1.5 space-y-1 first:mt-0 last:mb-0 ${ordered ? "list-decimal" : "list-disc"}`}>
      {items.map((item, i) => {
        const last = live && i === items.length - 1;
        const [first, ...rest] = parseBlocks(item.text, last, depth);
        const words = first?.kind === "p" || first?.kind === "heading" ? first : undefined;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: see above
          <li key={i} dir="auto" className="ms-5" {...numbered(items, i)}>
            {words && (
              <span className={`whitespace-pre-wrap ${last && rest.length === 0 ? "caret" : ""}`}>
                <Inlines text={words.text} live={last && rest.length === 0} />
              </span>
            )}
            <Blocks blocks={words || !first ? rest : [first, ...rest]} live={last} depth={depth + 1} />
          </li>
        );
      })}
    </List>
  );
}

/** Keeps a model's numbers, but counts up if they are all equal. */
function numbered(items: Item[], i: number): { value?: number } {
  const first = items[0]?.number;
  if (first === undefined) return {};
  const counts = items.length > 1 && items.every((item) => item.number === first);
  return { value: counts ? first + i : (items[i]?.number ?? first) };
}

function ProseTable({ rows: [head = [], ...rows] }: { rows: string[][] }) {
  const cell = "border border-line px-2 py-1 text-start align-top";
  return (
    <figure className="my-1.5 overflow-x-auto first:mt-0 last:mb-0" tabIndex={0} aria-label="Table">
      <table className="border-collapse text-[0.95em]">
        <thead>
          <tr>
            {cellsIn(head, (text, key) => (
              <th key={key} dir="auto" scope="col" className={`${cell} font-semibold`}>
                {text}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows only grow
            <tr key={i}>
              {cellsIn(row, (text, key) => (
                <td key={key} dir="auto" className={cell}>
                  {text}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}

const cellsIn = (row: string[], show: (text: ReactNode, key: number) => ReactNode) =>
  row.map((text, i) => show(<Inlines text={text} live={false} />, i));

function Inlines({ text, live }: { text: string; live: boolean }) {
  return <Shown inlines={parseInlines(text, live)} />;
}

const tags = { strong: "strong", em: "em", strike: "s" } as const;

/** Every piece is its own element, so that React still finds it after a translating browser replaced the text nodes. */
function Shown({ inlines }: { inlines: Inline[] }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: see above
  return inlines.map((inline, i) => <Piece key={i} inline={inline} />);
}

function Piece({ inline }: { inline: Inline }) {
  switch (inline.kind) {
    case "text":
      return <span>{inline.text}</span>;
    case "code":
      return <code className="rounded bg-ink/8 px-1 text-[0.9em]">{inline.text}</code>;
    default: {
      const Tag = tags[inline.kind];
      return (
        <Tag className={inline.kind === "strong" ? "font-semibold" : ""}>
          <Shown inlines={inline.children} />
        </Tag>
      );
    }
  }
}
