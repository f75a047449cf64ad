"""A long session in the editor: does it get slower, or hold more memory? And two single moments.

    .venv/bin/python bench/editor/session_bench.py [GESTURES]

First, a label of 5,000 shapes: from the navigation to the first frame with picture and shapes. Then
a freehand stroke of 600 points between neighbours that cut it: the time of the page in "up", and
until the shape stands in the bitmap of the worker. Then GESTURES (10,000): strokes, rectangles,
polygons, moved shapes, undo, redo and deletions by the events of a hand, with some fifty shapes
there at a time, and everything saved to a real server; after each twentieth the time of a gesture
and, after a garbage collection, the memory of the page and of its processes.
"""

import argparse
import statistics
from pathlib import Path

from playwright.sync_api import sync_playwright
from world import SCREEN, World, launch, polygons

FRAMES = (Path(__file__).parent / "frames.js").read_text()
OPENED = """() => new Promise((done) => {
  const look = () => {
    const isThere = (name) => [...document.querySelectorAll(`.layer.${name} canvas`)].some((c) => !c.hidden);
    if (document.querySelector("#editor[data-ready]") && isThere("picture") && isThere("shapes"))
      return requestAnimationFrame(() => done(performance.now()));
    requestAnimationFrame(look);
  };
  look();
})"""  # noqa: E501
STROKE = """async (key) => {
  const { at, middle } = ours_();
  const points = Array.from({ length: 600 }, (_, i) => {
    const a = (i / 600) * 2 * Math.PI;
    const r = 150 + 12 * Math.sin(9 * a) + 3 * Math.sin(97 * a);
    return [middle.x + r * Math.cos(a), middle.y + r * Math.sin(a)];
  });
  at("pointerdown", ...points[0], { button: 0, buttons: 1 });
  for (const [i, p] of points.entries()) {
    at("pointermove", ...p, { buttons: 1 });
    if (i % 10 === 9) await new Promise(requestAnimationFrame);
  }
  const count = () => +document.querySelector("[data-shape-count]").dataset.shapeCount;
  const before = count();
  const start = performance.now();
  at("pointerup", ...points[0], { button: 0 });
  const inHandler = performance.now() - start;
  while (count() === before && performance.now() - start < 5000)
    await new Promise(requestAnimationFrame);
  return [inHandler, performance.now() - start];
}"""
GESTURES = """async ([first, last]) => {
  const { at, stage, middle } = ours_();
  const frame = () => new Promise(requestAnimationFrame);
  let seed = first * 7919 + 1;
  const chance = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const key = (key, code, more = {}) => {
    for (const type of ["keydown", "keyup"])
      stage.dispatchEvent(new KeyboardEvent(type, { key, code, bubbles: true, cancelable: true, ...more }));
  };
  const place = () => [middle.x + (chance() - 0.5) * 700, middle.y + (chance() - 0.5) * 500];
  const drag = (points, more = {}) => {
    at("pointerdown", ...points[0], { button: 0, buttons: 1, ...more });
    for (const p of points) at("pointermove", ...p, { buttons: 1, ...more });
    at("pointerup", ...points.at(-1), { button: 0, ...more });
  };
  const loop = (x, y, n) => Array.from({ length: n }, (_, i) => {
    const r = 25 + 12 * chance();
    return [x + r * Math.cos((6.3 * i) / n), y + r * Math.sin((6.3 * i) / n)];
  });
  const count = () => +document.querySelector("[data-shape-count]").dataset.shapeCount;
  let spent = 0;
  for (let i = first; i < last; i++) {
    const start = performance.now();
    const what = chance();
    const [x, y] = place();
    if (what < 0.3) { key("f", "KeyF"); drag(loop(x, y, 60), { shiftKey: chance() < 0.2, altKey: chance() < 0.1 }); }
    else if (what < 0.45) { key("r", "KeyR"); drag([[x, y], [x + 40, y + 30]]); }
    else if (what < 0.55) { key("p", "KeyP"); for (const p of loop(x, y, 6)) { drag([p]); } key("Enter", "Enter"); }
    else if (what < 0.7) { key("v", "KeyV"); drag([[x, y], [x + 5, y + 5]]); }
    else if (what < 0.85) key("z", "KeyZ", { ctrlKey: true });
    else if (what < 0.93) key("y", "KeyY", { ctrlKey: true });
    else { key("v", "KeyV"); drag([[x, y]]); key("Delete", "Delete"); }
    spent += performance.now() - start;
    if (i % 5 === 0) await frame();
    if (count() > 60) {
      key("v", "KeyV"); key("a", "KeyA", { ctrlKey: true }); key("Delete", "Delete");
    }
  }
  await new Promise((done) => setTimeout(done, 3000));
  return spent / (last - first);
}"""  # noqa: E501


def open_label(page, world, label):
    page.goto(world.url(label), wait_until="commit")
    return page.evaluate(OPENED)


def memory(page, session):
    """(MB of the heap of the page, MB of all its processes), after a collection."""
    for _ in range(2):
        session.send("HeapProfiler.collectGarbage")
    heap = session.send("Runtime.getHeapUsage")["usedSize"] / 1e6
    resident = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            command = (status.parent / "cmdline").read_bytes()
            if b"chrom" in command and b"--type=renderer" in command:
                words = status.read_text().split("RssAnon:")[1].split()
                resident += int(words[0]) / 1000
        except (OSError, IndexError):
            continue
    return heap, resident


def single_moments(page, world):
    many = world.label(polygons(5000, 40))
    opened = [open_label(page, world, many) for _ in range(5)]
    print(f"first picture and shapes of 5,000: median {statistics.median(opened):.0f} ms, "
          f"longest {max(opened):.0f} ms of 5", flush=True)  # fmt: skip
    page.keyboard.press("f")
    # One to one the stroke meets some forty shapes; on the whole image, four hundred.
    for where, key in (("at 100 %", "Shift+Digit1"), ("on the whole image", "0")):
        page.keyboard.press(key)
        page.wait_for_timeout(1500)
        strokes(page, where)


def strokes(page, where):
    handler, shown = [], []
    for _ in range(9):
        inside, seen = page.evaluate(STROKE)
        handler.append(inside)
        shown.append(seen)
        page.keyboard.press("Control+z")
        page.wait_for_timeout(500)
    median = statistics.median(handler[1:])
    print(f"stroke of 600 points {where}: in the page median {median:.1f} ms, "
          f"the first {handler[0]:.1f} ms; in the list of shapes after "
          f"{statistics.median(shown[1:]):.0f} ms", flush=True)  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gestures", type=int, nargs="?", default=10_000)
    asked = parser.parse_args()
    world = World(permit_overlap=False)
    with sync_playwright() as playwright, world.serving():
        browser = launch(playwright, limited=True)
        context = browser.new_context(viewport=SCREEN)
        world.log_in(context)
        page = context.new_page()
        page.set_default_timeout(600_000)
        page.add_init_script(FRAMES)
        problems = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        single_moments(page, world)
        open_label(page, world, world.label([]))
        session = context.new_cdp_session(page)
        step = max(1, asked.gestures // 20)
        for first in range(0, asked.gestures, step):
            took = page.evaluate(GESTURES, [first, first + step])
            heap, resident = memory(page, session)
            print(f"{first + step:>7,} gestures: {took:.2f} ms each, heap {heap:.1f} MB, "
                  f"renderers {resident:.0f} MB", flush=True)  # fmt: skip
        page.wait_for_selector('.save-state[data-save-state="saved"]')
        print("saved; faults in the page:", problems or "none")
        browser.close()


if __name__ == "__main__":
    main()
