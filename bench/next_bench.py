"""From "Submit and next" to the next picture on the screen, in Chromium, as a labeler has it.

    .venv/bin/python bench/next_bench.py http://127.0.0.1:8000 EMAIL PASSWORD [TIMES]

Needs a running S3Label (script/server) and a labeler with free images left: it submits
TIMES (20) images of the labeler's first task, each as it is. The clock of the page runs from
the key to the second frame after the next picture is there. Beside it, in the same run, the
time that one bare request for a page (/healthz) takes in the same browser.
"""

import argparse
import shutil
import statistics

from playwright.sync_api import sync_playwright

# Resolves with milliseconds from the key to the frame after the one with the next picture.
SUBMIT = """key => new Promise(done => {
  const editor = document.querySelector("#editor"), before = editor.dataset.ready;
  const start = performance.now();
  const look = () => {
    const now = editor.dataset.ready;
    if (now && now !== before)
      requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)));
    else requestAnimationFrame(look);
  };
  window.dispatchEvent(new KeyboardEvent("keydown", key));
  look();
})"""
REQUEST = """async () => {
  const start = performance.now();
  await (await fetch("/healthz")).text();
  return performance.now() - start;
}"""
# As long as somebody needs to see that an image holds nothing.
LOOKING_MS = 6000
ENTER = {"key": "Enter", "code": "Enter", "ctrlKey": True, "bubbles": True}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("address")
    parser.add_argument("email")
    parser.add_argument("password")
    parser.add_argument("times", type=int, nargs="?", default=20)
    asked = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(asked.address)
        page.fill("input[name=username]", asked.email)
        page.fill("input[name=password]", asked.password)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        with page.expect_navigation():
            page.locator(".task-actions button").first.click()
        page.wait_for_selector("#editor[data-ready]")
        nexts, requests = [], []
        for _ in range(asked.times):
            page.wait_for_timeout(LOOKING_MS)
            requests.append(page.evaluate(REQUEST))
            nexts.append(page.evaluate(SUBMIT, ENTER))
        browser.close()
    tell("submit and next", nexts)
    tell("one bare request", requests)


def tell(what, times):
    times.sort()
    median = statistics.median(times)
    print(f"{what}: median {median:.0f} ms, longest {times[-1]:.0f} ms of {len(times)}")


if __name__ == "__main__":
    main()
