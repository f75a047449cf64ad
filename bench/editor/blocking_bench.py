"""Does any step of the editor keep its page from drawing for more than 50 ms?

    .venv/bin/python bench/editor/blocking_bench.py [--scenes 400x40,2000x40,500x1000]

Where shapes must not overlap, by the pointer and the keys of a hand: the longest task of the page
in each step (the browser tells of those of 50 ms and more), the longest time between two frames,
and how long it takes until it is done. The reference is the same page while nobody does anything.
"""

import argparse
import itertools
from pathlib import Path

from playwright.sync_api import sync_playwright
from world import HEIGHT, SCREEN, WIDTH, World, launch, polygons

FRAMES = (Path(__file__).parent / "frames.js").read_text()
DRAG = """async ([points, shiftKey]) => {
  const { at, view } = ours_();
  const { s, x, y } = view();
  const places = points.map(([px, py]) => [px * s + x, py * s + y]);
  at("pointermove", ...places[0], { shiftKey });
  at("pointerdown", ...places[0], { button: 0, buttons: 1, shiftKey });
  for (const [i, place] of places.entries()) {
    at("pointermove", ...place, { buttons: 1, shiftKey });
    if (i % 10 === 9) await new Promise(requestAnimationFrame);
  }
  window.begin_ = performance.now();
  at("pointerup", ...places.at(-1), { button: 0, shiftKey });
}"""
WATCH = """
window.watch_ = () => {
  const seen = { task: 0, frame: 0, isOver: false };
  window.begin_ = performance.now();
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.task = Math.max(seen.task, duration);
  });
  observer.observe({ entryTypes: ["longtask"] });
  let last = performance.now();
  const look = (now) => {
    seen.frame = Math.max(seen.frame, now - last);
    last = now;
    if (!seen.isOver) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  window.watched_ = async () => {
    const isIdle = () => document.querySelector('.stage[aria-busy="false"]')
      && document.querySelector('.save-state[data-save-state="saved"]');
    const frame = () => new Promise(requestAnimationFrame);
    for (let quiet = 0; quiet < 10; quiet = isIdle() ? quiet + 1 : 0) await frame();
    const took = performance.now() - window.begin_;
    await new Promise((done) => setTimeout(done, 300));
    seen.isOver = true;
    observer.disconnect();
    return [seen.task, seen.frame, took];
  };
};
"""


class Hand:
    """Works on the image by its own pixels, the whole of which is in sight."""

    def __init__(self, page):
        self.page = page

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def drag(self, points, steps=1, *, shift=False):
        way = [points[0]]
        for (x0, y0), (x1, y1) in itertools.pairwise(points):
            way += [
                (x0 + (x1 - x0) * i / steps, y0 + (y1 - y0) * i / steps)
                for i in range(1, steps + 1)
            ]
        self.page.evaluate(DRAG, [way, shift])

    def choose(self, share):
        """Select the shapes of the left upper part of the image."""
        self.press("v", "Escape")
        self.drag([(5, 5), (WIDTH * share, HEIGHT * share)], steps=3, shift=True)


def loop(hand):
    hand.press("f")
    x0, y0, x1, y1 = WIDTH * 0.04, HEIGHT * 0.04, WIDTH * 0.96, HEIGHT * 0.96
    hand.drag([(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)], steps=150)


def brush(hand):
    hand.press("b")
    wave = [(200 + 36 * i, HEIGHT / 2 + 900 * (1 if i % 4 < 2 else -1)) for i in range(100)]
    hand.drag(wave, steps=8)


def fill(hand):
    hand.press("Shift+F")
    hand.drag([(3, 3)])


def divide(hand):
    hand.press("v", "Escape", "x")
    hand.drag([(2, HEIGHT / 2 - 5), (WIDTH - 2, HEIGHT / 2 + 5)], steps=40)


def on_chosen(share, *keys):
    def act(hand):
        hand.choose(share)
        hand.press(*keys)

    return act


def move(hand):
    hand.choose(0.2)
    x, y = WIDTH * 0.1, HEIGHT * 0.1
    hand.drag([(x, y), (x + 40, y + 30)], steps=10)


STEPS = {
    "nothing": lambda hand: None,
    "stroke round all": loop,
    "brush of 800 points": brush,
    "fill the gap": fill,
    "divide across": divide,
    "move a fifth": move,
    "nudge a fifth": on_chosen(0.2, "Control+ArrowRight"),
    "merge a fifth": on_chosen(0.2, "m"),
    "duplicate a fifth": on_chosen(0.2, "Control+d"),
    "simplify a fifth": on_chosen(0.2, "q", "Enter"),
    "copy all, paste": on_chosen(1, "Control+c", "Control+v"),
    "delete all": on_chosen(1, "Delete"),
}


def measure(page, world, shapes):
    hand = Hand(page)
    page.goto(world.url(world.label(shapes)))
    page.wait_for_selector("#editor[data-ready]")
    page.wait_for_timeout(2000)
    # The first order starts the worker, which is told of all shapes.
    for name, act in STEPS.items():
        page.evaluate("watch_()")
        act(hand)
        task, frame, took = page.evaluate("watched_()")
        tasks = f"longest task {task:.0f} ms" if task else "no task of 50 ms"
        print(
            f"  {name:<22} {tasks:<22} longest frame {frame:4.0f} ms, done after {took:6.0f} ms",
            flush=True,
        )
        if name != "nothing":
            page.wait_for_timeout(200)
            hand.press("Escape", "Control+z")
            page.wait_for_timeout(1500)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenes", default="400x40,2000x40,500x1000")
    asked = parser.parse_args()
    world = World(permit_overlap=False)
    with sync_playwright() as playwright, world.serving():
        browser = launch(playwright, limited=True)
        for scene in asked.scenes.split(","):
            context = browser.new_context(viewport=SCREEN)
            world.log_in(context)
            page = context.new_page()
            page.set_default_timeout(300_000)
            page.add_init_script(FRAMES + WATCH)
            print(scene, flush=True)
            measure(page, world, polygons(*map(int, scene.split("x"))))
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
