// Shows a model's words. Each block renders again only when its own text changed.
import { memo } from "react";
import { parseBlocks, parseSpans } from "./prose-parse";

type Props = { text: string; live?: boolean };

export const Prose = memo(function Prose({ text, live = false }: Props) {
  const blocks = parseBlocks(text, live);
  if (blocks.length === 0) return live ? <p className="caret">{"\u200b"}</p> : null;
  return blocks.map((b, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: text only grows, so a block keeps its place
    <ProseBlock key={i} kind={b.kind} text={b.lines.join("\n")} live={live && i === blocks.length - 1} />
  ));
});

type BlockProps = { kind: "p" | "ul" | "ol"; text: string; live: boolean };

const ProseBlock = memo(function ProseBlock({ kind, text, live }: BlockProps) {
  const tail = live ? "caret" : "";
  if (kind === "p")
    return (
      <p className={`my-1.5 whitespace-pre-wrap first:mt-0 last:mb-0 ${tail}`}>
        <Spans text={text} live={live} />
      </p>
    );
  const List = kind;
  const lines = text.split("\n");
  return (
    <List className={`my-1.5 space-y-1 pl-5 last:mb-0 ${kind === "ul" ? "list-disc" : "list-decimal"}`}>
      {lines.map((line, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <li key={i} className={i === lines.length - 1 ? tail : ""}>
          <Spans text={line} live={live} />
        </li>
      ))}
    </List>
  );
});

const tags = { strong: "strong", em: "em", code: "code" } as const;

function Spans({ text, live }: { text: string; live: boolean }) {
  return parseSpans(text, live).map((s, i) => {
    if (s.kind === "text") return s.text;
    const Tag = tags[s.kind];
    const look = s.kind === "strong" ? "font-semibold" : s.kind === "code" ? "rounded bg-ink/8 px-1 text-[0.9em]" : "";
    // biome-ignore lint/suspicious/noArrayIndexKey: see above
    return <Tag key={i} className={look}>{s.text}</Tag>; // biome-ignore format: one line
  });
}
