"""S3Label's own format: loses nothing. docs/s3label-export.schema.json describes it. No Django."""

import orjson

FORMAT = "s3label"
# Readers refuse a greater first number; the second one only ever adds.
FORMAT_VERSION = "1.2"
# What a file says that has nothing of 1.2 in it: then its bytes stay what they were.
WITHOUT_NEWS = "1.1"


def write(file, task, images, *, scratch):
    """Write task, classes, datasets and then one image a line; nothing is left out."""
    has_news = task.has_predictions or any(one.skeleton for one in task.classes)
    head = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION if has_news else WITHOUT_NEWS,
        "made_by": f"S3Label {task.version}",
        "status": task.status,
        "task": {
            "id": task.id,
            "title": task.title,
            "description": task.description,
            "type": task.type,
        },
        "classes": [_class(label_class) for label_class in task.classes],
        "attributes": [_attribute(attribute) for attribute in task.attributes],
        "datasets": [dataset._asdict() for dataset in task.datasets],
    }
    file.write(orjson.dumps(head)[:-1] + b',\n"images":[')
    separator = b"\n"
    for image in images:
        file.write(separator + orjson.dumps(_image(image)))
        separator = b",\n"
    file.write(b"\n]}\n")
    return {}


def _class(label_class):
    about = label_class._asdict()
    skeleton = about.pop("skeleton")
    return about | ({"skeleton": skeleton} if skeleton else {})


def _attribute(attribute):
    about = attribute._asdict()
    return {"class" if name == "class_id" else name: value for name, value in about.items()}


def _image(image):
    return {
        "id": image.id,
        "file_name": image.name,
        "path": image.path,
        "sha256": image.sha256,
        "width": image.width,
        "height": image.height,
        "dataset": image.dataset,
        "state": image.state,
        "labels": [_label(label) for label in image.labels],
    }


def _label(label):
    shapes = [_shape(shape) for shape in label.shapes]
    if label.predictions:
        for shape in shapes:
            if shape["id"] in label.predictions:
                shape["prediction"] = orjson.Fragment(label.predictions[shape["id"]])
    return {
        "id": label.id,
        "slot": label.slot,
        "labeler": label.labeler,
        "status": label.status,
        "rev": label.rev,
        "values": orjson.Fragment(label.values),
        "shapes": shapes,
    }


def _shape(shape):
    # The texts are canonical JSON already; parsing them would only risk a change.
    return {
        "id": shape.uid,
        "rev": shape.rev,
        "class": shape.class_id,
        "kind": shape.kind,
        "geom": orjson.Fragment(shape.geometry),
        "z": shape.z,
        "attrs": orjson.Fragment(shape.attributes),
    }
