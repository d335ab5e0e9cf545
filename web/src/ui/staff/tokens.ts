// Tokens as people read them. Participants never see tokens, only turns.
const number = new Intl.NumberFormat();

export const tokens = (count: number) => `${number.format(count)} ${count === 1 ? "token" : "tokens"}`;

export function aboutTurns(count: number, aTurn: number): string {
  const turns = Math.round(count / aTurn);
  if (turns < 1) return "less than one turn";
  return `about ${number.format(turns)} ${turns === 1 ? "turn" : "turns"}`;
}
