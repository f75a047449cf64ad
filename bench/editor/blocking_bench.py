"""Does any step of the editor keep its page from drawing for more than 50 ms?

    .venv/bin/python bench/editor/blocking_bench.py [--scenes 400x40,2000x40,500x1000,20000x40]
        [--steps PART,PART] [--runs 1] [--why]

Where shapes must not overlap, by the pointer and the keys of the browser, the whole image in sight.
Each step is done, undone, and done and undone once more: the first time is cold (scripts and
workers are started, nothing is compiled), the second is warm. Told are the longest task of the page
(the browser tells of those of 50 ms and more), the longest time between two frames, how long the
page worked in the last event of the hand, and how long it takes until the step is done, saved and
the page quiet. Of several runs, each in a page of its own, the medians. The reference is the same
page while nobody does anything.
"""

import argparse
import itertools
import statistics
from pathlib import Path

from playwright.sync_api import sync_playwright
from world import HEIGHT, SCREEN, WIDTH, World, launch, polygons, suggest

WATCH = (Path(__file__).parent / "watch.js").read_text()


class Hand:
    """Works on the image by its own pixels, the whole of which is in sight."""

    def __init__(self, page):
        self.page = page
        self.view = self.box = None

    def look(self):
        stage = self.page.locator(".stage")
        self.view = stage.evaluate("({dataset: d}) => [+d.scale, +d.x, +d.y]")
        self.box = stage.bounding_box()

    def place(self, x, y):
        scale, left, top = self.view
        return self.box["x"] + x * scale + left, self.box["y"] + y * scale + top

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def drag(self, points, steps=1, held=None):
        """Press at the first point, go through the others in so many moves each, let go."""
        mouse = self.page.mouse
        if held:
            self.page.keyboard.down(held)
        mouse.move(*self.place(*points[0]))
        mouse.down()
        for a, b in itertools.pairwise(points):
            for i in range(1, steps + 1):
                share = i / steps
                mouse.move(*self.place(*(p + (q - p) * share for p, q in zip(a, b, strict=True))))
        mouse.up()
        if held:
            self.page.keyboard.up(held)

    def command(self, words):
        """By its name, as one finds it in the palette."""
        self.press("Control+k")
        self.page.wait_for_selector("dialog.palette[open]")
        self.page.keyboard.type(words)
        self.press("Enter")

    def wait_quiet(self):
        return self.page.evaluate("quiet_()")


def stroke(x0, y0, x1, y1, moves=150):
    """Four sides of a rectangle, by hand."""

    def act(hand):
        corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)]
        hand.drag([(WIDTH * x, HEIGHT * y) for x, y in corners], steps=moves)

    return act


def keys(*names):
    return lambda hand: hand.press(*names)


def named(words):
    return lambda hand: hand.command(words)


def choose(share):
    """Select the shapes of the left upper part of the image, or all."""

    def act(hand):
        hand.press("v", "Escape")
        if share == 1:
            hand.press("Control+a")
        else:
            end = (WIDTH * share, HEIGHT * share)
            hand.drag([(5, 5), end], steps=3, held="Shift")

    return act


def together(*acts):
    def act(hand):
        for one in acts:
            one(hand)

    return act


def brush(hand):
    x = [WIDTH * (0.05 + 0.9 * i / 40) for i in range(41)]
    hand.drag([(at, HEIGHT * (0.4 if i % 2 else 0.6)) for i, at in enumerate(x)], steps=4)


def fill(hand):
    hand.drag([(3, 3), (3, 3)])


def divide(hand):
    hand.drag([(2, HEIGHT * 0.3), (WIDTH - 2, HEIGHT * 0.7)], steps=40)


def drag_chosen(hand):
    x, y = hand.shape
    hand.drag([(x, y), (x + 30, y + 20)], steps=12)


def draw_with(key):
    return keys("v", "Escape", key)


