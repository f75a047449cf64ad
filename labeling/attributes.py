"""What may be said of images and shapes beside their class: definitions, and values of images."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from labeling.querysets import OfTaskQuerySet, ShapeQuerySet
from labeling.values import (
    KINDS,
    BadValue,
    Definition,
    Definitions,
    parse_default,
    parse_options,
)


class Attribute(models.Model):
    """A question about the image (a tag, if one chooses) or about shapes. Archived, never deleted
    once somebody answered it."""

    class Of(models.TextChoices):
        IMAGE = "image", "The image"
        SHAPES = "shapes", "Shapes"

    task = models.ForeignKey(
        "LabelTask", models.CASCADE, db_column="label_task_id", related_name="attributes"
    )
    applies_to = models.CharField("of", max_length=10, choices=Of)
    label_class = models.ForeignKey(
        "LabelClass",
        models.CASCADE,
        null=True,
        blank=True,
        verbose_name="class",
        related_name="attributes",
        help_text="Only shapes of this class have it. Empty: shapes of every class.",
    )
    name = models.CharField(max_length=100)
    # Empty only until it is first used; from then on shapes and exports rely on it.
    export_name = models.CharField(
        max_length=120, blank=True, default="", db_default="", editable=False
    )
    kind = models.CharField("answer", max_length=10, choices=KINDS)
    options = models.TextField(
        blank=True,
        default="",
        db_default="",
        help_text="One in each line. What you take out stays where it was chosen.",
    )
    default_value = models.TextField("default", blank=True, default="", db_default="")
    is_required = models.BooleanField(
        "required",
        default=False,
        db_default=False,
        help_text="An image can be submitted only when this is answered.",
    )
    position = models.PositiveIntegerField(default=0, db_default=0)
    is_archived = models.BooleanField(
        "archived", default=False, db_default=False, help_text="Kept, but no longer asked."
    )

    objects = OfTaskQuerySet.as_manager()

    class Meta:
        db_table = "label_attributes"
        ordering = ("position", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(applies_to="image", label_class=None) | Q(applies_to="shapes"),
                name="an_attribute_of_images_has_no_class",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=list(KINDS)), name="an_attribute_has_a_known_kind"
            ),
            models.UniqueConstraint(
                fields=["task", "applies_to", "name"],
                condition=Q(label_class=None),
                name="an_attribute_name_is_in_a_task_once",
            ),
            models.UniqueConstraint(
                fields=["label_class", "name"],
                condition=Q(label_class__isnull=False),
                name="an_attribute_name_is_of_a_class_once",
            ),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        problems = {}
        try:
            options = parse_options(self.options)
            if self.kind in ("choice", "choices") and not options:
                problems["options"] = "Write what one can choose, one in each line."
            if self.kind not in ("choice", "choices") and options:
                problems["options"] = "Only choices have options: choose another kind of answer."
            parse_default(self.kind, options, self.default_value)
        except BadValue as problem:
            problems["default_value" if "options" not in problems else "options"] = str(problem)
        if self.kind == "checkbox" and self.is_required:
            problems["is_required"] = "Yes or no is always answered: it is no until it is ticked."
        if problems:
            raise ValidationError(problems)

    @property
    def key(self):
        return self.export_name or self.name


class ImageValue(models.Model):
    """What a labeler says of a whole image, current from rev_added until rev_removed."""

    label = models.ForeignKey("Label", models.PROTECT, related_name="values", db_index=False)
    attribute = models.ForeignKey(Attribute, models.PROTECT, related_name="values")
    rev_added = models.PositiveIntegerField()
    rev_removed = models.PositiveIntegerField(null=True)
    value = models.TextField(help_text="JSON.")

    objects = ShapeQuerySet.as_manager()

    class Meta:
        db_table = "image_values"
        constraints = [
            models.UniqueConstraint(
                fields=["label", "attribute"],
                condition=Q(rev_removed=None),
                name="an_attribute_has_one_current_value",
            ),
            models.CheckConstraint(
                condition=Q(rev_removed=None) | Q(rev_removed__gt=F("rev_added")),
                name="a_value_is_removed_after_it_was_added",
            ),
        ]
        indexes = [models.Index(fields=["label", "attribute"], name="values_of_an_image")]

    def __str__(self):
        return f"{self.attribute_id}: {self.value}"


def definitions_of(task_id):
    """The definitions of a task as pure records; what SQL left odd is read as far as it goes."""
    return Definitions(map(_definition, Attribute.objects.filter(task=task_id)))


def _definition(attribute):
    try:
        options = parse_options(attribute.options)
        default = parse_default(attribute.kind, options, attribute.default_value)
    except BadValue:
        options = tuple(line.strip() for line in attribute.options.splitlines() if line.strip())
        default = None
    return Definition(
        id=attribute.pk,
        name=attribute.name,
        key=attribute.key,
        of_image=attribute.applies_to == Attribute.Of.IMAGE,
        class_id=attribute.label_class_id,
        kind=attribute.kind,
        options=options,
        default=default,
        required=attribute.is_required,
        archived=attribute.is_archived,
    )
