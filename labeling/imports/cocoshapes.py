"""One annotation of COCO as shapes: outlines, run lengths, boxes, keypoints. No Django."""

from labeling.imports.contents import BadFile, FileShape
from labeling.imports.fitting import rect, rect_of_corners, rings_of_parts
from labeling.imports.tracing import mask_of_runs, rings_of_mask, runs_of_text

# What our own files say of a shape beside its own attributes.
OURS = ("shape_id", "label_id", "labeler_id", "revision", "kind", "z")
OCCLUDED, VISIBLE = 1, 2


def shapes_of_annotation(annotation, category, where):
    """The shapes of an annotation; a person with outline and keypoints is two."""
    attributes = annotation.get("attributes")
    attributes = dict(attributes) if isinstance(attributes, dict) else {}
    is_ours = "shape_id" in attributes and "kind" in attributes
    about = {name: attributes.pop(name, None) for name in OURS} if is_ours else {}
    score = annotation.get("score")
    common = {
        "class_name": category["name"],
        "where": where,
        "attributes": attributes,
        "uid": about.get("shape_id") or "",
        "z": about.get("z"),
        "score": score if type(score) in (int, float) else None,
    }
    return [
        FileShape(kind=kind, geometry=geometry, **common)
        for kind, geometry in _geometries(annotation, category, about.get("kind"))
    ]


def _geometries(annotation, category, kind):
    points = _points(annotation.get("keypoints"), category.get("keypoints"))
    found = [("points", {"points": points})] if points else []
    if kind == "points":
        return found
    area = _area(annotation, kind, is_wanted=not found)
    return [area, *found] if area else found


def _area(annotation, kind, is_wanted):
    segmentation = annotation.get("segmentation")
    if isinstance(segmentation, dict):
        rings = _rings_of_runs(segmentation)
        if rings or not is_wanted:
            return ("polygon", {"rings": rings}) if rings else None
        raise BadFile("Its mask is empty")
    if segmentation:
        if not isinstance(segmentation, list):
            raise BadFile("Its segmentation is neither a list nor run lengths")
        turned = rect_of_corners(segmentation[0]) if kind == "rect" else None
        if turned:
            return "rect", turned
        return "polygon", {"rings": rings_of_parts(segmentation)}
    box = annotation.get("bbox")
    if isinstance(box, list) and len(box) == 4 and all(type(n) in (int, float) for n in box):
        x, y, width, height = box
        if width > 0 and height > 0:
            return "rect", rect(x, y, x + width, y + height)
    if is_wanted:
        raise BadFile("It has no segmentation, no box with an area and no keypoints")
    return None


def _rings_of_runs(segmentation):
    size, counts = segmentation.get("size"), segmentation.get("counts")
    if not (isinstance(size, list) and len(size) == 2 and all(type(n) is int for n in size)):
        raise BadFile("Its mask has no size")
    if isinstance(counts, str):
        counts = runs_of_text(counts)
    if not isinstance(counts, list) or not all(type(count) is int for count in counts):
        raise BadFile("Its mask has no run lengths")
    height, width = size
    if len(counts) < 2:
        return []
    return rings_of_mask(mask_of_runs(counts, width, height))


def _points(keypoints, names):
    if not isinstance(keypoints, list) or len(keypoints) % 3:
        return []
    names = names if isinstance(names, list) else []
    points = []
    for at in range(0, len(keypoints), 3):
        x, y, seen = keypoints[at : at + 3]
        if seen in (OCCLUDED, VISIBLE):
            place = at // 3
            name = str(names[place]) if place < len(names) else f"point {place + 1}"
            points.append({"name": name, "x": x, "y": y, "visible": seen == VISIBLE})
    return points
