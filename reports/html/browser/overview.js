/* global dd */
// The strip below the panes: the whole equity curve with the range in view, which can be dragged.
{
  function makeOverview(viewport, curve) {
    const canvas = dd.byId("overview");
    const context = canvas.getContext("2d");
    const span = viewport.high - viewport.low;
    const xOf = (time) => ((time - viewport.low) / span) * canvas.clientWidth;

    function draw() {
      const ratio = window.devicePixelRatio || 1;
      const width = canvas.clientWidth;
      const height = canvas.clientHeight;
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      const colours = dd.palette();
      const points = curve(viewport.low, viewport.high, width);
      const [low, high] = dd.rangeOf(points);
      context.strokeStyle = colours.muted;
      context.lineWidth = 1;
      context.beginPath();
      for (const { x, y } of points)
        context.lineTo(xOf(x), height - ((y - low) / (high - low)) * height);
      context.stroke();
      const left = xOf(viewport.from);
      const right = Math.max(left + 2, xOf(viewport.to));
      context.fillStyle = colours.accent;
      context.globalAlpha = 0.14;
      context.fillRect(left, 0, right - left, height);
      context.globalAlpha = 1;
      context.fillRect(left, 0, 2, height);
      context.fillRect(right - 2, 0, 2, height);
    }

    let isDown = false;
    const move = (event) => {
      const share = (event.clientX - canvas.getBoundingClientRect().left) / canvas.clientWidth;
      const half = (viewport.to - viewport.from) / 2;
      const centre = viewport.low + share * span;
      viewport.set(centre - half, centre + half);
    };
    canvas.addEventListener("pointerdown", (event) => {
      isDown = true;
      canvas.setPointerCapture(event.pointerId);
      move(event);
    });
    canvas.addEventListener("pointermove", (event) => isDown && move(event));
    for (const name of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(name, () => {
        isDown = false;
      });
    }
    new ResizeObserver(draw).observe(canvas.parentElement);
    return draw;
  }

  dd.makeOverview = makeOverview;
}
