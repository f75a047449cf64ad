"""A huge image from the file to the screen: tiles, memory, frames.

    .venv/bin/python bench/editor/gigapixel_bench.py [WIDTH HEIGHT] [--deep]

Makes a JPEG, or a grey TIFF of 16 bits, of WIDTH × HEIGHT (40000 × 25000) with pyvips, lets the job
of a worker make its tiles and tells time, memory of the child and size; then opens it in Chromium
and pans, zooms and hovers, without a limit of the frame rate and at 60 Hz, with 1,000 polygons on
it. Then it draws all over the image, with all of it in sight and one to one, compares what is
stored with where the pointer was, and tells what the page holds.
"""

import argparse
import hashlib
import resource
import time
from pathlib import Path

import pyvips
from django.conf import settings
from frames_bench import FRAMES, OURS, open_ours
from playwright.sync_api import sync_playwright
from session_bench import memory, open_label
from world import SCREEN, World, launch, polygons

from datasets.caching import cache_path
from datasets.models import Image, Tiling
from datasets.pyramids import TILES
from datasets.tiling import want_tiles
from labeling.shapes import box_of
from labeling.tests.browser.editing import EditorPage, stored

WINDOW = """async (n) => {
  const level = document.querySelector('[data-look="level"]');
  return frames_(n, (i) => {
    level.value = 30_000 + 9_000 * Math.sin(i / 10);
    level.dispatchEvent(new Event("input"));
  });
}"""


