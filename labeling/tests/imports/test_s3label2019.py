"""Labels of the S3Label of 2019: both forms, from COPY, INSERT and JSON."""

import orjson
import pytest

from labeling.imports.contents import BadFile
from labeling.imports.s3label2019 import read
from labeling.imports.source import open_source
from labeling.tests.imports.files import write

OLD = {
    "type": "freehand",
    "label": "House",
    "polygon": {
        "regions": [[[170, 170], [200, 170], [200, 190.5]], [[180, 172], [190, 172], [190, 180]]],
        "inverted": False,
    },
}
NEW = [
    {"type": "polygon", "label": {"regions": [[[1, 2], [9, 2], [9, 8]]]}, "label_class": "House"},
    {
        "type": "rectangle",
        "label": {"x": 20, "y": 30, "boxWidth": -10, "boxHeight": -5},
        "label_class": "Tree",
    },
    {"type": "circle", "label": {"x": 20, "y": 30, "radius": 4}, "label_class": "Tree"},
    {"type": "point", "label": {"x": 2, "y": 3}, "label_class": "Tree"},
]


def text_of(label):
    return orjson.dumps(label).decode()


def copied(*history):
    """A dump with COPY; a history entry is (label, time, label as text)."""
    rows = "\n".join(
        f"{number}\t{label}\t{time}\t" + text.replace("\\", "\\\\")
        for number, (label, time, text) in enumerate(history, 1)
    )
    return (
        "SET client_encoding = 'UTF8';\n\n"
        "COPY public.users (user_id, email) FROM stdin;\n1\tann@example.org\n\\.\n\n"
        "COPY public.input_data (input_data_id, dataset_id, data_path, sha1_hash) FROM stdin;\n"
        "7\t1\tnight\\\\a.jpg\tab\n8\t1\tb.jpg\tcd\n\\.\n\n"
        "COPY public.labels (label_id, input_data_id, label_task_id, user_id) FROM stdin;\n"
        "1\t7\t4\t1\n2\t8\t4\t2\n\\.\n\n"
        "COPY public.label_history (label_history_id, label_id, timestamp_edit, "
        f"label_serialised) FROM stdin;\n{rows}\n\\.\n"
    )


def items(folder, content, name="dump.sql", **options):
    source = open_source(write(folder, name, content))
    source.options = options
    return list(read(source, None).items())


def test_the_newer_form_in_pixels(tmp_path):
    (item,) = items(tmp_path, copied((1, "2019-08-01", text_of(NEW))))
    assert (item.image.name, item.labeler, item.problems) == ("night\\a.jpg", -1, [])
    assert [(one.class_name, one.kind) for one in item.shapes] == [
        ("House", "polygon"),
        ("Tree", "rect"),
        ("Tree", "ellipse"),
        ("Tree", "points"),
    ]
    assert item.shapes[1].geometry == {"cx": 15, "cy": 27.5, "w": 10, "h": 5, "angle": 0}


def test_the_older_form_without_its_padding(tmp_path):
    (item,) = items(tmp_path, copied((1, "2019-08-01", text_of([OLD]))), padding=160)
    assert item.shapes[0].geometry == {
        "rings": [[10, 10, 40, 10, 40, 30.5], [20, 12, 30, 12, 30, 20]]
    }


def test_nobody_guesses_the_padding(tmp_path):
    (item,) = items(tmp_path, copied((1, "2019-08-01", text_of([OLD]))))
    assert item.shapes == []
    assert "“padding”" in item.problems[0].reason


def test_the_newest_state_counts(tmp_path):
    states = [
        (1, "2019-08-02 10:00:00+02", text_of(NEW[:1])),
        (1, "2019-08-01 10:00:00+02", text_of(NEW)),
        (2, "2019-08-01 10:00:00+02", "[]"),
    ]
    first, second = items(tmp_path, copied(*states))
    assert (len(first.shapes), second.shapes) == (1, [])


def test_inserts(tmp_path):
    label = text_of([NEW[0] | {"label_class": "Ann's (old) house"}]).replace("'", "''")
    content = (
        "INSERT INTO public.input_data VALUES (7, 1, 'a.jpg', 'ab', NULL);\n"
        "INSERT INTO public.labels (label_id, input_data_id, label_task_id, user_id) VALUES\n"
        "\t(1, 7, 4, 1),\n\t(2, 7, 4, NULL);\n"
        "INSERT INTO public.label_history VALUES (1, 1, '2019-08-01 10:00:00+02', 'LABEL');\n"
    ).replace("LABEL", label)
    (item,) = items(tmp_path, content)
    assert (item.image.path, item.shapes[0].class_name) == ("a.jpg", "Ann's (old) house")


def test_rows_as_json(tmp_path):
    rows = [
        {"data_path": "a.jpg", "user_id": 3, "label_serialised": NEW},
        {"data_path": "b.jpg", "label_serialised": text_of(NEW[:1])},
    ]
    first, second = items(tmp_path, orjson.dumps(rows), "rows.json")
    assert (len(first.shapes), first.labeler, len(second.shapes)) == (4, -3, 1)


def test_of_several_tasks_one_is_said(tmp_path):
    content = copied((1, "2019-08-01", text_of(NEW)), (2, "2019-08-01", "[]"))
    content = content.replace("2\t8\t4\t2", "2\t8\t5\t2")
    with pytest.raises(BadFile, match="tasks 4, 5"):
        items(tmp_path, content)
    (item,) = items(tmp_path, content, their_task=5)
    assert item.image.name == "b.jpg"
    with pytest.raises(BadFile, match="no labels of a task 6"):
        items(tmp_path, content, their_task=6)


@pytest.mark.parametrize(
    "label, said",
    [
        ("{}", "no list of objects"),
        ("[3]", "incomplete or odd"),
        (text_of([{"label": {"x": 1}, "label_class": "a"}]), "incomplete or odd"),
        (text_of([{"label": {"regions": [[[1, 2]]]}, "label_class": "a"}]), "three points"),
        (text_of([{"label": {"regions": [], "inverted": True}, "label_class": "a"}]), "inverted"),
    ],
)
def test_poisoned_labels_stop_no_other(tmp_path, label, said):
    states = [(1, "2019-08-01", label), (2, "2019-08-01", text_of(NEW))]
    bad, good = items(tmp_path, copied(*states))
    assert said in bad.problems[0].reason
    assert len(good.shapes) == 4


@pytest.mark.parametrize("content", ["SELECT 1;\n", "COPY public.labels (a) FROM stdin;\n1\n\\.\n"])
def test_other_files_are_refused(tmp_path, content):
    with pytest.raises(BadFile, match="dump of S3Label 2019"):
        items(tmp_path, content)
