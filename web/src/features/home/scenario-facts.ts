// How long a conversation is and how hard, in one line.
import type { Schemas } from "../../api/client";

export function facts(s: Pick<Schemas["Scenario"], "minutes" | "difficulty">): string {
  return [s.minutes && `About ${s.minutes} minutes`, s.difficulty && capitalized(s.difficulty)]
    .filter(Boolean)
    .join(", ");
}

const capitalized = (text: string) => text.replace(/^./, (first) => first.toUpperCase());
