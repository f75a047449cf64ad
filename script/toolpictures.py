"""Photograph each tool at work on one house of the demo; script/screenshots calls this."""

import io
from pathlib import Path

from PIL import Image

# Where the house is on the screen at the size of the window, and the part that is photographed.
SIZE = {"width": 1100, "height": 760}
X, Y = 408, 464
WIDTH, HEIGHT = 360, 250
CORNERS = [(-47, -88), (78, -86), (74, 90), (-88, 84), (-85, 8), (-50, 6)]
BOX = [(-88, -88), (78, 90)]


class Hand:
    """A pointer whose places are those of the house."""

    def __init__(self, page, folder):
        self.page = page
        self.folder = Path(folder)

    def at(self, x, y):
        return X + x, Y + y

    def drag(self, *places, release=True):
        self.page.mouse.move(*self.at(*places[0]))
        self.page.mouse.down()
        for place in places[1:]:
            self.page.mouse.move(*self.at(*place), steps=12)
        if release:
            self.page.mouse.up()

    def click(self, *places):
        for place in places:
            self.page.mouse.click(*self.at(*place))

    def photograph(self, name):
        self.page.wait_for_timeout(500)
        clip = {"x": X - WIDTH / 2, "y": Y - HEIGHT / 2, "width": WIDTH, "height": HEIGHT}
        picture = Image.open(io.BytesIO(self.page.screenshot(clip=clip)))
        picture.save(self.folder / f"tool-{name}.webp", quality=70, method=6)

    def clear(self):
        self.page.mouse.up()
        for key in ("Escape", "Escape", "v", "Control+A", "Delete", "1"):
            self.page.keyboard.press(key)


def allow_every_tool(page, server):
    """As staff do it: none ticked is all of them; cars get two keypoints."""
    page.goto(f"{server}/admin/labeling/labeltask/")
    page.goto(server + page.get_attribute("#result_list tbody th a", "href"))
    ticked = page.locator("[name=tools]:checked")
    while ticked.count():
        ticked.first.uncheck()
    page.select_option("#id_default_tool", "")
    page.click("[name=_continue]")
    page.goto(server + page.get_attribute(".field-details a >> nth=3", "href"))
    page.fill("[name=skeleton]", "bonnet - boot")
    page.click("[name=_save]")


def photograph_tools(page, folder):
    """Each tool while it draws, or with what it has just drawn."""
    page.set_viewport_size(SIZE)
    page.click("text=Label next image")
    page.wait_for_selector("#editor[data-ready]")
    page.wait_for_timeout(1500)
    page.mouse.move(X, Y)
    for _ in range(3):
        page.mouse.wheel(0, -240)
    hand = Hand(page, folder)
    for name, (key, act) in TOOLS.items():
        page.keyboard.press(key)
        act(hand)
        hand.photograph(name)
        hand.clear()


def rotated(hand):
    hand.drag(CORNERS[3], CORNERS[2])
    hand.page.mouse.move(*hand.at(78, -86))


def brush(hand):
    for _ in range(8):
        hand.page.keyboard.press("]")
    hand.drag((-60, 40), (50, 40), (50, -50), (0, -40), release=False)


def eraser(hand):
    draw_house(hand)
    hand.page.keyboard.press("e")
    hand.drag((-100, 60), (0, 60), (10, 20), release=False)


def draw_house(hand):
    hand.page.keyboard.press("p")
    hand.click(*CORNERS)
    hand.page.keyboard.press("Enter")


def split(hand):
    draw_house(hand)
    hand.page.keyboard.press("x")
    hand.drag((-110, 8), (100, 8), release=False)


def fill(hand):
    hand.page.keyboard.press("r")
    for box in ([(-120, -110), (-60, 110)], [(40, -110), (120, 110)]):
        hand.drag(*box)
    for box in ([(-120, -120), (120, -60)], [(-120, 60), (120, 118)]):
        hand.drag(*box)
    hand.page.keyboard.press("Shift+F")
    hand.click((0, 0))


def keypoints(hand):
    hand.page.keyboard.press("4")
    hand.page.keyboard.press("k")
    hand.click((-20, 60))
    hand.page.mouse.move(*hand.at(40, -50))


def select(hand):
    draw_house(hand)
    hand.page.keyboard.press("v")
    hand.click((0, -40))


TOOLS = {
    "select": ("v", select),
    "rectangle": ("r", lambda hand: hand.drag(*BOX, release=False)),
    "rotated_rectangle": ("Shift+R", rotated),
    "polygon": ("p", lambda hand: hand.click(*CORNERS[:4])),
    "freehand": ("f", lambda hand: hand.drag(*CORNERS, release=False)),
    "brush": ("b", brush),
    "eraser": ("e", eraser),
    "fill": ("Shift+F", fill),
    "split": ("x", split),
    "circle": ("c", lambda hand: hand.drag((0, 0), (70, 40), release=False)),
    "ellipse": ("Shift+C", lambda hand: hand.drag(*BOX, release=False)),
    "polyline": ("l", lambda hand: hand.click(*CORNERS[3:], (20, 0))),
    "point": ("o", lambda hand: hand.click((0, -40), (20, 40))),
    "keypoints": ("k", keypoints),
}
