"""COCO: what detection and segmentation tools read. See docs/exports.md. No Django.

Rows are written as text by hand where their parts are text already: that takes a third of the
time of building records of them.
"""

import shutil
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

import orjson

from labeling.exports.contents import Sheet
from labeling.exports.measuring import are_apart, measure_numbers, measure_rings
from labeling.rasterising import runs_of
from labeling.shapes import box_of, rings_of

# Shapes that nobody has prepared are, in batches of about so many.
BATCH = 2_000
# Numbers are put into so many annotations at once.
NUMBERED_AT_ONCE = 1_000
SEPARATOR = b",\n"
# Around the numbers of a polygon of one ring; a second ring would have a bracket between them.
BEFORE_RING, AFTER_RING = '{"rings":[[', "]]}"
NUMPY = orjson.OPT_SERIALIZE_NUMPY


class Keypoints(NamedTuple):
    """A row that waits for the names of all points of its category."""

    row: dict
    points: list


@dataclass(slots=True)
class Rows:
    """The annotations of a label but for their numbers."""

    n_shapes: int
    text: bytes = b""  # of n_rows annotations, with %d where their numbers are to be
    n_rows: int = 0
    keypoints: list[Keypoints] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)

    def __len__(self):
        return self.n_shapes


def write(file, task, images, *, scratch):
    """Write a COCO file image by image; the answer is what COCO cannot carry, {note: times}.

    scratch() opens an unnamed file. Images wait in one until the annotations are written, of which
    there is far more, keypoints in another because a category must first know all of its points.
    """
    with scratch() as image_rows, scratch() as keypoint_rows:
        annotations = _Annotations(file, keypoint_rows, task.classes)
        file.write(b'{"info":' + orjson.dumps(_info(task)))
        file.write(b',\n"licenses":[],\n"annotations":[\n')
        _write_rows(image_rows, _images(_prepared(images), annotations))
        annotations.finish()
        file.write(b'\n],\n"images":[\n')
        image_rows.seek(0)
        shutil.copyfileobj(image_rows, file, 1 << 20)
        file.write(b'\n],\n"categories":[\n')
        _write_rows(file, _categories(task, annotations.point_names))
        file.write(b"\n]}\n")
        return dict(annotations.notes)


def prepare(sheets):
    """The Rows of each label; the shapes of all are measured together."""
    batch = _Batch()
    for sheet in sheets:
        batch.add(sheet)
    return batch.finished()


def _prepared(images):
    batch, size = [], 0
    for image in images:
        if isinstance(image.labels[0].shapes, Rows):
            yield image
            continue
        batch.append(image)
        size += 1 + sum(len(label.shapes) for label in image.labels)
        if size >= BATCH:
            yield from _prepared_together(batch)
            batch, size = [], 0
    yield from _prepared_together(batch)


def _prepared_together(images):
    rows = iter(
        prepare(
            Sheet(image.id, image.width, image.height, label)
            for image in images
            for label in image.labels
        )
    )
    for image in images:
        yield image._replace(labels=[label._replace(shapes=next(rows)) for label in image.labels])


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


def _images(images, annotations):
    """The rows of the images, while their annotations are written."""
    for image in images:
        said = [label.values for label in image.labels if label.values != "{}"]
        yield {
            "id": image.id,
            "file_name": image.name,
            "width": image.width,
            "height": image.height,
            "path": image.path,
            "sha256": image.sha256,
            "dataset_id": image.dataset,
            "labels": [
                {
                    "id": label.id,
                    "labeler_id": label.labeler,
                    "status": label.status,
                    "revision": label.rev,
                }
                | ({} if label.values == "{}" else {"attributes": orjson.Fragment(label.values)})
                for label in image.labels
            ],
        } | ({"attributes": orjson.Fragment(said[0])} if said else {})
        for label in image.labels:
            annotations.add(label.shapes)


