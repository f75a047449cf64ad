"""The statements by which power users of the original made a task still make one.

They run as they are in its manual, on whichever database the tests use; the assigned
user can then label.
"""

import uuid

import pytest
from django.db import connection

from accounts.models import User
from datasets.models import Dataset
from s3label_site.testing import make_image

STATEMENTS = """
INSERT INTO datasets(site, sensor, dataset_description) VALUES ('Cape Town', 'hot air balloon camera', 'This is an dataset of aerial images collected from a hot air balloon');
INSERT INTO dataset_groups(name, description) VALUES ('Hot air balloon datasets', 'All aerial images captured from hot air balloons');
INSERT INTO dataset_group_lists(dataset_group_id, dataset_id) VALUES (3, 6);
INSERT INTO label_tasks(dataset_group_id, title, description, type) VALUES (3, 'Aerial house labeling', 'Draw bounding boxes around each house in each image', 'instance_segmentation');
INSERT INTO users_label_tasks (user_id, label_task_id) VALUES (1, 4);
""".strip().splitlines()  # noqa: E501  as they are

# What was there before, so that the ids come out as the statements expect them.
EARLIER = [
    *["INSERT INTO datasets(site, sensor) VALUES ('Earlier', 'camera')"] * 5,
    "INSERT INTO dataset_groups(name) VALUES ('Earlier one')",
    "INSERT INTO dataset_groups(name) VALUES ('Earlier two')",
    *[
        "INSERT INTO label_tasks(dataset_group_id, title, description, type) "
        "VALUES (1, 'Earlier', 'Draw', 'bounding_boxes')"
    ]
    * 3,
]


def run(statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


# Only with transactions of its own does a test see ids that begin at 1.
pytestmark = pytest.mark.django_db(transaction=True, reset_sequences=True)


@pytest.fixture
def balloonist():
    user = User.objects.create_user("balloonist@example.org")
    assert user.pk == 1
    run(EARLIER)
    run(STATEMENTS)
    return user


@pytest.fixture
def page_of(client, balloonist):
    """The address of the label that the user is given, by the button on the task."""
    make_image(Dataset.objects.get(pk=6), size=(640, 480))
    client.force_login(balloonist)
    assert b"Aerial house labeling" in client.get("/").content
    answer = client.post("/task/4/next/")
    assert answer.status_code == 302
    return answer["Location"]


def test_the_statements_run_and_the_user_can_open_an_image(client, page_of):
    assert client.get(page_of).status_code == 200
    label = client.get(f"/api/v1/labels/{page_of.strip('/').split('/')[-1]}").json()
    assert label["task"]["id"] == 4
    assert label["task"]["title"] == "Aerial house labeling"
    assert (label["image"]["width"], label["image"]["height"]) == (640, 480)
    assert label["editable"] is True
    assert label["task"]["classes"], "a task without classes gets one on its first use"
    assert client.get(label["image"]["url"]).status_code == 200


def test_what_the_user_draws_is_saved_and_submitted(client, page_of):
    api = f"/api/v1/labels/{page_of.strip('/').split('/')[-1]}"
    label = client.get(api).json()
    house = {
        "class": label["task"]["classes"][0]["id"],
        "kind": "rect",
        "geom": {"cx": 100.5, "cy": 80, "w": 40, "h": 30.25, "angle": 0},
        "z": 1,
        "attrs": {},
    }
    change = {"id": str(uuid.uuid4()), "base": None, "shape": house}
    saved = client.post(
        f"{api}/changes",
        {"op_id": str(uuid.uuid4()), "changes": [change]},
        content_type="application/json",
    )
    assert (saved.status_code, saved.json()) == (200, {"rev": 1})
    assert client.get(api).json()["shapes"][0]["geom"] == house["geom"]
    submitted = client.post(f"{api}/submit", {"rev": 1}, content_type="application/json")
    assert (submitted.status_code, submitted.json()) == (200, {"status": "submitted"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM labels WHERE label_task_id = 4 AND user_id = 1")
        assert cursor.fetchall() == [("submitted",)]


def test_who_is_not_in_the_table_sees_nothing(client, page_of):
    stranger = User.objects.create_user("stranger@example.org")
    client.force_login(stranger)
    assert client.post("/task/4/next/").status_code == 404
    assert client.get(page_of).status_code == 404
