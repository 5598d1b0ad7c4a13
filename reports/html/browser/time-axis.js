/* global dd */
// Ticks of a UTC axis: years, months, days, hours, minutes, whichever leave room for their labels.
{
  const MINUTE = 60000;
  const HOUR = 60 * MINUTE;
  const DAY = 24 * HOUR;
  const STEPS = [10, 30]
    .map((s) => s * 1000)
    .concat([1, 2, 5, 10, 15, 30].map((m) => m * MINUTE))
    .concat([1, 2, 4, 6, 12].map((h) => h * HOUR))
    .concat([1, 2, 7, 14].map((d) => d * DAY));
  const MONTH_STEPS = [1, 2, 3, 6, 12, 24, 60, 120];
  const LABEL_WIDTH = 78;
  /** A label this close to an edge would be cut off. */
  const EDGE = 34;

  function monthTicks(from, to, months) {
    const date = new Date(from);
    const index = date.getUTCFullYear() * 12 + date.getUTCMonth();
    const ticks = [];
    for (let month = Math.floor(index / months) * months; ; month += months) {
      const time = Date.UTC(Math.floor(month / 12), month % 12, 1);
      if (time > to) return ticks;
      if (time >= from) ticks.push(time);
    }
  }

  function fixedTicks(from, to, step) {
    const origin = step % (7 * DAY) === 0 ? 4 * DAY : 0;
    const ticks = [];
    for (let time = Math.ceil((from - origin) / step) * step + origin; time <= to; time += step) {
      ticks.push(time);
    }
    return ticks;
  }

  /** Two lines per tick: what changes from tick to tick, and below it the date at the first and where it changes. */
  function label(time, unit, isFirst) {
    const iso = new Date(time).toISOString();
    if (unit >= 365 * DAY) return [iso.slice(0, 4), ""];
    if (unit >= 28 * DAY) return [iso.slice(0, 7), ""];
    if (unit >= DAY)
      return [iso.slice(5, 10), isFirst || iso.slice(5, 10) === "01-01" ? iso.slice(0, 4) : ""];
    return [
      iso.slice(11, unit < MINUTE ? 19 : 16),
      isFirst || time % DAY === 0 ? iso.slice(0, 10) : "",
    ];
  }

  function timeTicks(from, to, width) {
    const room = ((to - from) * LABEL_WIDTH) / Math.max(1, width);
    const edge = ((to - from) * EDGE) / Math.max(1, width);
    const step = STEPS.find((one) => one >= room);
    const months = MONTH_STEPS.find((one) => one * 30 * DAY >= room) ?? MONTH_STEPS.at(-1);
    const times = step ? fixedTicks(from, to, step) : monthTicks(from, to, months);
    const unit = step ?? months * 30.5 * DAY;
    return times
      .filter((time) => time - from >= edge && to - time >= edge)
      .map((value, at) => ({ value, label: label(value, unit, at === 0) }));
  }

  dd.timeTicks = timeTicks;
}
