// A scenario's length and difficulty in one line.
import type { Schemas } from "../../api/client";

export function facts(s: Pick<Schemas["Scenario"], "minutes" | "maxTurns" | "difficulty">): string {
  const length = [s.minutes && `about ${s.minutes} minutes`, s.maxTurns && `up to ${s.maxTurns} turns`];
  return [length.filter(Boolean).join(", "), s.difficulty].filter(Boolean).map(capitalized).join(" · ");
}

const capitalized = (text: string | undefined = "") => text.replace(/^./, (first) => first.toUpperCase());
