/* global Chart, dd */
// Panes of one width over one viewport. chart.js draws axes, grid and lines; it neither parses nor animates.
{
  /** The same in all panes, so that they line up. */
  const axisWidth = (chart) => (chart.width < 480 ? 64 : 84);

  /** The colours of the page, read again when the theme changes. */
  function palette() {
    const style = getComputedStyle(document.documentElement);
    const of = (name) => style.getPropertyValue(`--${name}`).trim();
    return {
      text: of("text"),
      muted: of("muted"),
      line: of("line"),
      accent: of("accent"),
      gain: of("gain"),
      loss: of("loss"),
      fill: of("loss-soft"),
      card: of("card"),
    };
  }

  /** A vertical line at the time under the pointer, in every pane. */
  function crosshair(viewport) {
    return {
      id: "crosshair",
      afterDraw(chart) {
        if (viewport.hover === null) return;
        const { ctx, chartArea, scales } = chart;
        const x = Math.round(scales.x.getPixelForValue(viewport.hover)) + 0.5;
        ctx.save();
        ctx.strokeStyle = palette().muted;
        ctx.setLineDash([3, 3]);
        ctx.beginPath();
        ctx.moveTo(x, chartArea.top);
        ctx.lineTo(x, chartArea.bottom);
        ctx.stroke();
        ctx.restore();
      },
    };
  }

  /** As many decimals as the distance of two ticks has. */
  function decimalsOf(ticks) {
    const distance = ticks.length > 1 ? Math.abs(ticks[1].value - ticks[0].value) : 1;
    return Math.min(12, Math.max(0, Math.ceil(-Math.log10(distance) - 1e-9)));
  }

  function axisOptions(viewport, unit) {
    const colours = palette();
    const font = { family: "system-ui, sans-serif", size: 11 };
    return {
      x: {
        type: "linear",
        min: viewport.from,
        max: viewport.to,
        grid: { color: colours.line, drawTicks: false },
        border: { display: false },
        ticks: {
          color: colours.muted,
          font,
          autoSkip: false,
          maxRotation: 0,
          padding: 6,
          callback: (_, at, ticks) => ticks[at].text,
        },
        afterBuildTicks(axis) {
          const width = axis.width || axis.chart.width - axisWidth(axis.chart);
          axis.ticks = dd
            .timeTicks(axis.min, axis.max, width)
            .map(({ value, label }) => ({ value, text: label }));
        },
        afterFit(axis) {
          axis.height = 38;
          axis.paddingLeft = 0;
          axis.paddingRight = 0;
        },
      },
      y: {
        type: "linear",
        position: "right",
        grid: { color: colours.line, drawTicks: false },
        border: { display: false },
        ticks: {
          color: colours.muted,
          font,
          padding: 8,
          maxTicksLimit: 7,
          includeBounds: false,
          callback: (value, _, ticks) => dd.format.number(value, decimalsOf(ticks)) + unit,
        },
        afterFit(axis) {
          axis.width = axisWidth(axis.chart);
        },
      },
    };
  }

  /** One chart with the shared axes; `update` changes its data before each drawing of a new range. */
  class Pane {
    constructor(id, viewport, { datasets = [], plugins = [], unit = "", update, readout, onKey }) {
      this.id = id;
      this.viewport = viewport;
      this.figure = dd.byId(`${id}-pane`);
      this.canvas = dd.byId(id);
      this.label = dd.byId(`${id}-readout`);
      Object.assign(this, { update, readout, unit });
      this.chart = new Chart(this.canvas, {
        type: "line",
        data: { datasets },
        plugins: [...plugins, crosshair(viewport)],
        options: {
          parsing: false,
          normalized: true,
          animation: false,
          responsive: true,
          maintainAspectRatio: false,
          events: [],
          layout: { padding: { top: 8 } },
          plugins: {
            legend: { display: false },
            tooltip: { enabled: false },
            decimation: { enabled: false },
          },
          scales: axisOptions(viewport, unit),
          onResize: () => this.chart && requestAnimationFrame(() => this.render("range")),
        },
      });
      this.gestures = new dd.Gestures(this.figure, this.canvas, viewport, () => this.area(), onKey);
    }

    area() {
      const { left, right } = this.chart.chartArea ?? { left: 0, right: this.canvas.clientWidth };
      return { left, width: Math.max(1, right - left) };
    }

    render(kind) {
      if (kind === "range") {
        const { x } = this.chart.options.scales;
        x.min = this.viewport.from;
        x.max = this.viewport.to;
        this.update(this.chart, Math.round(this.area().width));
        this.chart.update("none");
      } else this.chart.draw();
      this.label.textContent = this.readout();
    }

    /** Takes the colours of the theme that now holds. */
    recolour(colour) {
      const { x, y } = axisOptions(this.viewport, this.unit);
      Object.assign(this.chart.options.scales, { x, y: { ...this.chart.options.scales.y, ...y } });
      colour(this.chart, palette());
      this.render("range");
    }

    savePng(name) {
      const { width, height } = this.canvas;
      const copy = dd.make("canvas", { width, height });
      const context = copy.getContext("2d");
      context.fillStyle = palette().card;
      context.fillRect(0, 0, width, height);
      context.drawImage(this.canvas, 0, 0);
      copy.toBlob((blob) => dd.save(blob, name));
    }
  }

  /** Lets the browser download a blob. */
  function save(blob, name) {
    const link = dd.make("a", { href: URL.createObjectURL(blob), download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  /** Lowest and highest value of points with some room; a flat line lies in the middle. */
  function rangeOf(points) {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const { y } of points) {
      if (y < low) low = y;
      if (y > high) high = y;
    }
    if (low > high) return [0, 1];
    const room = (high - low) * 0.06 || Math.abs(high) * 0.01 || 1;
    return [low - room, high + room];
  }

  Object.assign(dd, { Pane, palette, rangeOf, save });
}
