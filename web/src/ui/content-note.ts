// A scenario's content note, as part of a sentence.
export const contentNoteLine = (note: string): string => `Touches on: ${note.trim().replace(/\.$/, "")}`;
