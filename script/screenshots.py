"""Photograph the pages of a running demo; script/screenshots calls this."""

import contextlib
import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright
from toolpictures import allow_every_tool, photograph_tools

SIZE = {"width": 1440, "height": 900}


def passwords(data_dir):
    """{e-mail: password} from the file that the demo wrote."""
    lines = (Path(data_dir) / "demo-accounts.txt").read_text().splitlines()
    return {words[0]: words[-1] for words in map(str.split, lines) if "@" in "".join(words[:1])}


@contextlib.contextmanager
def logged_in(browser, server, email, password):
    page = browser.new_page(viewport=SIZE)
    page.goto(f"{server}/accounts/login/")
    page.fill("[name=username]", email)
    page.fill("[name=password]", password)
    page.click("main button.btn-primary, form button.btn-primary")
    page.wait_for_load_state("networkidle")
    yield page
    page.context.close()


def save(page, folder, name):
    """As WebP: a photo in a PNG has ten times the size."""
    picture = Image.open(io.BytesIO(page.screenshot()))
    picture.save(Path(folder) / f"{name}.webp", quality=82, method=6)
    sys.stdout.write(f"{name}: {page.url}\n")


def editor(page, folder):
    """A label with shapes, one house of them selected."""
    page.click(".open-labels a")
    page.wait_for_selector("#editor canvas")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(3000)
    page.keyboard.press("v")
    page.mouse.click(245, 452)  # the demo is the same every time
    page.wait_for_timeout(500)
    save(page, folder, "editor")


def main(server, data_dir, folder):
    Path(folder).mkdir(parents=True, exist_ok=True)
    known = passwords(data_dir)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        email = "ann@example.org"
        with logged_in(browser, server, email, known[email]) as page:
            save(page, folder, "tasks")
            editor(page, folder)
        email = "admin@example.org"
        with logged_in(browser, server, email, known[email]) as page:
            page.goto(f"{server}/admin/")
            save(page, folder, "admin")
            page.goto(f"{server}/admin/labeling/label/?status=submitted")
            page.wait_for_load_state("networkidle")
            save(page, folder, "review")
            allow_every_tool(page, server)
        email = "ben@example.org"
        with logged_in(browser, server, email, known[email]) as page:
            photograph_tools(page, folder)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
