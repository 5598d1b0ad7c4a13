/* global drydock */
// The range of time that all panes show, the time under the pointer, and the gestures that change them.
{
  const RANGES = { "1D": 1, "1W": 7, "1M": 30, "3M": 91, "1Y": 365 };

  class Viewport {
    #listeners = [];
    #frame = 0;

    constructor(low, high, step) {
      Object.assign(this, { low, high, from: low, to: high, hover: null });
      this.least = Math.min(high - low, 8 * step);
    }

    onChange(listener) {
      this.#listeners.push(listener);
    }

    /** Calls the listeners once per frame: with "range" when the range moved, else with "hover". */
    #notify(kind) {
      this.kind = this.kind === "range" ? "range" : kind;
      if (this.#frame) return;
      this.#frame = requestAnimationFrame(() => {
        const what = this.kind;
        this.#frame = 0;
        this.kind = null;
        for (const listener of this.#listeners) listener(what);
      });
    }

    set(from, to) {
      const span = Math.min(this.high - this.low, Math.max(this.least, to - from));
      const centre = (from + to) / 2;
      this.from = Math.min(this.high - span, Math.max(this.low, centre - span / 2));
      this.to = this.from + span;
      this.#notify("range");
    }

    pan(share) {
      const shift = share * (this.to - this.from);
      this.set(this.from + shift, this.to + shift);
    }

    zoom(factor, at = (this.from + this.to) / 2) {
      const span = Math.min(
        this.high - this.low,
        Math.max(this.least, (this.to - this.from) * factor),
      );
      const share = (at - this.from) / (this.to - this.from);
      this.set(at - share * span, at + (1 - share) * span);
    }

    all() {
      this.set(this.low, this.high);
    }

    range(name) {
      const days = RANGES[name];
      if (days === undefined) this.all();
      else this.set(this.to - days * 86400000, this.to);
    }

    point(time) {
      if (this.hover === time) return;
      this.hover = time;
      this.#notify("hover");
    }
  }

  /** Pan, zoom and hover of one pane. `area` gives the plot's left edge and width in CSS pixels. */
  function attachGestures(figure, canvas, viewport, area, onKey) {
    const pointers = new Map();
    let box = null;
    let pinch = null;
    const plot = canvas.parentElement;
    const x = (event) => event.clientX - canvas.getBoundingClientRect().left;
    const timeAt = (px) => {
      const { left, width } = area();
      return viewport.from + ((px - left) / width) * (viewport.to - viewport.from);
    };
    const spread = () => {
      const [a, b] = [...pointers.values()];
      return { distance: Math.max(20, Math.abs(a - b)), centre: (a + b) / 2 };
    };
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      figure.focus({ preventScroll: true });
      canvas.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, x(event));
      if (pointers.size === 2) pinch = spread();
      if (event.shiftKey) {
        box = { start: x(event), element: document.createElement("div") };
        box.element.className = "box";
        plot.append(box.element);
      }
    });
    canvas.addEventListener("pointermove", (event) => {
      const px = x(event);
      const before = pointers.get(event.pointerId);
      if (box) {
        Object.assign(box, { end: px });
        box.element.style.left = `${Math.min(box.start, px)}px`;
        box.element.style.width = `${Math.abs(px - box.start)}px`;
      } else if (before !== undefined) {
        pointers.set(event.pointerId, px);
        if (pinch && pointers.size === 2) {
          const now = spread();
          viewport.zoom(pinch.distance / now.distance, timeAt(now.centre));
          pinch = now;
        } else viewport.pan((before - px) / area().width);
      }
      const { left, width } = area();
      viewport.point(px >= left && px <= left + width ? timeAt(px) : null);
    });
    const release = (event) => {
      pointers.delete(event.pointerId);
      pinch = null;
      if (!box) return;
      box.element.remove();
      if (Math.abs((box.end ?? box.start) - box.start) > 4) {
        const ends = [timeAt(box.start), timeAt(box.end)].sort((a, b) => a - b);
        viewport.set(...ends);
      }
      box = null;
    };
    canvas.addEventListener("pointerup", release);
    canvas.addEventListener("pointercancel", release);
    canvas.addEventListener("pointerleave", () => viewport.point(null));
    canvas.addEventListener("dblclick", () => viewport.all());
    canvas.addEventListener(
      "wheel",
      (event) => {
        if (document.activeElement !== figure && !event.ctrlKey && !event.metaKey) return;
        event.preventDefault();
        viewport.zoom(1.0015 ** event.deltaY, timeAt(x(event)));
      },
      { passive: false },
    );
    figure.addEventListener("keydown", (event) => {
      if (event.target !== figure || event.ctrlKey || event.metaKey || event.altKey) return;
      const actions = {
        ArrowLeft: () => viewport.pan(-0.2),
        ArrowRight: () => viewport.pan(0.2),
        "+": () => viewport.zoom(0.6),
        "=": () => viewport.zoom(0.6),
        "-": () => viewport.zoom(1 / 0.6),
        0: () => viewport.all(),
        Escape: () => figure.blur(),
        n: () => onKey("next"),
        p: () => onKey("previous"),
      };
      const action = actions[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    });
  }

  Object.assign(drydock, { Viewport, attachGestures });
}
