// Times of notes, to the second: a note is about one moment.
import { when } from "../../../ui/times";

const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit", second: "2-digit" });

/** Returns the time to the second, with the day instead of the seconds unless it is today. */
export function toTheSecond(iso: string): string {
  const date = new Date(iso);
  return date.toDateString() === new Date().toDateString() ? clock.format(date) : when(iso);
}
