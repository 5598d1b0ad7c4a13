const DAY_MS = 86_400_000;
const TWO = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, "0"));

/** The day that was written last: a table goes through one after the other. */
let day = Number.NaN;
let date = "";

/** 2024-01-31T00:00:00.000Z, as `toISOString` writes it, at a fraction of its price for the rows of a table. */
export function isoTime(time: number): string {
  const of = Math.floor(time / DAY_MS);
  if (of !== day) {
    date = new Date(of * DAY_MS).toISOString().slice(0, -"00:00:00.000Z".length);
    day = of;
  }
  const rest = time - of * DAY_MS;
  const seconds = Math.floor(rest / 1_000);
  const milliseconds = rest - seconds * 1_000;
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const fraction = milliseconds === 0 ? "000" : String(milliseconds).padStart(3, "0");
  return `${date}${TWO[hours]}:${TWO[minutes - hours * 60]}:${TWO[seconds - minutes * 60]}.${fraction}Z`;
}
