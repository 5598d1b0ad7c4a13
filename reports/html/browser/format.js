/* global dd */
// Numbers and times as the static text writes them: no locale, UTC.
{
  function number(value, decimals = 2, signed = false) {
    const fixed = Math.abs(value).toFixed(decimals);
    if (fixed.includes("e")) return String(value);
    const [whole, fraction] = fixed.split(".");
    const digits = whole.replace(/\B(?=(\d{3})+$)/g, ",");
    const text = fraction === undefined ? digits : `${digits}.${fraction}`;
    if (Number(fixed) === 0) return text;
    if (value < 0) return `-${text}`;
    return signed ? `+${text}` : text;
  }

  function quantity(value) {
    const text = Number(value.toPrecision(10));
    return text.toString().includes("e") ? text.toFixed(12).replace(/0+$/, "") : String(text);
  }

  function time(ms) {
    const iso = new Date(ms).toISOString();
    const end = iso.slice(17, 23) === "00.000" ? 16 : iso.endsWith(".000Z") ? 19 : 23;
    return iso.slice(0, end).replace("T", " ");
  }

  function interval(ms) {
    if (ms === dd.MONTH) return "1M";
    for (const [unit, size] of [
      ["w", 604800000],
      ["d", 86400000],
      ["h", 3600000],
      ["m", 60000],
      ["s", 1000],
    ]) {
      if (ms % size === 0) return `${ms / size}${unit}`;
    }
    return `${ms}ms`;
  }

  const tone = (value) => (value > 0 ? "gain" : value < 0 ? "loss" : "");

  const byId = (id) => document.getElementById(`dd-${id}`);

  /** A new element with these properties. */
  const make = (tag, properties) => Object.assign(document.createElement(tag), properties);

  Object.assign(dd, { byId, make, format: { number, quantity, time, interval, tone } });
}
