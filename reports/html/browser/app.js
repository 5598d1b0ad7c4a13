/* global dd */
// Wires the page: theme, panes (equity first, prices when it has been painted), trades, downloads, link state.
{
  const { byId, make } = dd;
  const { number, time } = dd.format;
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

  async function main() {
    setUpCopy();
    byId("json").addEventListener("click", () => {
      dd.save(
        new Blob([byId("metrics").textContent], { type: "application/json" }),
        "metrics.json",
      );
    });
    let trades = null;
    const onKey = (direction) => trades?.step(direction);
    if (!byId("equity")) {
      setUpTheme();
      return;
    }
    const { viewport, tables } = await setUpEquity(onKey);
    setUpTheme();
    const link = dd.linkState();
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
    trades = new dd.TradeView(meta, viewport, panes);
    await trades.open(onKey);
    tables.price = () => trades.candleRows();
    if (link?.trade) await trades.chooseId(link.trade);
    await painted();
    performance.mark("drydock-ready");
  }

  void main().then(() => {
    document.documentElement.dataset.ready = "true";
  });
}
