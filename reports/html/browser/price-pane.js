/* global dd */
// Candles of one symbol with the entries and exits of its trades, drawn straight onto the canvas of a pane.
{
  const { number, time, interval } = dd.format;
  /** With less room per trade, markers are small, one per some pixels, and no lines connect entry and exit. */
  const PIXELS_PER_TRADE = 10;
  const MARKER_GRID = 5;
  const CANDLE_PIXELS = 4;

  class PricePane {
    constructor(viewport, meta, trades, onKey, onTrade) {
      Object.assign(this, { viewport, meta, trades, candles: [], selected: -1 });
      this.prices = null;
      this.symbol = null;
      this.pane = new dd.Pane("price", viewport, {
        plugins: [{ id: "candles", afterDatasetsDraw: (chart) => this.#draw(chart) }],
        update: (chart, width) => this.#update(chart, width),
        readout: () => this.#readout(),
        onKey,
      });
      this.pane.canvas.addEventListener("click", (event) => {
        const row = this.#tradeAt(event.offsetX, event.offsetY);
        if (row !== undefined) onTrade(row);
      });
    }

    /** The trade whose entry or exit is nearest to a point, at most 12 pixels away. */
    #tradeAt(px, py) {
      const { trades } = this;
      const { x, y } = this.pane.chart.scales;
      const away = (time, price) =>
        Math.hypot(x.getPixelForValue(time) - px, y.getPixelForValue(price) - py) || 0;
      let nearest;
      let least = 12;
      for (const row of this.#inView()) {
        for (const distance of [
          away(trades.opened[row], trades.entry[row]),
          Number.isNaN(trades.closed[row]) ? least : away(trades.closed[row], trades.exit[row]),
        ]) {
          if (distance < least) [nearest, least] = [row, distance];
        }
      }
      return nearest;
    }

    async show(symbol) {
      const { meta } = this;
      this.symbol = symbol;
      symbol.prices ??= await (async () => {
        const prices = await dd.readPrices(meta, symbol);
        const rows = await dd.readColumn(meta, `${symbol.prefix}-sr`);
        const times = await dd.readColumn(meta, `${symbol.prefix}-st`);
        prices.index = new dd.TimeIndex(rows, times, symbol.intervalMs, prices.open.length);
        prices.extremes = new dd.Extremes(prices.low, prices.high);
        return prices;
      })();
      this.prices = symbol.prices;
      this.pane.render("range");
    }

    #update(chart, width) {
      if (!this.prices) return;
      const { from, to } = this.viewport;
      this.length = dd.barLength(to - from, width / CANDLE_PIXELS, this.symbol.intervalMs);
      this.candles = dd.candlesIn(this.prices, from, to, this.length);
      const points = this.candles.flatMap(({ low, high }) => [{ y: low }, { y: high }]);
      const [low, high] = dd.rangeOf(points);
      Object.assign(chart.options.scales.y, { min: low, max: high });
      const shown = interval(this.length);
      const source = interval(this.symbol.sourceIntervalMs);
      dd.byId("aggregation").textContent =
        shown === source ? `${shown} bars` : `${shown} bars, source ${source}`;
    }

    #readout() {
      const { hover, from, to } = this.viewport;
      const at = hover ?? to;
      const candle = this.candles.findLast(({ start }) => start <= at);
      if (!candle) return `no bars between ${time(from)} and ${time(to)}`;
      const [o, h, l, c] = [candle.open, candle.high, candle.low, candle.close].map((price) =>
        number(price, this.symbol.decimals),
      );
      return `${time(candle.start)}  O ${o}  H ${h}  L ${l}  C ${c}`;
    }

    #draw(chart) {
      if (!this.prices) return;
      const { ctx, chartArea, scales } = chart;
      ctx.save();
      ctx.beginPath();
      ctx.rect(chartArea.left, chartArea.top, chartArea.width, chartArea.height);
      ctx.clip();
      this.#drawCandles(ctx, scales);
      this.#drawTrades(ctx, scales);
      ctx.restore();
    }

    #drawCandles(ctx, { x, y }) {
      const colours = dd.palette();
      for (const isUp of [true, false]) {
        ctx.strokeStyle = ctx.fillStyle = isUp ? colours.gain : colours.loss;
        ctx.beginPath();
        for (const candle of this.candles) {
          if (candle.close >= candle.open !== isUp) continue;
          const left = x.getPixelForValue(candle.start);
          const right = x.getPixelForValue(candle.end);
          const middle = Math.round((left + right) / 2) + 0.5;
          const body = Math.min(24, Math.max(1, Math.floor((right - left) * 0.65)));
          const top = y.getPixelForValue(Math.max(candle.open, candle.close));
          const height = Math.max(1, y.getPixelForValue(Math.min(candle.open, candle.close)) - top);
          ctx.moveTo(middle, y.getPixelForValue(candle.high));
          ctx.lineTo(middle, top);
          ctx.moveTo(middle, top + height);
          ctx.lineTo(middle, y.getPixelForValue(candle.low));
          ctx.fillRect(middle - body / 2, top, body, height);
        }
        ctx.lineWidth = 1;
        ctx.stroke();
      }
    }

    #inView() {
      const { trades, viewport, symbol } = this;
      const rows = [];
      for (let row = 0; row < trades.count; row++) {
        if (trades.opened[row] > viewport.to) break;
        const end = Number.isNaN(trades.closed[row]) ? this.meta.to : trades.closed[row];
        if (end >= viewport.from && trades.symbolName(row) === symbol.name) rows.push(row);
      }
      return rows;
    }

    /** Too many trades for markers: a stroke per pixel at the lower edge says when there were entries. */
    #drawRug(ctx, rows, { x, y }, colours) {
      ctx.fillStyle = colours.accent;
      for (const px of new Set(
        rows.map((row) => x.getPixelForValue(this.trades.opened[row]) | 0),
      )) {
        ctx.fillRect(px, y.bottom - 5, 1, 5);
      }
    }

    #drawTrades(ctx, scales) {
      const { x, y } = scales;
      const { trades } = this;
      const colours = dd.palette();
      const rows = this.#inView();
      if (2 * rows.length > x.width) {
        this.#drawRug(ctx, rows, scales, colours);
        return;
      }
      const isCrowded = rows.length * PIXELS_PER_TRADE > x.width;
      const taken = new Set();
      const isFree = (kind, px, py) => {
        if (!isCrowded) return true;
        const key = `${kind}${Math.round(px / MARKER_GRID)}:${Math.round(py / MARKER_GRID / 3)}`;
        return !taken.has(key) && taken.add(key);
      };
      for (const row of rows) {
        const isOpen = Number.isNaN(trades.closed[row]);
        const x1 = x.getPixelForValue(trades.opened[row]);
        const y1 = y.getPixelForValue(trades.entry[row]);
        const x2 = isOpen ? x1 : x.getPixelForValue(trades.closed[row]);
        const y2 = isOpen ? y1 : y.getPixelForValue(trades.exit[row]);
        const isSelected = row === this.selected;
        if ((!isCrowded || isSelected) && !isOpen) {
          ctx.strokeStyle = trades.net[row] >= 0 ? colours.gain : colours.loss;
          ctx.lineWidth = isSelected ? 2.5 : 1.2;
          ctx.setLineDash(isSelected ? [] : [4, 3]);
          line(ctx, x1, y1, x2, y2);
          ctx.setLineDash([]);
        }
        const side = trades.side[row];
        const size = isSelected ? 7 : isCrowded ? 3 : 5;
        if (isFree(side, x1, y1)) triangle(ctx, x1, y1, side, size, colours);
        if (!isOpen && isFree("x", x2, y2)) cross(ctx, x2, y2, size * 0.7, colours);
      }
    }
  }

  function line(ctx, x1, y1, x2, y2) {
    ctx.beginPath();
    ctx.moveTo(x1, y1);
    ctx.lineTo(x2, y2);
    ctx.stroke();
  }

  /** Below the price and upwards for a long, above and downwards for a short. */
  function triangle(ctx, px, py, side, size, colours) {
    const tip = py + side * 4;
    ctx.beginPath();
    ctx.moveTo(px, tip);
    ctx.lineTo(px - size, tip + side * size * 1.6);
    ctx.lineTo(px + size, tip + side * size * 1.6);
    ctx.closePath();
    ctx.fillStyle = side > 0 ? colours.accent : colours.card;
    ctx.strokeStyle = side > 0 ? colours.card : colours.accent;
    ctx.lineWidth = 1.5;
    ctx.fill();
    ctx.stroke();
  }

  function cross(ctx, px, py, size, colours) {
    ctx.strokeStyle = colours.text;
    ctx.lineWidth = 1.6;
    line(ctx, px - size, py - size, px + size, py + size);
    line(ctx, px - size, py + size, px + size, py - size);
  }

  dd.PricePane = PricePane;
}
