import pytest
from django.urls import reverse

from labeling.documents import document_of
from labeling.models import LabelClass
from labeling.skeletons import BadSkeleton, parse_skeleton, readable_skeleton
from labeling.tests.submitted import SubmittedLabelTestCase

FACE = "nose - left-eye - left ear\r\nnose – right eye\n\n tail "


def test_lines_of_names_are_points_in_their_order_and_neighbours_are_joined():
    skeleton = parse_skeleton(FACE)
    assert skeleton["points"] == ["nose", "left-eye", "left ear", "right eye", "tail"]
    assert skeleton["edges"] == [[0, 1], [1, 2], [0, 3]]


def test_an_edge_is_there_once_however_often_it_is_written():
    assert parse_skeleton("a - b - a\nb - a")["edges"] == [[0, 1]]


def test_no_text_is_no_skeleton():
    assert parse_skeleton(" \n") == {"points": [], "edges": []}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nose - nose", "joined to itself"),
        ("x" * 101, "at most 100 characters"),
        ("\n".join(f"p{i}" for i in range(201)), "at most 200 keypoints"),
        ("a\0b", "NUL"),
        ("a - b\n" * 10_000, "at most 20,000 characters"),
    ],
)
def test_what_is_no_skeleton_is_refused_in_words_and_reads_as_none(text, words):
    with pytest.raises(BadSkeleton, match=words):
        parse_skeleton(text)
    assert readable_skeleton(text) == {"points": [], "edges": []}


class SkeletonPageTests(SubmittedLabelTestCase):
    def setUp(self):
        super().setUp()
        self.label_class = LabelClass.objects.filter(task=self.task).first()
        self.page = reverse("admin:labeling_labelclass_change", args=[self.label_class.pk])

    def test_staff_write_the_keypoints_of_a_class_and_the_editor_gets_them(self):
        task_page = reverse("admin:labeling_labeltask_change", args=[self.task.pk])
        self.assertContains(self.client.get(task_page), self.page)
        answer = self.client.post(self.page, {"skeleton": FACE})
        self.assertEqual(answer.status_code, 302)
        [described, other] = document_of(self.label, viewer=self.ann)["task"]["classes"]
        self.assertEqual(described["skeleton"], parse_skeleton(FACE))
        self.assertEqual(other["skeleton"], {"points": [], "edges": []})

    def test_a_mistake_is_told_at_the_field_and_nothing_is_kept(self):
        answer = self.client.post(self.page, {"skeleton": "nose - nose"})
        self.assertContains(answer, "joined to itself")
        self.label_class.refresh_from_db()
        self.assertEqual(self.label_class.skeleton, "")

    def test_classes_are_not_added_here_and_those_in_use_not_deleted(self):
        self.assertEqual(self.client.get(reverse("admin:labeling_labelclass_add")).status_code, 403)
        delete = reverse("admin:labeling_labelclass_delete", args=[self.label_class.pk])
        self.assertEqual(self.client.get(delete).status_code, 403)
        self.assertNotContains(self.client.get(reverse("admin:index")), "labelclass")
