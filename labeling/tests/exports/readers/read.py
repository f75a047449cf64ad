"""Read labels with somebody else's code; runs in the environment beside it and prints JSON.

    read.py READER FOLDER

For each image its name and what was found on it: (class, kind, numbers), numbers rounded to
0.001 pixel. Images lie in the folder, as the reader wants them.
"""

import contextlib
import json
import sys
from pathlib import Path


def supervision_yolo(folder, **options):
    import supervision

    return _of_supervision(
        supervision.DetectionDataset.from_yolo(
            images_directory_path=str(folder / "images/train"),
            annotations_directory_path=str(folder / "labels/train"),
            data_yaml_path=str(folder / "data.yaml"),
            **options,
        )
    )


def supervision_yolo_seg(folder):
    return supervision_yolo(folder, force_masks=True)


def supervision_yolo_obb(folder):
    return supervision_yolo(folder, is_obb=True)


def supervision_voc(folder):
    import supervision

    return _of_supervision(
        supervision.DetectionDataset.from_pascal_voc(
            images_directory_path=str(folder / "JPEGImages"),
            annotations_directory_path=str(folder / "Annotations"),
        )
    )


def supervision_coco(folder):
    import supervision

    return _of_supervision(
        supervision.DetectionDataset.from_coco(
            images_directory_path=str(folder),
            annotations_path=str(folder / "labels.json"),
            force_masks=True,
        )
    )


def supervision_labelme(folder):
    import supervision

    dataset = supervision.DetectionDataset.from_labelme(
        images_directory_path=str(folder), annotations_directory_path=str(folder)
    )
    return _of_supervision(dataset)


def pandas_csv(folder):
    """Rows of shapes by pandas, with what their outlines cover by shapely; and the empty labels."""
    import pandas

    rows = pandas.read_csv(folder / "labels.csv")
    shapes = rows[rows["shape_id"].notna()]
    found = [
        [
            row["file_name"],
            row["class"],
            _rounded(row[["x", "y", "width", "height", "area"]]),
            _covered(row["geometry"]),
        ]
        for _, row in shapes.iterrows()
    ]
    return {"shapes": found, "empty": list(rows[rows["shape_id"].isna()]["file_name"])}


def _covered(geometry):
    """Even-odd: where two rings lie on one another there is nothing."""
    from shapely import Polygon

    covered = Polygon()
    for ring in json.loads(geometry).get("rings", ()):
        covered ^= Polygon(zip(ring[::2], ring[1::2], strict=True))
    return round(covered.area, 3)


def _of_supervision(dataset):
    found = {}
    for path, _, detections in dataset:
        rows = found.setdefault(Path(path).name, [])
        corners = detections.data.get("xyxyxyxy")
        for i, box in enumerate(detections.xyxy):
            name = dataset.classes[int(detections.class_id[i])]
            if corners is not None:
                rows.append([name, "obb", _rounded(corners[i].ravel())])
            elif detections.mask is not None:
                columns = detections.mask[i].any(axis=0)
                rows.append([name, "mask", [int(detections.mask[i].sum()), int(columns.sum())]])
            else:
                rows.append([name, "box", _rounded(box)])
    return {"classes": dataset.classes, "images": found}


def datumaro(folder, format):
    from datumaro import Dataset
    from datumaro.components.annotation import AnnotationType

    dataset = Dataset.import_from(str(folder), format)
    classes = [label.name for label in dataset.categories()[AnnotationType.label]]
    found = {}
    for item in dataset:
        rows = found.setdefault(item.id, [])
        for annotation in item.annotations:
            numbers = getattr(annotation, "points", None)
            if annotation.type == AnnotationType.bbox:
                numbers = annotation.get_bbox()
            elif annotation.type == AnnotationType.rotated_bbox:
                numbers = [annotation.cx, annotation.cy, annotation.w, annotation.h, annotation.r]
            elif annotation.type == AnnotationType.mask:
                numbers = [annotation.get_area()]
            rows.append([classes[annotation.label], annotation.type.name, _rounded(numbers)])
    return {"classes": classes, "images": found}


def attributes_of_datumaro(folder):
    """What datumaro makes of the attributes of each shape, by image."""
    from datumaro import Dataset

    dataset = Dataset.import_from(str(folder), "cvat")
    return {item.id: [one.attributes for one in item.annotations] for item in dataset}


def _rounded(numbers):
    return [round(float(number), 3) for number in numbers]


def main():
    reader, folder = sys.argv[1], Path(sys.argv[2])
    # Progress bars and warnings of the readers would spoil the JSON.
    with contextlib.redirect_stdout(sys.stderr):
        if reader.startswith("datumaro-"):
            found = datumaro(folder, reader.removeprefix("datumaro-"))
        else:
            found = globals()[reader.replace("-", "_")](folder)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
