// Formats a number of tokens. Participants never see tokens, only turns.
const number = new Intl.NumberFormat();

export const tokens = (count: number) => `${number.format(count)} ${count === 1 ? "token" : "tokens"}`;
