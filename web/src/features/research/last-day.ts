// Conversions for date fields. The last day counts in full, in the researcher's time zone.

export const endOfDay = (day: string): string | undefined =>
  day ? new Date(`${day}T23:59:59`).toISOString() : undefined;

export const dayOf = (iso: string): string => dated(new Date(iso));

export const today = (): string => dated(new Date());

function dated(date: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
