"""What a frame costs while one pans, zooms, hovers and drags: the editor, Konva, Annotorious.

    (cd bench/editor && npm ci && npm run build)
    .venv/bin/python bench/editor/frames_bench.py [--only ours] [--scenes 100x40,20000x40,500x1000]

The same polygons on the same image, in Chromium without GPU. First without a limit of the frame
rate, so that the time between two frames is what a frame costs with everything that is painted;
then at 60 Hz: how many of 120 frames are late. The last column is the longest task of the page.
Our editor is driven by pointer and wheel events; the others by their fastest calls.
"""

import argparse
import json
from pathlib import Path

from playwright.sync_api import sync_playwright
from world import HEIGHT, SCREEN, WIDTH, World, launch, polygons

FRAMES = (Path(__file__).parent / "frames.js").read_text()
SCENES = "100x40,20000x40,500x1000"
ACTS = ("pan", "zoom", "hover", "drag")
OURS = {
    "pan": """async (n) => {
      const { at, middle } = ours_();
      at("pointerdown", middle.x, middle.y, { button: 1, buttons: 4 });
      const got = await frames_(n, (i) =>
        at("pointermove", middle.x + 150 * Math.sin(i / 10), middle.y + 90 * Math.cos(i / 10)));
      at("pointerup", middle.x, middle.y, { button: 1 });
      return got;
    }""",
    "zoom": """async (n) => {
      const { stage, middle, box } = ours_();
      return frames_(n, (i) => stage.dispatchEvent(new WheelEvent("wheel", {
        deltaY: i % 60 < 30 ? -60 : 60, clientX: box.left + middle.x, clientY: box.top + middle.y,
        bubbles: true, cancelable: true })));
    }""",
    "hover": """async (n) => {
      const { at, middle } = ours_();
      return frames_(n, (i) =>
        at("pointermove", middle.x + 300 * Math.sin(i / 15), middle.y + 200 * Math.cos(i / 11)));
    }""",
    "drag": """async (n, shape) => {
      const { at, view } = ours_();
      const { s, x, y } = view();
      const [px, py] = [shape[0] * s + x, shape[1] * s + y];
      let cx = 0, cy = 0;
      for (let i = 0; i < shape.length; i += 2) { cx += shape[i]; cy += shape[i + 1]; }
      const m = { x: (cx / shape.length) * 2 * s + x, y: (cy / shape.length) * 2 * s + y };
      at("pointerdown", m.x, m.y, { button: 0, buttons: 1 });
      at("pointerup", m.x, m.y, { button: 0 });
      await new Promise(requestAnimationFrame);
      at("pointerdown", px, py, { button: 0, buttons: 1 });
      const got = await frames_(n, (i) =>
        at("pointermove", px + 20 * Math.sin(i / 8), py + i / 8, { buttons: 1 }));
      at("pointerup", px, py, { button: 0 });
      return got;
    }""",
}
THEIRS = {
    "pan": """(n) => frames_(n, (i) =>
      scene.view(scene.s, scene.x + 150 * Math.sin(i / 10), scene.y + 90 * Math.cos(i / 10)))""",
    "zoom": """(n) => frames_(n, (i) => {
      const s = scene.s * 1.1 ** (30 - Math.abs((i % 60) - 30));
      scene.view(s, 700 - (700 / scene.s) * s, 450 - (450 / scene.s) * s);
    })""",
    "hover": """(n) => frames_(n, (i) =>
      scene.hover(700 + 300 * Math.sin(i / 15), 450 + 200 * Math.cos(i / 11)))""",
    "drag": """(n, shape) => frames_(n, (i) =>
      scene.drag(0, shape[0] + 30 * Math.sin(i / 8), shape[1] + i / 4))""",
}


def open_ours(page, world, label, count):
    page.goto(world.url(label))
    page.wait_for_selector(f'#editor[data-ready="{label.pk}"]')
    page.wait_for_selector(".layer.shapes canvas:not([hidden])", state="attached")
    page.keyboard.press("v")
    page.keyboard.press("0")
    page.wait_for_timeout(1000 + count / 5)


def open_theirs(page, world, name, shapes, picture):
    page.goto(f"http://127.0.0.1:{world.their_port}/{name}.html")
    page.wait_for_function("window.open_ !== undefined")
    page.evaluate(
        "([shapes, url, w, h]) => open_(JSON.parse(shapes), url, w, h)",
        [json.dumps(shapes), picture, WIDTH, HEIGHT],
    )
    page.wait_for_timeout(2000)


def measure(browser, world, name, shapes, label, frames):
    context = browser.new_context(viewport=SCREEN)
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.add_init_script(FRAMES)
    if name == "ours":
        world.log_in(context)
        open_ours(page, world, label, len(shapes))
    else:
        open_theirs(page, world, name, shapes, world.picture)
    acts = OURS if name == "ours" else THEIRS
    got = {act: page.evaluate(f"([n, shape]) => ({acts[act]})(n, shape)", [frames[act], shapes[0]])
           for act in ACTS}  # fmt: skip
    context.close()
    return got


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="ours,konva,annotorious")
    parser.add_argument("--scenes", default=SCENES)
    asked = parser.parse_args()
    world = World()
    scenes = {}
    for scene in asked.scenes.split(","):
        shapes = polygons(*map(int, scene.split("x")))
        scenes[scene] = shapes, world.label(shapes)
    world.picture = "scene.jpg"
    dist = Path(__file__).parent / "dist"
    dist.mkdir(exist_ok=True)
    (dist / "scene.jpg").write_bytes(Path(world.task.images().first().path).read_bytes())
    with sync_playwright() as playwright, world.serving():
        for limited in (False, True):
            print("at 60 Hz" if limited else "without a limit of the frame rate", flush=True)
            browser = launch(playwright, limited=limited)
            for scene, (shapes, label) in scenes.items():
                for name in asked.only.split(","):
                    slow = name != "ours" and len(shapes) * len(shapes[0]) > 100_000
                    count = 120 if limited else 60
                    frames = dict.fromkeys(ACTS, count // 6 if slow else count)
                    got = measure(browser, world, name, shapes, label, frames)
                    tell(scene, name, got, frames, limited=limited)
            browser.close()


def tell(scene, name, got, frames, *, limited):
    parts = []
    for act, one in got.items():
        what = f"{one['median']:.1f}/{one['p95']:.1f} ms"
        if limited:
            what = f"{one['late']} of {frames[act]} late, longest task {one['long']:.0f} ms"
        parts.append(f"{act} {what}")
    print(f"{scene:>10} {name:<12} " + " · ".join(parts), flush=True)


if __name__ == "__main__":
    main()
