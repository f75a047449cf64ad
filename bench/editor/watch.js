// Put into each page: what keeps it from drawing, from when it is told to watch until it is quiet.

window.watch_ = () => {
  const seen = { task: 0, frame: 0, event: 0, took: 0, scripts: [] };
  const begin = performance.now();
  let end = begin;
  let last = begin;
  let isOver = false;
  const tasks = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.task = Math.max(seen.task, duration);
  });
  const frames = new PerformanceObserver((list) => {
    for (const { scripts, duration, blockingDuration, renderStart, startTime } of list.getEntries()) {
      if (!blockingDuration) continue;
      const drawn = renderStart ? startTime + duration - renderStart : 0;
      seen.scripts.push(`frame of ${Math.round(duration)} ms, ${Math.round(drawn)} of it to draw:`);
      for (const { duration: ms, invoker, sourceFunctionName: name, sourceURL, sourceCharPosition } of scripts) {
        seen.scripts.push(`  ${Math.round(ms)} ms in ${invoker} (${name} ${sourceURL.split("/").pop()}:${sourceCharPosition})`);
      }
    }
  });
  tasks.observe({ type: "longtask" });
  frames.observe({ type: "long-animation-frame" });
  // The last event of the hand: from the first of its listeners to the last.
  let came = 0;
  const comes = () => (came = performance.now());
  const goes = () => {
    end = performance.now();
    seen.event = end - came;
  };
  for (const type of ["keydown", "pointerup"]) {
    window.addEventListener(type, comes, true);
    window.addEventListener(type, goes);
  }
  const look = (now) => {
    seen.frame = Math.max(seen.frame, now - last);
    last = now;
    if (!isOver) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  window.watched_ = async () => {
    const quiet = await window.quiet_();
    seen.took = quiet - end;
    // Long tasks are told of a little later.
    await new Promise((done) => setTimeout(done, 300));
    isOver = true;
    tasks.disconnect();
    frames.disconnect();
    for (const type of ["keydown", "pointerup"]) {
      window.removeEventListener(type, comes, true);
      window.removeEventListener(type, goes);
    }
    return seen;
  };
};

/** Ten frames long nothing is being cut, nothing is unsaved, and what is painted is new; gives when that began. */
window.quiet_ = async () => {
  const isIdle = () =>
    document.querySelector('.stage[aria-busy="false"]') && document.querySelector('.save-state[data-save-state="saved"]');
  const frame = () => new Promise(requestAnimationFrame);
  let since = performance.now();
  for (let quiet = 0; quiet < 10; ) {
    await frame();
    quiet = isIdle() ? quiet + 1 : 0;
    if (!quiet) since = performance.now();
  }
  return since;
};

// The opening of the page is a step, too.
window.watch_();
