/* global dd */
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
  class Gestures {
    #pointers = new Map();
    #box = null;
    #pinch = null;

    constructor(figure, canvas, viewport, area, onKey) {
      Object.assign(this, { figure, canvas, viewport, area, onKey });
      const listen = (name, listener) =>
        canvas.addEventListener(name, listener, { passive: false });
      listen("pointerdown", (event) => event.button === 0 && this.#press(event));
      listen("pointermove", (event) => this.#move(event));
      listen("pointerup", (event) => this.#release(event));
      listen("pointercancel", (event) => this.#release(event));
      listen("pointerleave", () => viewport.point(null));
      listen("dblclick", () => viewport.all());
      listen("wheel", (event) => {
        if (document.activeElement !== figure && !event.ctrlKey && !event.metaKey) return;
        event.preventDefault();
        viewport.zoom(1.0015 ** event.deltaY, this.#timeAt(this.#x(event)));
      });
      figure.addEventListener("keydown", (event) => this.#key(event));
    }

    #x(event) {
      return event.clientX - this.canvas.getBoundingClientRect().left;
    }

    #timeAt(px) {
      const { left, width } = this.area();
      const { from, to } = this.viewport;
      return from + ((px - left) / width) * (to - from);
    }

    #spread() {
      const [a, b] = [...this.#pointers.values()];
      return { distance: Math.max(20, Math.abs(a - b)), centre: (a + b) / 2 };
    }

    #press(event) {
      const px = this.#x(event);
      this.figure.focus({ preventScroll: true });
      this.canvas.setPointerCapture(event.pointerId);
      this.#pointers.set(event.pointerId, px);
      if (this.#pointers.size === 2) this.#pinch = this.#spread();
      if (!event.shiftKey) return;
      this.#box = { start: px, end: px, element: dd.make("div", { className: "box" }) };
      this.canvas.parentElement.append(this.#box.element);
    }

    #move(event) {
      const { viewport } = this;
      const px = this.#x(event);
      const before = this.#pointers.get(event.pointerId);
      const { left, width } = this.area();
      if (this.#box) {
        this.#box.end = px;
        const { style } = this.#box.element;
        style.left = `${Math.min(this.#box.start, px)}px`;
        style.width = `${Math.abs(px - this.#box.start)}px`;
      } else if (before !== undefined) {
        this.#pointers.set(event.pointerId, px);
        if (this.#pinch && this.#pointers.size === 2) {
          const now = this.#spread();
          viewport.zoom(this.#pinch.distance / now.distance, this.#timeAt(now.centre));
          this.#pinch = now;
        } else viewport.pan((before - px) / width);
      }
      viewport.point(px >= left && px <= left + width ? this.#timeAt(px) : null);
    }

    #release(event) {
      this.#pointers.delete(event.pointerId);
      this.#pinch = null;
      if (!this.#box) return;
      const { start, end, element } = this.#box;
      element.remove();
      this.#box = null;
      if (Math.abs(end - start) < 5) return;
      this.viewport.set(this.#timeAt(Math.min(start, end)), this.#timeAt(Math.max(start, end)));
    }

    #key(event) {
      const { viewport, figure } = this;
      if (event.target !== figure || event.ctrlKey || event.metaKey || event.altKey) return;
      const actions = {
        ArrowLeft: () => viewport.pan(-0.2),
        ArrowRight: () => viewport.pan(0.2),
        "+": () => viewport.zoom(0.6),
        "=": () => viewport.zoom(0.6),
        "-": () => viewport.zoom(1.6),
        0: () => viewport.all(),
        Escape: () => figure.blur(),
        n: () => this.onKey(1),
        p: () => this.onKey(-1),
      };
      const action = actions[event.key];
      if (!action) return;
      event.preventDefault();
      action();
    }
  }

  Object.assign(dd, { Viewport, Gestures });
}
