"""COCO: what detection and segmentation tools read. See docs/exports.md. No Django."""

import shutil
from collections import Counter

import orjson

from labeling.exports.measuring import are_apart, measure_rings
from labeling.rasterising import runs_of
from labeling.shapes import box_of, rings_of

# Images and shapes are written, and shapes measured, in batches of about so many.
BATCH = 2_000
SEPARATOR = b",\n"


def write(file, task, images, *, scratch):
    """Write a COCO file image by image; the answer is what COCO cannot carry, {note: times}.

    scratch() opens an unnamed file. Annotations wait in one because images come before
    them, keypoints in another because a category must first know all of its points.
    """
    with scratch() as annotations, scratch() as keypoints:
        writer = _Annotations(annotations, keypoints)
        file.write(b'{"info":' + orjson.dumps(_info(task)))
        file.write(b',\n"licenses":[],\n"images":[\n')
        _write_rows(file, _images(images, writer))
        file.write(b'\n],\n"annotations":[\n')
        writer.copy_to(file)
        file.write(b'\n],\n"categories":[\n')
        _write_rows(file, _categories(task, writer.point_names))
        file.write(b"\n]}\n")
        return dict(writer.notes)


def _info(task):
    return {
        "description": task.title,
        "version": f"S3Label {task.version}",
        "task_id": task.id,
        "status": task.status,
    }


def _write_rows(file, rows):
    separator = b""
    for row in rows:
        file.write(separator + orjson.dumps(row))
        separator = SEPARATOR


def _images(images, writer):
    """The rows of the images, while their annotations go to the writer in batches."""
    batch, size = [], 0
    for image in images:
        yield {
            "id": image.id,
            "file_name": image.name,
            "width": image.width,
            "height": image.height,
            "path": image.path,
            "sha256": image.sha256,
            "dataset_id": image.dataset,
            "labels": [
                {"id": label.id, "labeler_id": label.labeler}
                | {"status": label.status, "revision": label.rev}
                for label in image.labels
            ],
        }
        batch.append(image)
        size += 1 + sum(len(label.shapes) for label in image.labels)
        if size >= BATCH:
            writer.add(batch)
            batch, size = [], 0
    writer.add(batch)


def _categories(task, point_names):
    for label_class in task.classes:
        category = {"id": label_class.id, "name": label_class.name, "supercategory": ""}
        names = point_names.get(label_class.id)
        yield category | ({"keypoints": list(names), "skeleton": []} if names else {})


class _Annotations:
    def __init__(self, file, keypoint_file):
        self.file, self.keypoint_file = file, keypoint_file
        self.point_names = {}  # {category: {name of a point: its place}}
        self.notes: Counter[str] = Counter()
        self.last_id = 0

    def add(self, images):
        """Write the annotations of some images, measuring their shapes together."""
        rows, shapes_rings, keypoints = [], [], []
        for image in images:
            for label in image.labels:
                for shape in label.shapes:
                    if shape.kind == "line":
                        self.notes["A line was left out: COCO has none."] += 1
                    elif shape.kind == "points":
                        keypoints.append(
                            self._row(image, label, shape) | self._points(image, shape)
                        )
                    else:
                        rings, segmentation = _segmentation(image, shape)
                        row = self._row(image, label, shape)
                        row["segmentation"] = segmentation
                        rows.append(row)
                        shapes_rings.append(rings)
        _measure(rows, shapes_rings)
        self._append(self.file, rows)
        self._append(self.keypoint_file, keypoints)

    def copy_to(self, file):
        """Everything that was added, keypoints last and each with all points of its category."""
        self.file.seek(0)
        shutil.copyfileobj(self.file, file, 1 << 20)
        self.keypoint_file.seek(0)
        is_first = self.file.tell() == 0
        for line in self.keypoint_file:
            row = orjson.loads(line.rstrip(SEPARATOR))
            missing = len(self.point_names[row["category_id"]]) - len(row["keypoints"]) // 3
            row["keypoints"] += [0, 0, 0] * missing
            file.write((b"" if is_first else SEPARATOR) + orjson.dumps(row))
            is_first = False

    def _append(self, file, rows):
        if rows:
            file.write(SEPARATOR if file.tell() else b"")
            file.write(SEPARATOR.join(map(orjson.dumps, rows)))

    def _row(self, image, label, shape):
        self.last_id += 1
        attributes = {
            "shape_id": shape.uid,
            "label_id": label.id,
            "labeler_id": label.labeler,
            "revision": shape.rev,
            "kind": shape.kind,
            "z": shape.z,
        }
        if shape.attributes != "{}":
            own = orjson.loads(shape.attributes)
            for name in own.keys() & attributes.keys():
                self.notes[f"An attribute called {name} was left out: S3Label uses the name."] += 1
            attributes = own | attributes
        return {
            "id": self.last_id,
            "image_id": image.id,
            "category_id": shape.class_id,
            "iscrowd": 0,
            "attributes": attributes,
        }

    def _points(self, image, shape):
        """Keypoints in the order of the category, which learns the names that are new to it."""
        geometry = orjson.loads(shape.geometry)
        places = self.point_names.setdefault(shape.class_id, {})
        found = {}
        for number, point in enumerate(geometry["points"], 1):
            name = point["name"] or f"point {number}"
            name = name if name not in found else f"{name} ({number})"
            places.setdefault(name, len(places))
            found[name] = [point["x"], point["y"], 2 if point["visible"] else 1]
        keypoints = [number for name in places for number in found.get(name, [0, 0, 0])]
        left, top, right, bottom = box_of(shape.kind, geometry)
        return {
            # Nothing is covered; a list without polygons would stop pycocotools.
            "segmentation": {
                "size": [image.height, image.width],
                "counts": [image.width * image.height],
            },
            "area": 0,
            "bbox": [left, top, round(right - left, 2), round(bottom - top, 2)],
            "keypoints": keypoints,
            "num_keypoints": len(found),
        }


def _segmentation(image, shape):
    """(the rings of a shape, what COCO calls its segmentation)."""
    geometry = orjson.loads(shape.geometry)
    rings = rings_of(shape.kind, geometry)
    if len(rings) == 1 and shape.kind == "polygon":
        # The numbers exactly as they are kept: {"rings":[[…]]} without its wrapping.
        return rings, orjson.Fragment(shape.geometry[len('{"rings":') : -1])
    if len(rings) == 1 or are_apart(rings):
        return rings, rings
    counts = runs_of(rings, image.width, image.height)
    return rings, {"size": [image.height, image.width], "counts": counts}


def _measure(rows, shapes_rings):
    areas, boxes = measure_rings([ring for rings in shapes_rings for ring in rings])
    at = 0
    for row, rings in zip(rows, shapes_rings, strict=True):
        row["area"], row["bbox"] = areas[at], boxes[at]
        if len(rings) > 1:
            after = at + len(rings)
            row["area"], row["bbox"] = round(sum(areas[at:after]), 4), _around(boxes[at:after])
        if isinstance(row["segmentation"], dict):
            row["area"] = sum(row["segmentation"]["counts"][1::2])
        at += len(rings)


def _around(boxes):
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right = max(box[0] + box[2] for box in boxes)
    bottom = max(box[1] + box[3] for box in boxes)
    return [left, top, round(right - left, 2), round(bottom - top, 2)]
