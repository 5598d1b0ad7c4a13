/* global dd */
// Wires the page: theme, panes (equity first, prices when it has been painted), trades, downloads, link state.
{
  const { byId, make } = dd;
  const { number, time, tone } = dd.format;
  const meta = JSON.parse(byId("meta").textContent);
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const panes = [];
  let redrawOverview = () => {};

  function setUpTheme() {
    const button = byId("theme");
    const media = matchMedia("(prefers-color-scheme: dark)");
    const root = document.documentElement;
    const isDark = () => (root.dataset.theme ?? (media.matches ? "dark" : "light")) === "dark";
    const apply = () => {
      button.textContent = isDark() ? "Light" : "Dark";
      recolour();
    };
    button.hidden = false;
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      apply();
    });
    media.addEventListener("change", apply);
    apply();
    addEventListener("beforeprint", () => {
      root.dataset.screen = root.dataset.theme ?? "";
      root.dataset.theme = "light";
      recolour();
      for (const { chart } of panes) chart.resize(680, chart.height);
    });
    addEventListener("afterprint", () => {
      if (root.dataset.screen) root.dataset.theme = root.dataset.screen;
      else delete root.dataset.theme;
      for (const { chart } of panes) chart.resize();
      recolour();
    });
  }

  function recolour() {
    for (const pane of panes) {
      pane.recolour((chart, colours) => {
        const [dataset] = chart.data.datasets;
        if (!dataset) return;
        dataset.borderColor = pane.id === "drawdown" ? colours.loss : colours.accent;
        dataset.backgroundColor = colours.fill;
      });
    }
    redrawOverview();
  }

  function setUpCopy() {
    byId("copy").addEventListener("click", async () => {
      const command = byId("command");
      getSelection().selectAllChildren(command);
      try {
        await navigator.clipboard.writeText(command.textContent);
        byId("copy").textContent = "Copied";
      } catch {
        byId("copy").textContent = "Press Ctrl+C";
      }
    });
  }

  function linePane(id, viewport, series, unit, readout, onKey) {
    const colours = dd.palette();
    const isArea = id === "drawdown";
    return new dd.Pane(id, viewport, {
      datasets: [
        {
          data: [],
          borderWidth: 1.5,
          pointRadius: 0,
          borderColor: isArea ? colours.loss : colours.accent,
          backgroundColor: colours.fill,
          fill: isArea ? "origin" : false,
        },
      ],
      unit,
      update(chart, width) {
        const points = series(viewport.from, viewport.to, width);
        chart.data.datasets[0].data = points;
        const [low, high] = dd.rangeOf(points);
        Object.assign(chart.options.scales.y, { min: low, max: isArea ? 0 : high });
      },
      readout,
      onKey,
    });
  }

  async function setUpEquity(onKey) {
    const column = meta.columns.find(({ id }) => id === "eq");
    const values = await dd.readColumn(meta, "eq");
    const rows = await dd.readColumn(meta, "eq-sr");
    const times = await dd.readColumn(meta, "eq-st");
    const index = new dd.TimeIndex(rows, times, meta.equityStepMs, values.length);
    const falls = dd.drawdownOf(values);
    const extremes = new dd.Extremes(values);
    const fallExtremes = new dd.Extremes(falls);
    const viewport = new dd.Viewport(meta.from, meta.to, meta.equityStepMs);
    const curve = (from, to, width) =>
      dd.pointsIn(index, values, extremes, from, to, width, column.scale);
    const fallCurve = (from, to, width) =>
      dd.pointsIn(index, falls, fallExtremes, from, to, width, 1);
    const rowNow = () => Math.max(0, index.rowAt(viewport.hover ?? viewport.to));
    const equityAt = (row) => values[row] * column.scale;
    panes.push(
      linePane(
        "equity",
        viewport,
        curve,
        "",
        () => {
          const row = rowNow();
          const start = Math.max(0, index.rowAt(viewport.from));
          const change = (values[row] / values[start] - 1) * 100;
          const words = viewport.hover === null ? "in view" : "since the left edge";
          return `${time(index.timeAt(row))}  ${number(equityAt(row))}  ${number(change, 2, true)} % ${words}`;
        },
        onKey,
      ),
      linePane(
        "drawdown",
        viewport,
        fallCurve,
        " %",
        () => `${time(index.timeAt(rowNow()))}  ${number(falls[rowNow()])} %`,
        onKey,
      ),
    );
    redrawOverview = dd.makeOverview(viewport, curve);
    const tables = {
      equity: () =>
        sampled(index, viewport, (row) => [time(index.timeAt(row)), number(equityAt(row))]),
      drawdown: () =>
        sampled(index, viewport, (row) => [time(index.timeAt(row)), number(falls[row])]),
    };
    return { viewport, tables };
  }

  /** At most 500 rows of the range in view, evenly spaced. */
  function sampled(index, viewport, cells) {
    const first = Math.max(0, index.rowAt(viewport.from));
    const last = Math.max(first, index.rowAt(viewport.to));
    const step = Math.max(1, Math.ceil((last - first + 1) / 500));
    const rows = [];
    for (let row = first; row <= last; row += step) rows.push(cells(row));
    return rows;
  }

  function setUpTables(tables) {
    const heads = {
      equity: ["Time (UTC)", "Equity"],
      drawdown: ["Time (UTC)", "Drawdown %"],
      price: ["Time (UTC)", "Open", "High", "Low", "Close"],
    };
    for (const button of document.querySelectorAll("[data-table]")) {
      const id = button.dataset.table;
      const box = byId(`${id}-data`);
      button.addEventListener("click", () => {
        box.hidden = !box.hidden;
        button.setAttribute("aria-expanded", String(!box.hidden));
        if (!box.hidden) box.replaceChildren(tableOf(heads[id], tables[id]?.() ?? []));
      });
    }
  }

  function tableOf(head, rows) {
    const table = make("table");
    const add = (parent, tag, cells) => {
      const row = parent.insertRow();
      cells.forEach((text, at) => {
        row.append(make(tag, { textContent: text, className: at > 0 ? "num" : "" }));
      });
    };
    add(table.createTHead(), "th", head);
    const body = table.createTBody();
    for (const cells of rows) add(body, "td", cells);
    return table;
  }

  /** Range and trade of the link: #v=<from>-<to>&t=<trade id>. */
  function linkState() {
    const match = /^#v=(\d+)-(\d+)(?:&t=(\d+))?$/.exec(location.hash);
    return match
      ? { from: Number(match[1]), to: Number(match[2]), trade: Number(match[3] ?? 0) }
      : null;
  }

  function keepLink(viewport, tradeId) {
    const range = `#v=${Math.round(viewport.from)}-${Math.round(viewport.to)}`;
    const isAll = viewport.from <= viewport.low && viewport.to >= viewport.high;
    if (isAll && !tradeId && !location.hash.startsWith("#v=")) return;
    try {
      history.replaceState(null, "", tradeId ? `${range}&t=${tradeId}` : range);
    } catch {
      // Some browsers limit how often the address may change; the next change tries again.
    }
  }

  function showDetail(trades, row) {
    const box = byId("trade-detail");
    if (!box) return;
    const head = [...document.querySelectorAll("#dd-trades-table thead th")];
    const cells = dd.cellsOf(trades, row, decimalsOf);
    const list = make("dl");
    const add = (name, textContent, className) => {
      const group = make("div");
      const term = make("dt", { textContent: name });
      group.append(term, make("dd", { textContent, className }));
      list.append(group);
    };
    cells.forEach(([text, kind], at) => {
      add(head[at].textContent, text, kind.replace("num", ""));
    });
    add("Entry tag", trades.word("tag", row) ?? "none", "");
    add("Gross PnL", number(trades.gross[row], 2, true), tone(trades.gross[row]));
    box.replaceChildren(list);
    box.hidden = false;
  }

  const decimalsOf = (name) => meta.symbols.find((symbol) => symbol.name === name)?.decimals ?? 2;

  async function setUpTrades(viewport, tables, keys) {
    const trades = await dd.readTrades(meta);
    const state = { selected: -1, price: null, table: null, save: 0 };
    const select = byId("symbol");
    const showSymbol = async (name) => {
      const at = meta.symbols.findIndex((symbol) => symbol.name === name);
      if (!state.price || at < 0) return;
      if (select) select.value = String(at);
      if (state.price.symbol !== meta.symbols[at]) await state.price.show(meta.symbols[at]);
    };
    const choose = async (row, moves = true) => {
      state.selected = row;
      state.table?.select(row);
      showDetail(trades, row);
      await showSymbol(trades.symbolName(row));
      if (state.price) state.price.selected = row;
      const end = Number.isNaN(trades.closed[row]) ? meta.to : trades.closed[row];
      const span = Math.max(end - trades.opened[row], 10 * meta.equityStepMs);
      if (moves) viewport.set(trades.opened[row] - span, end + span);
      for (const pane of panes) pane.render("range");
      keepLink(viewport, trades.id[row]);
    };
    keys.handler = (direction) => {
      if (trades.count === 0) return;
      const from = viewport.from;
      const next =
        state.selected >= 0
          ? state.selected + (direction === "next" ? 1 : -1)
          : Math.max(
              0,
              trades.opened.findIndex((opened) => opened >= from),
            );
      void choose(Math.min(trades.count - 1, Math.max(0, next)));
    };
    if (trades.count > 0) {
      state.table = new dd.TradeTable(trades, decimalsOf, (row, isClick) => {
        void choose(row);
        if (isClick) byId("price-pane")?.scrollIntoView({ block: "center" });
      });
      byId("csv").addEventListener("click", () => {
        dd.save(
          new Blob([dd.tradesCsv(trades, meta.trades.dictionaries)], { type: "text/csv" }),
          "trades.csv",
        );
      });
    }
    if (meta.symbols.length > 0) {
      state.price = new dd.PricePane(
        viewport,
        meta,
        trades,
        (direction) => keys.handler(direction),
        (row) => choose(row, false),
      );
      panes.push(state.price.pane);
      tables.price = () =>
        state.price.candles
          .slice(-500)
          .map(({ start, open, high, low, close }) => [
            time(start),
            ...[open, high, low, close].map((price) => number(price, state.price.symbol.decimals)),
          ]);
      select?.addEventListener("change", () =>
        state.price.show(meta.symbols[Number(select.value)]),
      );
      await state.price.show(meta.symbols[0]);
    }
    viewport.onChange((kind) => {
      if (kind !== "range") return;
      clearTimeout(state.save);
      const id = state.selected >= 0 ? trades.id[state.selected] : 0;
      state.save = setTimeout(() => keepLink(viewport, id), 250);
    });
    return { trades, choose };
  }

  async function main() {
    setUpCopy();
    byId("json").addEventListener("click", () => {
      dd.save(
        new Blob([byId("metrics").textContent], { type: "application/json" }),
        "metrics.json",
      );
    });
    const keys = { handler: () => {} };
    if (!byId("equity")) {
      setUpTheme();
      return;
    }
    const { viewport, tables } = await setUpEquity((direction) => keys.handler(direction));
    setUpTheme();
    const link = linkState();
    if (link) viewport.set(link.from, link.to);
    viewport.onChange((kind) => {
      for (const pane of panes) pane.render(kind);
      if (kind === "range") redrawOverview();
    });
    for (const button of document.querySelectorAll("[data-range]")) {
      button.addEventListener("click", () => viewport.range(button.dataset.range));
    }
    for (const button of document.querySelectorAll("[data-png]")) {
      const id = button.dataset.png;
      button.addEventListener("click", () =>
        panes.find((pane) => pane.id === id)?.savePng(`${id}.png`),
      );
    }
    setUpTables(tables);
    await painted();
    performance.mark("drydock-equity");
    const { trades, choose } = await setUpTrades(viewport, tables, keys);
    if (link?.trade) {
      const row = trades.id.indexOf(link.trade);
      if (row >= 0) await choose(row, false);
    }
    await painted();
    performance.mark("drydock-ready");
  }

  void main().then(() => {
    document.documentElement.dataset.ready = "true";
  });
}
