/** `2024-01-31 13:00`, with seconds and ms only where they are not zero; UTC. */
export function formatTime(time: number): string {
  if (!Number.isFinite(time) || Math.abs(time) > 8.64e15) return String(time);
  const iso = new Date(time).toISOString();
  if (time % 86_400_000 === 0) return iso.slice(0, 10);
  const day = `${iso.slice(0, 10)} `;
  if (time % 60_000 === 0) return day + iso.slice(11, 16);
  return day + (time % 1_000 === 0 ? iso.slice(11, 19) : iso.slice(11, 23));
}

/** `31,230`. */
export function formatCount(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
}

/** `1 gap`, `2 gaps`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
