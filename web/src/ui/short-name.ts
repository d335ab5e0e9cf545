// The partner's short name: "Dana" for Dana Whitfield, but never a bare "Mr".
const titles = /^(mr|mrs|ms|mx|miss|dr|prof|sir|madam|frau|herr)\.?$/i;

export function shortName(full: string): string {
  const [first = full] = full.trim().split(/\s+/);
  return titles.test(first) ? full.trim() : first;
}
