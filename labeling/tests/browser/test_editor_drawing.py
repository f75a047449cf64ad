"""Draw with every tool in a real browser, and look at what the database holds."""

import pytest

from labeling.tests.browser.editing import stored

pytestmark = pytest.mark.browser


def near(numbers, wanted, tolerance=1.0):
    return len(numbers) == len(wanted) and all(
        abs(a - b) <= tolerance for a, b in zip(numbers, wanted, strict=True)
    )


def test_a_polygon_is_stored_where_it_was_clicked(editor, world):
    editor.use("polygon")
    editor.polygon((50, 50), (150, 50), (150, 120), (50, 120))
    editor.wait_saved()
    [(kind, name, geometry)] = stored(world.label)
    assert (kind, name) == ("polygon", "House")
    assert near(geometry["rings"][0], [50, 50, 150, 50, 150, 120, 50, 120])


def test_a_rectangle_is_stored_as_one(editor, world):
    editor.use("rectangle")
    editor.drag((200, 100), (300, 180))
    editor.wait_saved()
    [(kind, _, geometry)] = stored(world.label)
    assert kind == "rect"
    assert near([geometry[k] for k in ("cx", "cy", "w", "h", "angle")], [250, 140, 100, 80, 0], 2)


def test_what_is_stored_is_seen_where_it_lies(editor, world):
    editor.use("rectangle")
    before = editor.color_at(150, 100)
    editor.drag((100, 60), (200, 140))
    editor.wait_saved()
    editor.page.mouse.move(5, 5)
    editor.wait_color(150, 100, lambda color: color != before and color[0] > color[1])
    with editor.held("h"):
        editor.wait_color(150, 100, lambda color: color == before)
    editor.page.reload()
    editor.wait_for(world.label)
    editor.wait_color(150, 100, lambda color: color[0] > color[1])
    # Zoomed and moved, the shape is still on the same part of the image.
    editor.page.mouse.move(*editor.on_screen(150, 100))
    editor.page.mouse.wheel(0, -600)
    editor.wait_color(110, 70, lambda color: color[0] > color[1])
    editor.wait_color(90, 100, lambda color: color[0] == color[1])
