/* global dd */
// Columns of the report back to typed arrays: the inverse of column-codec.ts and price-columns.ts.
{
  /** Turns byte planes into integers (times `scale` is the value) or doubles. */
  function decodeColumn(column, planes) {
    const { rows, codec, base, isWide } = column;
    if (codec === "f64") {
      const bytes = new Uint8Array(8 * rows);
      for (let plane = 0; plane < 8; plane++) {
        const start = plane * rows;
        for (let row = 0, at = plane; row < rows; row++, at += 8) bytes[at] = planes[start + row];
      }
      return new Float64Array(bytes.buffer);
    }
    const values = codec === "delta" && isWide ? new Float64Array(rows) : new Int32Array(rows);
    let before = codec === "delta" ? base : 0;
    for (let row = 0; row < rows; row++) {
      const zigzag =
        (planes[row] |
          (planes[row + rows] << 8) |
          (planes[row + 2 * rows] << 16) |
          (planes[row + 3 * rows] << 24)) >>>
        0;
      const value = (zigzag >>> 1) ^ -(zigzag & 1);
      values[row] = codec === "delta" ? before + value : value;
      if (codec === "delta") before += value;
    }
    return values;
  }

  /** Joins the four price columns, in ticks, in place where ticks fit into 32 bits. */
  function joinPrices(column, open, high, low, close) {
    if (column.codec === "f64") return { open, high, low, close, scale: 1 };
    const rows = column.rows;
    const make = () => (column.isWide ? new Float64Array(rows) : null);
    const o = make() ?? open;
    const h = make() ?? high;
    const l = make() ?? low;
    const c = make() ?? close;
    let before = column.base;
    for (let row = 0; row < rows; row++) {
      const opened = before + open[row];
      const closed = opened + close[row];
      const top = Math.max(opened, closed) + high[row];
      const bottom = Math.min(opened, closed) - low[row];
      o[row] = opened;
      h[row] = top;
      l[row] = bottom;
      c[row] = closed;
      before = closed;
    }
    return { open: o, high: h, low: l, close: c, scale: column.scale };
  }

  function fromBase64(text) {
    if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
    const binary = atob(text);
    const bytes = new Uint8Array(binary.length);
    for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at);
    return bytes;
  }

  async function inflate(bytes) {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  /** Reads a column out of the page and removes its text from it. */
  async function readColumn(meta, id) {
    const element = dd.byId(`col-${id}`);
    const column = meta.columns.find((one) => one.id === id);
    const bytes = fromBase64(element.textContent);
    element.remove();
    return decodeColumn(column, await inflate(bytes));
  }

  async function readPrices(meta, symbol) {
    const column = meta.columns.find((one) => one.id === `${symbol.prefix}-o`);
    const parts = [];
    for (const name of ["o", "h", "l", "c"]) {
      parts.push(await readColumn(meta, `${symbol.prefix}-${name}`));
    }
    return joinPrices(column, ...parts);
  }

  Object.assign(dd, { decodeColumn, joinPrices, readColumn, readPrices });
}