def make(path, width, height, *, deep):
    rings = pyvips.Image.zone(width // 10, height // 10).resize(10, kernel="linear")
    if deep:
        noise = pyvips.Image.gaussnoise(width, height, sigma=50)
        grey = (rings * 20_000 + noise + 30_000).cast("ushort")
        return grey.tiffsave(str(path), compression="lzw", predictor="horizontal", bigtiff=True)
    color = ((rings + 1) * 127).bandjoin([(rings + 1) * 90, (1 - rings) * 127])
    return color.cast("uchar").copy(interpretation="srgb").jpegsave(str(path), Q=85)


def make_tiles(label, width, height, *, deep):
    image = label.image
    make(image.path, width, height, deep=deep)
    image.format = "TIFF" if deep else "JPEG"
    path = Path(image.path)
    with path.open("rb") as file:
        image.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    about = path.stat()
    image.byte_size, image.mtime_ns = about.st_size, about.st_mtime_ns
    image.width, image.height = width, height
    image.save()
    want_tiles(image)
    job, start = Tiling.objects.get(), time.monotonic()
    job.run()
    took = time.monotonic() - start
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
    with_tiles = cache_path(settings.CACHE_DIR, image.sha256, TILES)
    size = with_tiles.stat().st_size / 1e6 if with_tiles.exists() else 0
    print(f"{width:,} × {height:,}, a {image.format} of {about.st_size / 1e6:.0f} MB: tiles "
          f"{job.status} in {took:.0f} s, {width * height / took / 1e6:.0f} million pixels/s, "
          f"child at most {child:.0f} MB, pyramid {size:.0f} MB {job.error}",
          flush=True)  # fmt: skip


def look(browser, world, label, frames):
    context = browser.new_context(viewport=SCREEN)
    world.log_in(context)
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.add_init_script(FRAMES)
    print(f"  opened after {open_label(page, world, label):.0f} ms")
    open_ours(page, world, label, 1000)
    for act in ("pan", "zoom", "hover"):
        tell(act, page.evaluate(f"(n) => ({OURS[act]})(n)", frames), frames)
    page.keyboard.press("i")
    page.wait_for_selector('[data-look="brightness"]')
    if page.locator('[data-look="level"]').is_visible():
        tell("level of the window", page.evaluate(f"(n) => ({WINDOW})(n)", frames), frames)
        page.get_by_role("button", name="Picture adjusted").click()
    page.keyboard.press("i")
    # Far in, and across: many more tiles than are kept.
    for key in ["+"] * 30:
        page.keyboard.press(key)
        page.wait_for_timeout(60)
    for _ in range(5):
        for key in ("-",) * 12 + ("Shift+ArrowRight", "Shift+ArrowDown") * 4 + ("+",) * 12:
            page.keyboard.press(key)
            page.wait_for_timeout(60)
    heap, resident = memory(page, context.new_cdp_session(page))
    print(f"  after a long way: heap {heap:.1f} MB, renderers {resident:.0f} MB", flush=True)
    draw(page, label, context.new_cdp_session(page))
    context.close()


def tell(act, got, frames):
    print(f"  {act}: {got['median']:.1f}/{got['p95']:.1f} ms, {got['late']} of {frames} longer "
          f"than 25 ms, longest task {got['long']:.0f} ms", flush=True)  # fmt: skip


def draw(page, label, session, places=24):
    """A rectangle with the whole image in sight and a loop one to one, at each of many places."""
    editor = EditorPage(page, "")
    width, height = label.image.width, label.image.height
    known = len(stored(label))
    drawn, told = [], []
    for number in range(places):
        x = width * (0.05 + 0.85 * number / places)
        y = height * (0.05 + 0.8 * (number * 7 % places) / places)
        editor.press("0")
        page.wait_for_timeout(100)
        editor.press("r")
        drawn.append(drag_on_pixels(editor, (x, y), (x + width / 20, y + height / 20)))
        drawn.append(loop_in(editor, x + width / 40, y + height / 40))
        if number % 8 == 7:
            told.append("{:.1f}/{:.0f}".format(*memory(page, session)))
    editor.wait_saved()
    boxes = [box_of(kind, geometry) for kind, _, geometry in stored(label)[known:]]
    off = [
        max(abs(a - b) for a, b in zip(box, wanted, strict=True))
        for box, wanted in zip(boxes, drawn, strict=True)
    ]
    print(f"  drawn at {places} places: stored to {max(off[::2]):.3f} px with all in sight, to "
          f"{max(off[1::2]):.3f} px one to one; heap/renderers meanwhile {', '.join(told)} MB",
          flush=True)  # fmt: skip


def drag_on_pixels(editor, *corners):
    """From whole pixel to whole pixel of the screen, the pointer knows no others; gives the box."""
    places = [[round(at) for at in editor.on_screen(*corner)] for corner in corners]
    start, one = editor.on_screen(0, 0), editor.on_screen(1, 1)
    mouse = editor.page.mouse
    mouse.move(*places[0])
    mouse.down()
    mouse.move(*places[1], steps=4)
    mouse.up()
    return [
        (at - start[axis]) / (one[axis] - start[axis])
        for place in places
        for axis, at in enumerate(place)
    ]


def loop_in(editor, x, y):
    """Zoom in there, to one to one, and draw round the middle of the stage; gives the box."""
    page = editor.page
    page.mouse.move(*editor.on_screen(x, y))
    for _ in range(20):
        page.mouse.wheel(0, -120)
        page.wait_for_timeout(20)
    editor.press("Shift+Digit0", "f")
    page.wait_for_selector('.stage[data-scale="1"]')
    stage = page.locator(".stage").bounding_box()
    left, top = page.locator(".stage").evaluate("({dataset: d}) => [+d.x, +d.y]")
    x, y = stage["width"] / 2 - left, stage["height"] / 2 - top
    editor.loop(x - 100, y - 100, x + 100, y + 100)
    return x - 100, y - 100, x + 100, y + 100


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("width", type=int, nargs="?", default=40_000)
    parser.add_argument("height", type=int, nargs="?", default=25_000)
    parser.add_argument("--deep", action="store_true")
    asked = parser.parse_args()
    world = World()
    grown = asked.width / 4000
    label = world.label([[value * grown for value in ring] for ring in polygons(1000, 40)])
    make_tiles(label, asked.width, asked.height, deep=asked.deep)
    assert Image.objects.get(pk=label.image_id).is_huge  # noqa: S101
    with sync_playwright() as playwright, world.serving():
        for limited in (False, True):
            print("at 60 Hz" if limited else "without a limit of the frame rate", flush=True)
            browser = launch(playwright, limited=limited)
            look(browser, world, label, 120 if limited else 60)
            browser.close()


if __name__ == "__main__":
    main()
