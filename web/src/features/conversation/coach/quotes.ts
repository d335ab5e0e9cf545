// Finds the words that a note quotes from the conversation, so that they can be highlighted in the transcript.
export function quotesIn(note: string): readonly string[] {
  return [...note.matchAll(/[“"„«]([^”"“»]{3,200}?)[.,!?…]*[”"“»]/g)].map((m) => m[1] ?? "");
}
