"""Pascal VOC: an XML file for each image, with boxes in whole pixels. No Django.

Edges are written as they are: a box around the first pixel is 0, 0, 1, 1, as LabelImg and most
readers have it. (The devkit of 2007 counts pixels from 1 and would write 1, 1, 1, 1.)
"""

from functools import partial

from labeling.exports.archive import Archive, add_file_per_image, without_suffix
from labeling.exports.boxes import PIXEL, box_on_image, edges_of, is_upright
from labeling.exports.losses import Losses, geometries_of
from labeling.exports.xml import leaf

DEFAULT_SPLIT = "train"


def write(file, task, images, *, scratch):
    losses, lists = Losses(), _Lists(scratch)
    with lists, Archive(file) as archive:
        names = {label_class.id: label_class.name for label_class in task.classes}
        content = partial(_content, names=names, losses=losses)
        add_file_per_image(
            archive, lists.noted(images), scratch, place=label_place, content=content
        )
        lists.add_to(archive)
        archive.add("labelmap.txt", _label_map(task).encode())
    return losses.as_dict()


def image_place(image):
    return f"JPEGImages/{image.name}"


def label_place(image):
    return f"Annotations/{without_suffix(image.name)}.xml"


class _Lists:
    """ImageSets/Main/train.txt and so on: which images are in which split."""

    def __init__(self, scratch):
        self.scratch, self.files = scratch, {}

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        for file in self.files.values():
            file.close()

    def noted(self, images):
        for image in images:
            split = image.split or DEFAULT_SPLIT
            if split not in self.files:
                self.files[split] = self.scratch()
            self.files[split].write(f"{without_suffix(image.name)}\n".encode())
            yield image

    def add_to(self, archive):
        for split in sorted(self.files):
            archive.add_file(f"ImageSets/Main/{split}.txt", self.files[split])


def _label_map(task):
    """The classes and their colours, as datumaro and CVAT read them."""
    lines = ["# label:color_rgb:parts:actions", "background:0,0,0::"]
    for label_class in task.classes:
        color = label_class.color.lstrip("#") or "000000"
        rgb = ",".join(str(int(color[at : at + 2], 16)) for at in (0, 2, 4))
        # A colon ends the name in this file; nothing stands for it.
        lines.append(f"{_one_line(label_class.name).replace(':', '_')}:{rgb}::")
    return "\n".join(lines) + "\n"


def _one_line(text):
    return " ".join(text.split())


def _content(image, *, names, losses):
    losses.of_image(image)
    folder, _, name = image.name.rpartition("/")
    lines = [
        "<annotation>",
        leaf("folder", folder),
        leaf("filename", name),
        leaf("path", image.path),
        "<source><database>S3Label</database></source>",
        f"<size><width>{image.width}</width><height>{image.height}</height><depth>3</depth></size>",
        "<segmented>0</segmented>",
    ]
    for shape, geometry in geometries_of(image):
        lines += _object(names[shape.class_id], shape.kind, geometry, image, losses)
    return "\n".join([*lines, "</annotation>", ""]).encode()


def _object(name, kind, geometry, image, losses):
    if kind in ("line", "points"):
        losses.left_out(kind)
        return []
    box = box_on_image(kind, geometry, image)
    if box is None:
        losses.note("A shape outside its image was left out.")
        return []
    if not is_upright(kind, geometry):
        losses.became("turned" if kind == "rect" else kind, "its box")
    pixels = _whole(box, image)
    if any(edge % PIXEL for edge in box):
        losses.note("A box was rounded to whole pixels.")
    edges = zip(("xmin", "ymin", "xmax", "ymax"), pixels, strict=True)
    return [
        "<object>",
        leaf("name", name),
        "<pose>Unspecified</pose>",
        f"<truncated>{int(_is_cut(kind, geometry, image))}</truncated>",
        "<difficult>0</difficult>",
        "<bndbox>" + "".join(leaf(edge, number) for edge, number in edges) + "</bndbox>",
        "</object>",
    ]


def _whole(box, image):
    """The edges of the nearest whole pixels; a box is at least one pixel wide and high."""
    left, top, right, bottom = ((edge + PIXEL // 2) // PIXEL for edge in box)
    left, top = min(left, image.width - 1), min(top, image.height - 1)
    return left, top, max(right, left + 1), max(bottom, top + 1)


def _is_cut(kind, geometry, image):
    left, top, right, bottom = edges_of(kind, geometry)
    return left < 0 or top < 0 or right > image.width * PIXEL or bottom > image.height * PIXEL