def _categories(task, point_names):
    for label_class in task.classes:
        category = {"id": label_class.id, "name": label_class.name, "supercategory": ""}
        if names := point_names.get(label_class.id):
            edges = label_class.skeleton["edges"] if label_class.skeleton else []
            # COCO counts the points from one.
            joined = [[start + 1, end + 1] for start, end in edges]
            category |= {"keypoints": list(names), "skeleton": joined}
        yield category


class _Annotations:
    """Numbers the annotations and writes them, keypoints last."""

    def __init__(self, file, keypoint_file, classes):
        self.file, self.keypoint_file = file, keypoint_file
        # {category: {name of a point: its place}}: those of its skeleton, then what else is met.
        self.point_names = {
            one.id: {name: place for place, name in enumerate(one.skeleton["points"])}
            for one in classes
            if one.skeleton
        }
        self.notes: Counter[str] = Counter()
        self.last_id = 0
        self.texts, self.n_waiting = [], 0

    def add(self, prepared):
        if prepared.n_rows:
            self.texts.append(prepared.text)
            self.n_waiting += prepared.n_rows
            if self.n_waiting >= NUMBERED_AT_ONCE:
                self._write()
        for one in prepared.keypoints:
            self.keypoint_file.write(orjson.dumps(one.row | self._points(one)) + b"\n")
        if prepared.notes:
            self.notes.update(prepared.notes)

    def _write(self):
        numbers = range(self.last_id + 1, self.last_id + self.n_waiting + 1)
        text = SEPARATOR.join(self.texts) % tuple(numbers)
        self.file.write(SEPARATOR + text if self.last_id else text)
        self.last_id += self.n_waiting
        self.texts, self.n_waiting = [], 0

    def finish(self):
        """Write what waits; of the keypoints each with all points of its category."""
        if self.texts:
            self._write()
        self.keypoint_file.seek(0)
        for line in self.keypoint_file:
            row = orjson.loads(line)
            missing = len(self.point_names[row["category_id"]]) - len(row["keypoints"]) // 3
            row["keypoints"] += [0, 0, 0] * missing
            separator = SEPARATOR if self.last_id else b""
            self.last_id += 1
            self.file.write(separator + orjson.dumps({"id": self.last_id} | row))

    def _points(self, keypoints):
        """Keypoints in the order of the category, which learns the names that are new to it."""
        places = self.point_names.setdefault(keypoints.row["category_id"], {})
        found = {}
        for number, point in enumerate(keypoints.points, 1):
            name = point["name"] or f"point {number}"
            name = name if name not in found else f"{name} ({number})"
            places.setdefault(name, len(places))
            found[name] = [point["x"], point["y"], 2 if point["visible"] else 1]
        numbers = [number for name in places for number in found.get(name, [0, 0, 0])]
        return {"keypoints": numbers, "num_keypoints": len(found)}


