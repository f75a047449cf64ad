"""A huge image from the file to the screen: tiles, memory, frames.

    .venv/bin/python bench/editor/gigapixel_bench.py [WIDTH HEIGHT]

Makes a JPEG of WIDTH × HEIGHT (40000 × 25000) with pyvips, lets the job of a worker make its tiles
and tells time, memory of the child and size; then opens it in Chromium and pans, zooms and hovers,
without a limit of the frame rate and at 60 Hz, with 1,000 polygons on it.
"""

import argparse
import hashlib
import resource
import time
from pathlib import Path

import pyvips
from frames_bench import FRAMES, OURS, open_ours
from playwright.sync_api import sync_playwright
from session_bench import memory, open_label
from world import SCREEN, World, launch, polygons

from datasets.caching import cache_path
from datasets.models import Image, Tiling
from datasets.pyramids import TILES
from datasets.tiling import want_tiles


def make(path, width, height):
    rings = pyvips.Image.zone(width // 10, height // 10).resize(10, kernel="linear")
    color = ((rings + 1) * 127).bandjoin([(rings + 1) * 90, (1 - rings) * 127])
    color.cast("uchar").copy(interpretation="srgb").jpegsave(str(path), Q=85)


def make_tiles(label, width, height):
    image = label.image
    make(image.path, width, height)
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
    with_tiles = cache_path(Path(image.path).parents[2] / "cache", image.sha256, TILES)
    size = with_tiles.stat().st_size / 1e6 if with_tiles.exists() else 0
    print(f"{width:,} × {height:,}, a JPEG of {about.st_size / 1e6:.0f} MB: tiles {job.status} in "
          f"{took:.0f} s, {width * height / took / 1e6:.0f} million pixels/s, child at most "
          f"{child:.0f} MB, pyramid {size:.0f} MB {job.error}", flush=True)  # fmt: skip


def look(browser, world, label, frames):
    context = browser.new_context(viewport=SCREEN)
    world.log_in(context)
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.add_init_script(FRAMES)
    print(f"  opened after {open_label(page, world, label):.0f} ms")
    open_ours(page, world, label, 1000)
    for act in ("pan", "zoom", "hover"):
        got = page.evaluate(f"(n) => ({OURS[act]})(n)", frames)
        print(f"  {act}: {got['median']:.1f}/{got['p95']:.1f} ms, {got['late']} of {frames} longer "
              f"than 25 ms, longest task {got['long']:.0f} ms", flush=True)  # fmt: skip
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
    context.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("width", type=int, nargs="?", default=40_000)
    parser.add_argument("height", type=int, nargs="?", default=25_000)
    asked = parser.parse_args()
    world = World()
    grown = asked.width / 4000
    label = world.label([[value * grown for value in ring] for ring in polygons(1000, 40)])
    make_tiles(label, asked.width, asked.height)
    assert Image.objects.get(pk=label.image_id).is_huge  # noqa: S101
    with sync_playwright() as playwright, world.serving():
        for limited in (False, True):
            print("at 60 Hz" if limited else "without a limit of the frame rate", flush=True)
            browser = launch(playwright, limited=limited)
            look(browser, world, label, 120 if limited else 60)
            browser.close()


if __name__ == "__main__":
    main()