# What it is called; what is done before it, which is not measured; what is measured.
STEPS = [
    ("nothing", keys("Escape"), lambda hand: None),
    ("stroke of 600 points", draw_with("f"), stroke(0.4, 0.4, 0.5, 0.5)),
    ("stroke round all", draw_with("f"), stroke(0.04, 0.04, 0.96, 0.96)),
    ("brush across", draw_with("b"), brush),
    ("fill the gap", draw_with("Shift+F"), fill),
    ("divide across", draw_with("x"), divide),
    ("select all", keys("v", "Escape"), keys("Control+a")),
    ("select by a band", keys("v", "Escape"), choose(0.9)),
    ("nudge all", choose(1), keys("Control+ArrowRight")),
    ("drag all", choose(1), drag_chosen),
    ("class of all", together(keys("2"), choose(1)), keys("1")),
    ("all to the back", choose(1), keys("PageDown")),
    ("a fifth to the front", choose(0.45), keys("PageUp")),
    ("nudge a fifth", choose(0.45), keys("Control+ArrowRight")),
    ("drag a fifth", choose(0.45), drag_chosen),
    ("merge a fifth", choose(0.45), keys("m")),
    ("duplicate a fifth", choose(0.45), keys("Control+d")),
    ("simplify all", together(choose(1), keys("q")), keys("Enter")),
    ("fill the holes of all", choose(1), named("fill the holes")),
    ("all to ellipses", choose(1), named("an ellipse")),
    ("lock all", choose(1), keys("Shift+L")),
    ("unlock all", choose(1), keys("Shift+L")),
    ("copy all", choose(1), keys("Control+c")),
    ("paste all", keys("Escape"), keys("Control+v")),
    ("duplicate all", choose(1), keys("Control+d")),
    ("delete all", choose(1), keys("Delete")),
]
# On an image on which nothing is drawn, and as much is suggested (the server gives 5,000 at most).
SUGGESTED = [("accept all suggestions", keys("v", "Escape"), keys("Control+Shift+Y"))]
# What leaves nothing to be undone.
LASTING = {"nothing", "select all", "select by a band", "lock all", "unlock all", "copy all"}


class Figures(dict):
    """What was seen of each moment, over all runs; told when it is complete."""

    def add(self, name, seen):
        self.setdefault(name, []).append(seen)

    def tell(self):
        print(f"  {'':<34} {'task':>6} {'frame':>6} {'event':>6} {'done after':>10}   in ms")
        for name, seen in self.items():
            task, frame, event, took = (
                statistics.median(one[part] for one in seen)
                for part in ("task", "frame", "event", "took")
            )
            long = f"{task:.0f}" if task else "< 50"
            print(f"  {name:<34} {long:>6} {frame:>6.0f} {event:>6.0f} {took:>10.0f}", flush=True)


class Bench:
    def __init__(self, browser, world, asked):
        self.browser, self.world, self.asked = browser, world, asked

    def run(self, count, vertices):
        figures = Figures()
        for _ in range(self.asked.runs):
            context = self.browser.new_context(viewport=SCREEN)
            self.world.log_in(context)
            page = context.new_page()
            page.set_default_timeout(600_000)
            page.add_init_script(WATCH)
            problems = []
            page.on("pageerror", lambda error, found=problems: found.append(str(error)))
            shapes = polygons(count, vertices)
            drawn, empty = self.world.label(shapes), self.world.label([])
            suggest(empty, shapes)
            self.measure(page, figures, drawn, shapes, STEPS)
            self.measure(page, figures, empty, shapes, SUGGESTED)
            if problems:
                print("  FAULTS IN THE PAGE:", *problems, sep="\n    ")
            context.close()
        figures.tell()

    def measure(self, page, figures, label, shapes, steps):
        steps = [one for one in steps if self.is_asked(one[0])]
        if not steps:
            return
        hand = Hand(page)
        hand.shape = [sum(part) / len(part) for part in (shapes[0][::2], shapes[0][1::2])]
        page.goto(self.world.url(label))
        page.wait_for_selector("#editor[data-ready]")
        self.note(page, figures, "open" if steps[0] in STEPS else "open with suggestions")
        hand.look()
        for name, before, act in steps:
            for how in ("cold", "warm"):
                before(hand)
                hand.wait_quiet()
                self.step(page, figures, f"{name}, {how}", lambda act=act: act(hand))
                if name in LASTING:
                    continue
                self.step(page, figures, f"{name}: undo, {how}", lambda: hand.press("Control+z"))

    def is_asked(self, name):
        return not self.asked.steps or any(part in name for part in self.asked.steps)

    def step(self, page, figures, name, act):
        page.evaluate("watch_()")
        act()
        self.note(page, figures, name)

    def note(self, page, figures, name):
        seen = page.evaluate("watched_()")
        figures.add(name, seen)
        if self.asked.why:
            print(f"  {name}: {seen['task']:.0f} ms", flush=True)
            for script in seen["scripts"]:
                print(f"      {script}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenes", default="400x40,2000x40,500x1000,20000x40")
    parser.add_argument("--steps", type=lambda text: text.split(","), default=[])
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--why", action="store_true", help="tell of each long frame what ran in it")
    asked = parser.parse_args()
    world = World(permit_overlap=False)
    with sync_playwright() as playwright, world.serving():
        browser = launch(playwright, limited=True)
        bench = Bench(browser, world, asked)
        for scene in asked.scenes.split(","):
            print(scene, flush=True)
            bench.run(*map(int, scene.split("x")))
        browser.close()


if __name__ == "__main__":
    main()
