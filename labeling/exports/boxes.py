"""Boxes of shapes in thousandths of a pixel, in which every one of ours is exact. No Django."""

from labeling.shapes import points_of

PIXEL = 1000
# Boxes whose edges are such multiples have hundredths for a centre and a size.
STEP = 20


def is_upright(kind, geometry):
    """Whether the shape is a rectangle with edges along those of the image."""
    return kind == "rect" and geometry["angle"] == 0


def edges_of(kind, geometry):
    """(left, top, right, bottom) in thousandths of a pixel; upright rectangles exactly.

    Half of a width of .01 is no hundredth, so the corners of such a rectangle are rounded
    elsewhere.
    """
    if is_upright(kind, geometry):
        cx, cy, w, h = (round(geometry[name] * PIXEL) for name in ("cx", "cy", "w", "h"))
        return cx - w // 2, cy - h // 2, cx - w // 2 + w, cy - h // 2 + h
    xs, ys = zip(*points_of(kind, geometry), strict=True)
    around = (min(xs), min(ys), max(xs), max(ys))
    left, top, right, bottom = (round(edge * PIXEL) for edge in around)
    return left, top, right, bottom


def box_on_image(kind, geometry, image):
    """The box of what is seen of a shape, as (left, top, right, bottom) in thousandths.

    Boxes that are no upright rectangle within the image grow to multiples of .02, so that
    centre and size of the box are hundredths and come back as they went. None: nothing is seen.
    """
    edges = edges_of(kind, geometry)
    width, height = image.width * PIXEL, image.height * PIXEL
    inside = (
        max(edges[0], 0),
        max(edges[1], 0),
        min(edges[2], width),
        min(edges[3], height),
    )
    if inside != edges or not is_upright(kind, geometry):
        left, top, right, bottom = inside
        inside = (_down(left), _down(top), -_down(-right), -_down(-bottom))
    return inside if inside[0] < inside[2] and inside[1] < inside[3] else None


def _down(value):
    return value // STEP * STEP
