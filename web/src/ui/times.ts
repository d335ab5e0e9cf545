// Formats dates and times in the user's language and time zone.
const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long" });
const dayAndYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", year: "numeric" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export const atClock = (iso: string) => clock.format(new Date(iso));

export function onDay(iso: string): string {
  const date = new Date(iso);
  return (date.getFullYear() === new Date().getFullYear() ? day : dayAndYear).format(date);
}

export const exactly = (iso: string) => exact.format(new Date(iso));

/** Returns the time, with the day unless it is today. */
export function when(iso: string): string {
  const date = new Date(iso);
  return date.toDateString() === new Date().toDateString() ? atClock(iso) : `${onDay(iso)}, ${atClock(iso)}`;
}