class _Batch:
    """Rows of many labels. Those of single rings, of which most drawings are, are gone through
    as text and measured in one go; others wait with their rings.
    """

    def __init__(self):
        self.labels = []  # (Rows, how many of the rows below come before its own)
        self.rows = []  # without area and box, until the end
        self.rings, self.sizes, self.places = [], [], []  # of single rings, as text
        self.others = []  # (place, rings, segmentation)

    def add(self, sheet):
        label = sheet.label
        prepared = Rows(len(label.shapes))
        self.labels.append((prepared, len(self.rows)))
        before = f'"image_id":{sheet.image},"category_id":'
        between = ',"iscrowd":0,"attributes":'
        predictions = label.predictions
        person = f'","label_id":{label.id},"labeler_id":{label.labeler},"revision":'
        for shape in label.shapes:
            uid, rev, class_id, kind, geometry, z, attributes = shape
            if kind == "line":
                prepared.notes["A line was left out: COCO has none."] += 1
                continue
            ours = f'"shape_id":"{uid}{person}{rev},"kind":"{kind}","z":{z}}}'
            ours = f"{{{ours}" if attributes == "{}" else _joined(attributes, ours, prepared.notes)
            if predictions and uid in predictions:
                ours += f',"prediction":{predictions[uid]}'
            if kind == "points":
                about = orjson.loads(f"{{{before}{class_id}{between}{ours}}}")
                prepared.keypoints.append(_keypoints(about, shape, sheet))
                continue
            ours = ours.replace("%", "%%")
            about = f'{{"id":%d,{before}{class_id}{between}{ours},"segmentation":'
            ring = geometry[len(BEFORE_RING) : -len(AFTER_RING)]
            if kind == "polygon" and "[" not in ring:
                self.places.append(len(self.rows))
                self.rings.append(ring)
                self.sizes.append(ring.count(",") + 1)
                # The numbers exactly as they are kept.
                self.rows.append(f"{about}[[{ring}]]")
            else:
                rings, segmentation = _segmentation(sheet, shape)
                self.others.append((len(self.rows), rings, segmentation))
                self.rows.append(f"{about}{orjson.dumps(segmentation).decode()}")

    def finished(self):
        numbers = orjson.loads(f"[{','.join(self.rings)}]")
        areas, boxes = measure_numbers(numbers, self.sizes)
        rows = self.rows
        for at, area, box in zip(self.places, _texts(areas, 1), _texts(boxes, 2), strict=True):
            rows[at] = f'{rows[at]},"area":{area},"bbox":[{box}]}}'
        self._finish_others()
        starts = [*(start for _, start in self.labels), len(rows)]
        for (prepared, start), end in zip(self.labels, starts[1:], strict=True):
            prepared.text, prepared.n_rows = ",\n".join(rows[start:end]).encode(), end - start
        return [prepared for prepared, _ in self.labels]

    def _finish_others(self):
        areas, boxes = measure_rings([ring for _, rings, _ in self.others for ring in rings])
        at = 0
        for place, rings, segmentation in self.others:
            after = at + len(rings)
            area, box = areas[at], boxes[at]
            if len(rings) > 1:
                area, box = round(sum(areas[at:after]), 4), _around(boxes[at:after])
            if isinstance(segmentation, dict):
                area = sum(segmentation["counts"][1::2])
            rest = orjson.dumps({"area": area, "bbox": box}).decode()
            self.rows[place] += f",{rest[1:]}"
            at = after


def _texts(numbers, depth):
    """The parts of an array of that many dimensions as JSON writes them, without brackets."""
    if not len(numbers):
        return []
    text = orjson.dumps(numbers, option=NUMPY).decode()
    return text[depth:-depth].split("],[" if depth == 2 else ",")


def _joined(attributes, ours, notes):
    """The attributes of a shape and what we say of it, as JSON."""
    own, ours = orjson.loads(attributes), orjson.loads(f"{{{ours}")
    for name in sorted(own.keys() & ours.keys()):
        notes[f"An attribute called {name} was left out: S3Label uses the name."] += 1
    return orjson.dumps(own | ours).decode()


def _keypoints(about, shape, sheet):
    geometry = orjson.loads(shape.geometry)
    left, top, right, bottom = box_of(shape.kind, geometry)
    # Nothing is covered; a list without polygons would stop pycocotools.
    nothing = {"size": [sheet.height, sheet.width], "counts": [sheet.width * sheet.height]}
    row = about | {
        "segmentation": nothing,
        "area": 0,
        "bbox": [left, top, round(right - left, 2), round(bottom - top, 2)],
    }
    return Keypoints(row, geometry["points"])


def _segmentation(sheet, shape):
    """(the rings of a shape, what COCO calls its segmentation)."""
    rings = rings_of(shape.kind, orjson.loads(shape.geometry))
    if len(rings) == 1 or are_apart(rings):
        return rings, rings
    counts = runs_of(rings, sheet.width, sheet.height)
    return rings, {"size": [sheet.height, sheet.width], "counts": counts}


def _around(boxes):
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right = max(box[0] + box[2] for box in boxes)
    bottom = max(box[1] + box[3] for box in boxes)
    return [left, top, round(right - left, 2), round(bottom - top, 2)]
