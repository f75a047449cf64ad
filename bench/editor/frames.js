// Put into each page: how long frames take while something is done in each of them.

const frame = () => new Promise(requestAnimationFrame);

window.frames_ = async (count, step) => {
  const long = [];
  const observer = new PerformanceObserver((list) => long.push(...list.getEntries().map((one) => one.duration)));
  observer.observe({ entryTypes: ["longtask"] });
  const times = [];
  for (let i = 0; i < 5; i++) await frame();
  let last = performance.now();
  for (let i = 0; i < count; i++) {
    step(i);
    await frame();
    const now = performance.now();
    times.push(now - last);
    last = now;
  }
  await new Promise((done) => setTimeout(done, 50));
  observer.disconnect();
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.min(count - 1, Math.floor(count * share))];
  return { median: at(0.5), p95: at(0.95), late: times.filter((ms) => ms > 25).length, long: Math.max(0, ...long) };
};

/** Our editor as a scene: by the events that a hand makes. */
window.ours_ = () => {
  const stage = document.querySelector(".stage");
  const box = stage.getBoundingClientRect();
  const at = (type, x, y, more = {}) =>
    stage.dispatchEvent(
      new PointerEvent(type, { clientX: box.left + x, clientY: box.top + y, pointerId: 1, pointerType: "mouse", bubbles: true, ...more }),
    );
  stage.setPointerCapture = () => {};
  const view = () => ({ s: +stage.dataset.scale, x: +stage.dataset.x, y: +stage.dataset.y });
  return { stage, at, view, middle: { x: box.width / 2, y: box.height / 2 }, box };
};
