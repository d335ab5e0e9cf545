// Formats a scenario's content note.
export const contentNoteLine = (note: string): string => `Touches on: ${note.trim().replace(/\.$/, "")}`;
