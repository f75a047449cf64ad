"""Draw in the editor as a person does: by pointer and keys, in image coordinates."""

import io
import json
from contextlib import contextmanager

import shapely
from django.conf import settings
from django.test import Client
from PIL import Image as Picture
from playwright.sync_api import TimeoutError

from labeling.models import Label, Shape
from labeling.shapes import rings_of


class EditorPage:
    """The editor of one label, open in a browser."""

    def __init__(self, page, base_url):
        self.page = page
        self.base_url = base_url
        self.problems = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", self._note)

    def _note(self, message):
        # A refusal that a test asks for is logged by the browser as a failed resource.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.problems.append(message.text)

    def log_in(self, user):
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": client.cookies[name].value, "url": self.base_url}
        self.page.context.add_cookies([cookie])

    def open(self, label):
        self.page.goto(self.base_url + label.get_absolute_url())
        self.wait_for(label)

    def reload(self, label):
        self.wait_kept()
        self.page.reload()
        self.wait_for(label)

    def wait_for(self, label):
        self.wait_for_image(label)
        self.page.wait_for_selector("[data-shape-count]", state="attached")

    def wait_for_image(self, label):
        """What stands around the image may still be on its way."""
        try:
            self.page.wait_for_selector(f'#editor[data-ready="{label.pk}"]')
        except TimeoutError as problem:
            said = self.page.locator("body").inner_text()
            raise AssertionError(f"The editor did not open: {said} {self.problems}") from problem
        # The view is written when the first frame is drawn.
        self.page.wait_for_selector(".stage[data-scale]")

    def wait_for_another(self, label):
        """Wait until another label than this one is open, and return its row."""
        self.page.wait_for_selector(f'#editor[data-ready]:not([data-ready="{label.pk}"])')
        return Label.objects.get(pk=self.page.locator("#editor").get_attribute("data-ready"))

    def on_screen(self, x, y):
        stage = self.page.locator(".stage")
        box = stage.bounding_box()
        view = stage.evaluate("({dataset: d}) => [+d.scale, +d.x, +d.y]")
        return box["x"] + x * view[0] + view[1], box["y"] + y * view[0] + view[2]

    def click(self, x, y, **options):
        self.page.mouse.click(*self.on_screen(x, y), **options)

    def drag(self, *points, button="left", steps=4):
        """Press at the first point, go through the others, let go at the last."""
        places = [self.on_screen(x, y) for x, y in points]
        self.page.mouse.move(*places[0])
        self.page.mouse.down(button=button)
        for place in places[1:]:
            self.page.mouse.move(*place, steps=steps)
        self.page.mouse.up(button=button)

    def polygon(self, *points):
        for x, y in points:
            self.click(x, y)
        self.page.keyboard.press("Enter")

    def loop(self, x0, y0, x1, y1, **options):
        """A closed stroke along a rectangle."""
        self.drag((x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0), **options)

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def zoom(self, *keys):
        """Press keys that change the view, and wait for the frame that shows it."""
        self.press(*keys)
        self.page.evaluate("new Promise(requestAnimationFrame)")

    @contextmanager
    def held(self, key):
        self.page.keyboard.down(key)
        yield
        self.page.keyboard.up(key)

    def use(self, tool):
        self.page.click(f'[data-command="tool-{tool}"]')

    def picture(self, clip=None):
        """What one sees of the page, or of a part of it."""
        return Picture.open(io.BytesIO(self.page.screenshot(clip=clip))).convert("RGB")

    def color_at(self, x, y):
        """The colour that one sees at a place of the image."""
        return self.picture().getpixel(tuple(round(value) for value in self.on_screen(x, y)))

    def wait_color(self, x, y, is_right):
        for _ in range(40):
            color = self.color_at(x, y)
            if is_right(color):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"The colour at {x}, {y} is {color}.")

    @property
    def save_state(self):
        return self.page.locator("[data-save-state]").get_attribute("data-save-state")

    def wait_saved(self):
        self.wait_state("saved")

    def wait_state(self, state):
        self.page.wait_for_selector(f'.save-state[data-save-state="{state}"]')

    def wait_kept(self):
        """As long as the browser's storage has not got everything, the page asks before it goes."""
        leave = "dispatchEvent(new Event('beforeunload', {cancelable: true}))"
        for _ in range(100):
            if self.page.evaluate(leave):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError("What is drawn is not in the browser's storage.")

    def toast(self):
        return self.page.locator(".toasts").inner_text()

    @property
    def count(self):
        return int(self.page.locator("[data-shape-count]").get_attribute("data-shape-count"))


def stored(label):
    """The current shapes of a label as (kind, class name, geometry), the lowest first."""
    rows = Shape.objects.current().filter(label=label).select_related("label_class")
    return [
        (row.kind, row.label_class.name, json.loads(row.geometry))
        for row in rows.order_by("z", "id")
    ]


def as_area(rings):
    """Rings filled even-odd, by another library than the editor's."""
    area = shapely.Polygon()
    for ring in rings:
        corners = list(zip(ring[::2], ring[1::2], strict=True))
        area = area.symmetric_difference(shapely.Polygon(corners).buffer(0))
    return area


def areas(label):
    """The current shapes of a label as areas, the lowest first."""
    return [as_area(rings_of(kind, geometry)) for kind, _, geometry in stored(label)]


def revision(label):
    return Label.objects.values_list("rev", flat=True).get(pk=label.pk)
