/* global dd */
// The trade list: sorted and filtered in place, only the rows in sight are in the page.
{
  const { byId, make } = dd;
  const { number, quantity, time, tone } = dd.format;
  const ROW_HEIGHT = 28;
  const SPARE_ROWS = 12;

  /** Reads the columns of the trades; texts come from the dictionaries, code 0 is null. */
  async function readTrades(meta) {
    const trades = { count: meta.trades.count };
    const names =
      "id symbol side opened closed qty entry exit gross fees funding net return bars mae mfe reason detail tag";
    for (const name of names.split(" ")) trades[name] = await dd.readColumn(meta, `t-${name}`);
    const { dictionaries } = meta.trades;
    trades.word = (name, row) => dictionaries[name][trades[name][row] - 1] ?? null;
    trades.symbolName = (row) => trades.word("symbol", row);
    return trades;
  }

  /** Texts and classes of a row; `places` gives the decimals of a symbol's price. */
  function cellsOf(trades, row, places) {
    const decimals = places(trades.symbolName(row));
    const isOpen = Number.isNaN(trades.closed[row]);
    const detail = trades.word("detail", row);
    const net = trades.net[row];
    return [
      [String(trades.id[row]), "num"],
      [trades.symbolName(row), ""],
      [trades.side[row] > 0 ? "long" : "short", ""],
      [time(trades.opened[row]), ""],
      [isOpen ? "open" : time(trades.closed[row]), ""],
      [quantity(trades.qty[row]), "num"],
      [number(trades.entry[row], decimals), "num"],
      [isOpen ? "" : number(trades.exit[row], decimals), "num"],
      [number(net, 2, true), `num ${tone(net)}`],
      [number(trades.return[row], 2, true), `num ${tone(net)}`],
      [number(trades.fees[row]), "num"],
      [number(trades.funding[row], 2, true), "num"],
      [number(trades.bars[row], 0), "num"],
      [number(trades.mae[row]), "num"],
      [number(trades.mfe[row]), "num"],
      [(trades.word("reason", row) ?? "open") + (detail === null ? "" : ` (${detail})`), ""],
    ];
  }

  class TradeTable {
    constructor(trades, cells, onSelect) {
      Object.assign(this, { trades, cells, onSelect, selected: -1, key: "id", direction: 1 });
      this.box = byId("trades");
      this.table = byId("trades-table");
      this.body = this.table.tBodies[0];
      this.count = byId("trade-count");
      this.caption = this.count.textContent;
      this.filters = ["side", "result"].map((name) => byId(`filter-${name}`));
      this.table.setAttribute("role", "grid");
      this.table.classList.add("live");
      for (const cell of this.table.tHead.rows[0].cells) this.#makeSortable(cell);
      for (const filter of this.filters) filter.addEventListener("change", () => this.refresh());
      this.box.addEventListener("scroll", () => this.#paint());
      this.box.addEventListener("keydown", (event) => this.#onKey(event));
      this.body.addEventListener("click", (event) => {
        const row = event.target.closest("tr[data-row]");
        if (row) this.onSelect(Number(row.dataset.row), true);
      });
      this.refresh();
    }

    #makeSortable(cell) {
      const button = make("button", { type: "button", textContent: cell.textContent });
      cell.replaceChildren(button);
      button.addEventListener("click", () => {
        const { key } = cell.dataset;
        this.direction = this.key === key ? -this.direction : 1;
        this.key = key;
        this.refresh();
      });
    }

    /** Filters and sorts; equal values stay in order of opening. */
    refresh() {
      const { trades, key, direction } = this;
      const [side, result] = this.filters.map(({ value }) => value);
      const rows = [];
      for (let row = 0; row < trades.count; row++) {
        if (side !== "" && trades.side[row] !== Number(side)) continue;
        if (result !== "" && Math.sign(trades.net[row]) !== Number(result)) continue;
        rows.push(row);
      }
      const words = ["symbol", "reason"].includes(key);
      const valueOf = (row) => (words ? (trades.word(key, row) ?? "") : trades[key][row]);
      rows.sort((a, b) => {
        const [one, other] = [valueOf(a), valueOf(b)];
        const order = one < other ? -1 : one > other ? 1 : Number.isNaN(one) - Number.isNaN(other);
        return direction * order || a - b;
      });
      this.rows = rows;
      for (const cell of this.table.tHead.rows[0].cells) {
        const isKey = cell.dataset.key === key;
        cell.setAttribute(
          "aria-sort",
          isKey ? (direction > 0 ? "ascending" : "descending") : "none",
        );
      }
      this.table.setAttribute("aria-rowcount", String(rows.length + 1));
      const isAll = rows.length === trades.count;
      this.count.textContent = isAll
        ? this.caption
        : `${number(rows.length, 0)} of ${number(trades.count, 0)} trades`;
      this.box.scrollTop = 0;
      this.#paint();
    }

    #paint() {
      const { rows } = this;
      const visible = Math.ceil(this.box.clientHeight / ROW_HEIGHT);
      const first = Math.max(0, Math.floor(this.box.scrollTop / ROW_HEIGHT) - SPARE_ROWS);
      const last = Math.min(rows.length, first + visible + 2 * SPARE_ROWS);
      const fragment = document.createDocumentFragment();
      fragment.append(spacer(first));
      for (let at = first; at < last; at++) {
        const row = rows[at];
        const element = make("tr");
        element.dataset.row = String(row);
        element.setAttribute("aria-rowindex", String(at + 2));
        if (row === this.selected) element.setAttribute("aria-selected", "true");
        for (const [text, kind] of this.cells(row)) {
          element.append(make("td", { textContent: text, className: kind }));
        }
        fragment.append(element);
      }
      fragment.append(spacer(rows.length - last));
      this.body.replaceChildren(fragment);
    }

    #onKey(event) {
      const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
      if (step === undefined || event.target !== this.box || this.rows.length === 0) return;
      event.preventDefault();
      const at = this.rows.indexOf(this.selected);
      const next = at < 0 ? 0 : Math.min(this.rows.length - 1, Math.max(0, at + step));
      this.onSelect(this.rows[next]);
    }

    /** Marks a trade and scrolls the list, not the page, to it. */
    select(row) {
      this.selected = row;
      const at = this.rows.indexOf(row);
      if (at >= 0) {
        const top = at * ROW_HEIGHT;
        const { scrollTop, clientHeight } = this.box;
        const isVisible = top >= scrollTop && top + 2 * ROW_HEIGHT <= scrollTop + clientHeight;
        if (!isVisible) this.box.scrollTop = Math.max(0, top - clientHeight / 2);
      }
      this.#paint();
    }
  }

  function spacer(rows) {
    const element = make("tr", { className: "spacer" });
    element.setAttribute("aria-hidden", "true");
    element.style.height = `${rows * ROW_HEIGHT}px`;
    return element;
  }

  /** The columns of trades.csv with the columns they come from. */
  const CSV = {
    id: "id",
    symbol: "symbol",
    side: "side",
    openedAt: "opened",
    closedAt: "closed",
    entryPrice: "entry",
    exitPrice: "exit",
    qty: "qty",
    grossPnl: "gross",
    fees: "fees",
    funding: "funding",
    netPnl: "net",
    returnPct: "return",
    exitReason: "reason",
    exitDetail: "detail",
    bars: "bars",
    mae: "mae",
    mfe: "mfe",
  };

  /** The same text as trades.csv. */
  function tradesCsv(trades, dictionaries) {
    const cell = (name, row) => {
      const value = trades[name][row];
      if (name === "side") return value > 0 ? "long" : "short";
      if (Number.isNaN(value)) return "";
      if (name === "opened" || name === "closed") return new Date(value).toISOString();
      if (!dictionaries[name]) return value;
      const text = trades.word(name, row) ?? "";
      return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    const lines = [Object.keys(CSV).join()];
    for (let row = 0; row < trades.count; row++) {
      lines.push(
        Object.values(CSV)
          .map((name) => cell(name, row))
          .join(),
      );
    }
    return `${lines.join("\n")}\n`;
  }

  Object.assign(dd, { readTrades, TradeTable, tradesCsv, cellsOf });
}
