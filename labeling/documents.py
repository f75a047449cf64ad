"""A label as the editor opens it: the image, what to draw, what is drawn, and its neighbours."""

from django.db.models import Q
from django.urls import reverse

from datasets.tiling import description_of_tiles
from labeling import comments
from labeling.attributes import definitions_of
from labeling.counting import images_by_group, labels_by_task
from labeling.image_values import values_at
from labeling.models import Label, LabelStep
from labeling.saving import state_of
from labeling.skeletons import readable_skeleton
from labeling.steps import SEND_BACK
from labeling.suggestions import suggestions_of


def document_of(label, *, viewer):
    """Everything the editor needs for one label, ready to be written as JSON."""
    shapes = label.shapes.current().order_by("z", "id")
    return {
        "id": label.pk,
        "rev": label.rev,
        "status": label.status,
        "status_text": label.get_status_display(),
        "editable": label.is_editable_by(viewer),
        "mine": label.labeler_id == viewer.pk,
        "reviewable": label.is_reviewable_by(viewer),
        "review_url": _review_url(label, viewer),
        "labeler": str(label.labeler),
        "image": _image(label.image),
        "task": _task(label.task),
        "shapes": [state_of(shape) for shape in shapes.iterator()],
        "values": values_at(label),
        "suggestions": suggestions_of(label) if label.is_editable_by(viewer) else [],
        "comment": _comment(label),
        "comments": comments.readable(label, viewer=viewer),
        "seconds": label.sittings.filter(user=label.labeler_id).seconds(),
        "previous": _neighbour(label, forward=False),
        "next": _neighbour(label, forward=True),
    }


def _review_url(label, viewer):
    """Where staff come from who look at the work of others."""
    is_others = viewer.is_staff and label.labeler_id != viewer.pk
    return reverse("admin:labeling_label_change", args=[label.pk]) if is_others else None


def _image(image):
    return {
        "id": image.pk,
        "name": image.name,
        "width": image.width,
        "height": image.height,
        "sha256": image.sha256,
        "url": reverse("labeling:image_file", args=[image.pk]),
        "thumbnail": reverse("labeling:image_thumbnail", args=[image.pk]),
        "deep": _deep(image),
        "tiles": _tiles(image) if image.is_huge else None,
    }


def _deep(image):
    """Where to ask for values beyond 8 bits; only these formats may have some."""
    can = image.format in ("PNG", "TIFF") and not image.is_huge
    return reverse("labeling:image_deep", args=[image.pk]) if can else None


def _tiles(image):
    url = reverse("labeling:image_tiles", args=[image.pk])
    return {"url": url, **description_of_tiles(image)}


def _task(task):
    examples = task.examples.select_related("image")
    labels, group = labels_by_task([task])[task.pk], task.dataset_group_id
    return {
        "id": task.pk,
        "title": task.title,
        "description": task.description,
        "instructions": task.instructions,
        "tools": task.tools,
        "default_tool": task.first_tool,
        "permit_overlap": task.permit_overlap,
        "new_cuts_others": task.new_cuts_others,
        "classes": [
            {
                "id": label_class.pk,
                "name": label_class.name,
                "color": label_class.color,
                "archived": label_class.is_archived,
                "tools": label_class.tools,
                "skeleton": readable_skeleton(label_class.skeleton),
            }
            for label_class in task.classes.all()
        ],
        "attributes": [readable_attribute(one) for one in definitions_of(task.pk).found],
        "examples": [
            {
                "title": example.title,
                "description": example.description,
                "verdict": example.verdict,
                "thumbnail": reverse("labeling:image_thumbnail", args=[example.image_id]),
                "url": reverse("labeling:image_reduced", args=[example.image_id]),
            }
            for example in examples
        ],
        "progress": {
            "submitted": sum(labels[status] for status in Label.DONE),
            "total": images_by_group([group])[group] * task.labels_per_image,
        },
    }


def readable_attribute(definition):
    return {
        "id": definition.id,
        "name": definition.name,
        "key": definition.key,
        "of_image": definition.of_image,
        "class": definition.class_id,
        "kind": definition.kind,
        "options": definition.options,
        "default": definition.default,
        "required": definition.required,
        "archived": definition.archived,
    }


def _comment(label):
    """What the reviewer said, as long as the labeler has not submitted again."""
    if label.status != Label.Status.SENT_BACK:
        return None
    step = LabelStep.objects.filter(label=label, step=SEND_BACK.name).last()
    return step.comment if step else None


def _neighbour(label, *, forward):
    """The label that the labeler got before or after this one in the task, by id, or None."""
    if label.claimed_at is None:
        return None
    same = Label.objects.filter(task=label.task_id, labeler=label.labeler_id)
    # SQLite's clock keeps milliseconds, as text: "…25.131" sorts before itself, "…25.131000".
    same = same.exclude(pk=label.pk)
    if forward:
        later = Q(claimed_at__gt=label.claimed_at) | Q(claimed_at=label.claimed_at, pk__gt=label.pk)
        rows = same.filter(later).order_by("claimed_at", "pk")
    else:
        before = Q(claimed_at__lt=label.claimed_at) | Q(
            claimed_at=label.claimed_at, pk__lt=label.pk
        )
        rows = same.filter(before).order_by("-claimed_at", "-pk")
    return rows.values_list("pk", flat=True).first()
