/* global dd */
// The chosen trade: in the price pane, in the list, in the detail box and in the link.
{
  const { byId, make } = dd;
  const { number, time, tone } = dd.format;

  /** Range and trade of the link: #v=<from>-<to>&t=<trade id>. */
  function linkState() {
    const match = /^#v=(\d+)-(\d+)(?:&t=(\d+))?$/.exec(location.hash);
    return match && { from: Number(match[1]), to: Number(match[2]), trade: Number(match[3] ?? 0) };
  }

  class TradeView {
    #selected = -1;
    #price = null;
    #table = null;
    #saving = 0;

    constructor(meta, viewport, panes) {
      Object.assign(this, { meta, viewport, panes });
    }

    async open(onKey) {
      const { meta, viewport, panes } = this;
      const trades = await dd.readTrades(meta);
      this.trades = trades;
      const places = (name) => meta.symbols.find((symbol) => symbol.name === name)?.decimals ?? 2;
      this.cells = (row) => dd.cellsOf(trades, row, places);
      if (trades.count > 0) {
        this.#table = new dd.TradeTable(trades, this.cells, (row, isClick) => {
          void this.choose(row);
          if (isClick) byId("price-pane")?.scrollIntoView({ block: "center" });
        });
        byId("csv").addEventListener("click", () => {
          const text = dd.tradesCsv(trades, meta.trades.dictionaries);
          dd.save(new Blob([text], { type: "text/csv" }), "trades.csv");
        });
      }
      if (meta.symbols.length > 0) {
        const price = new dd.PricePane(viewport, meta, trades, onKey, (row) =>
          this.choose(row, false),
        );
        this.#price = price;
        panes.push(price.pane);
        this.select = byId("symbol");
        this.select?.addEventListener("change", () => price.show(meta.symbols[this.select.value]));
        await price.show(meta.symbols[0]);
      }
      viewport.onChange((kind) => {
        if (kind !== "range") return;
        clearTimeout(this.#saving);
        this.#saving = setTimeout(() => this.#keepLink(), 250);
      });
    }

    /** Shows a trade with as much time on either side as it took. */
    async choose(row, moves = true) {
      const { trades, viewport, meta } = this;
      this.#selected = row;
      this.#table.select(row);
      this.#showDetail(row);
      if (this.#price) await this.#showPrice(row);
      const opened = trades.opened[row];
      const closed = Number.isNaN(trades.closed[row]) ? meta.to : trades.closed[row];
      const span = Math.max(closed - opened, 10 * meta.equityStepMs);
      if (moves) viewport.set(opened - span, closed + span);
      for (const pane of this.panes) pane.render("range");
      this.#keepLink();
    }

    async chooseId(id) {
      const row = this.trades.id.indexOf(id);
      if (row >= 0) await this.choose(row, false);
    }

    /** The next or previous trade; the first in view when none is chosen. */
    step(direction) {
      const { trades, viewport } = this;
      if (trades.count === 0) return;
      const first = trades.opened.findIndex((opened) => opened >= viewport.from);
      const row = this.#selected < 0 ? first : this.#selected + direction;
      void this.choose(Math.min(trades.count - 1, Math.max(0, row)));
    }

    candleRows() {
      const { candles, symbol } = this.#price;
      return candles
        .slice(-500)
        .map(({ start, open, high, low, close }) => [
          time(start),
          ...[open, high, low, close].map((price) => number(price, symbol.decimals)),
        ]);
    }

    async #showPrice(row) {
      const { symbols } = this.meta;
      const at = symbols.findIndex(({ name }) => name === this.trades.symbolName(row));
      this.#price.selected = row;
      if (at < 0 || symbols[at] === this.#price.symbol) return;
      this.select.value = String(at);
      await this.#price.show(symbols[at]);
    }

    #showDetail(row) {
      const { trades } = this;
      const box = byId("trade-detail");
      if (!box) return;
      const list = make("dl");
      const add = (name, textContent, className) => {
        const group = make("div");
        const term = make("dt", { textContent: name });
        group.append(term, make("dd", { textContent, className }));
        list.append(group);
      };
      const head = byId("trades-table").tHead.rows[0].cells;
      for (const [at, [text, kind]] of this.cells(row).entries()) {
        add(head[at].textContent, text, kind.replace("num", ""));
      }
      add("Entry tag", trades.word("tag", row) ?? "none", "");
      add("Gross PnL", number(trades.gross[row], 2, true), tone(trades.gross[row]));
      box.replaceChildren(list);
      box.hidden = false;
    }

    #keepLink() {
      const { from, to, low, high } = this.viewport;
      const id = this.#selected < 0 ? "" : `&t=${this.trades.id[this.#selected]}`;
      if (from <= low && to >= high && id === "" && !location.hash.startsWith("#v=")) return;
      try {
        history.replaceState(null, "", `#v=${Math.round(from)}-${Math.round(to)}${id}`);
      } catch {
        // Some browsers limit how often the address may change; the next change tries again.
      }
    }
  }

  Object.assign(dd, { linkState, TradeView });
}
