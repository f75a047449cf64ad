"""What a task asks for: its classes, and what else is said of images and shapes."""

from typing import Annotated, Any, Literal

from django.shortcuts import get_object_or_404
from ninja import Router, Schema, Status
from pydantic import Field

from accounts.answers import (
    Flag,
    Id,
    Refusal,
    Strict,
    Text,
    Word,
    json_answer,
    of_changes,
    require,
)
from labeling.api.finding import CHANGE_TASK, task_of
from labeling.attributes import definitions_of
from labeling.classes import prepare_classes, save_attribute, save_class
from labeling.documents import readable_attribute
from labeling.models import Attribute, LabelClass
from labeling.tools import TOOLS
from labeling.values import KINDS, MOST_OPTIONS, BadValue, default_in_text, parse_options

router = Router(by_alias=True)

Tool = Literal[tuple(TOOLS)]
Name = Annotated[Word, Field(max_length=100)]
Color = Annotated[str, Field(pattern="^#[0-9a-f]{6}$")]
Keypoints = Annotated[Text, Field(max_length=10_000)]
Kind = Literal[tuple(KINDS)]
# Far below what the database stores: whatever comes behind it has a place, too.
Position = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
Options = Annotated[list[Name], Field(max_length=MOST_OPTIONS)]


class NewClass(Strict):
    """No tools: all that the task allows."""

    name: Name
    color: Color | Literal[""] = ""
    position: Position | None = None
    skeleton: Keypoints = ""
    tools: list[Tool] = []


@of_changes
class ClassChanges(NewClass):
    """What is left out stays as it is."""

    color: Color = ""
    position: Position = 0
    is_archived: Flag = False


class ClassDocument(Schema):
    id: int
    name: str
    color: str
    position: int
    export_id: int | None
    is_archived: bool
    skeleton: str
    tools: list[str]


class Classes(Schema):
    items: list[ClassDocument]


class Question(Strict):
    name: Name
    options: Options = []
    default: Any = None
    required: Flag = False
    position: Position | None = None


class NewAttribute(Question):
    """A question about the image, or about shapes: of all classes, or of one."""

    of_image: Flag
    label_class: Annotated[Id | None, Field(alias="class")] = None
    kind: Kind


@of_changes
class AttributeChanges(Question):
    """What is left out stays as it is; what it is about and its kind of answer do not change."""

    position: Position = 0
    archived: Flag = False


class AttributeDocument(Schema):
    """`key` is the name for exports, which never changes."""

    id: int
    name: str
    key: str
    of_image: bool
    label_class: int | None = Field(None, alias="class")
    kind: str
    options: list[str]
    default: Any
    required: bool
    archived: bool


class Attributes(Schema):
    items: list[AttributeDocument]


@router.get("/tasks/{int:task_id}/classes", response=Classes)
def list_classes(request, task_id: int):
    """The classes of a task, archived ones too."""
    task = task_of(request, task_id)
    prepare_classes(task)
    return json_answer(request, {"items": classes_of(task)})


@router.post("/tasks/{int:task_id}/classes", response={201: ClassDocument})
def create_class(request, task_id: int, body: NewClass):
    """Add a class to a task; colour and place are found when they are left out."""
    require(request, CHANGE_TASK, "labeling.add_labelclass")
    label_class = LabelClass(task=task_of(request, task_id))
    return Status(201, _changed_class(label_class, body.model_dump()))


@router.patch("/classes/{int:class_id}", response=ClassDocument)
def change_class(request, class_id: int, body: ClassChanges):
    """Rename, recolour, move or archive a class; shapes keep it, and so do exports."""
    require(request, CHANGE_TASK, "labeling.change_labelclass")
    visible = LabelClass.objects.visible_to(request.user).select_related("task")
    label_class = get_object_or_404(visible, pk=class_id)
    return _changed_class(label_class, body.model_dump(exclude_unset=True))


@router.get("/tasks/{int:task_id}/attributes", response=Attributes)
def list_attributes(request, task_id: int):
    """Tags and attributes: what is said of images and shapes of a task, archived ones too."""
    task = task_of(request, task_id)
    prepare_classes(task)
    return json_answer(request, {"items": attributes_of(task)})


@router.post("/tasks/{int:task_id}/attributes", response={201: AttributeDocument})
def create_attribute(request, task_id: int, body: NewAttribute):
    """Ask one more question; a choice about the image is a tag."""
    require(request, CHANGE_TASK, "labeling.add_attribute")
    task = task_of(request, task_id)
    about = body.model_dump()
    class_id = about.pop("label_class")
    if class_id is not None and not task.classes.filter(pk=class_id).exists():
        raise Refusal(422, "invalid", f"The task has no class {class_id}.")
    of = Attribute.Of.IMAGE if about.pop("of_image") else Attribute.Of.SHAPES
    attribute = Attribute(task=task, applies_to=of, label_class_id=class_id, kind=about.pop("kind"))
    return Status(201, _changed_attribute(attribute, about))


@router.patch("/attributes/{int:attribute_id}", response=AttributeDocument)
def change_attribute(request, attribute_id: int, body: AttributeChanges):
    """Rename, move or archive a question, or offer other options; answers that are there stay."""
    require(request, CHANGE_TASK, "labeling.change_attribute")
    visible = Attribute.objects.visible_to(request.user)
    attribute = get_object_or_404(visible, pk=attribute_id)
    return _changed_attribute(attribute, body.model_dump(exclude_unset=True))


def classes_of(task):
    return [_class(label_class) for label_class in task.classes.all()]


def attributes_of(task):
    return [readable_attribute(definition) for definition in definitions_of(task.pk).found]


def _changed_class(label_class, changes):
    tools = changes.pop("tools", None)
    if tools is not None:
        if unfit := [tool for tool in tools if tool not in label_class.task.tools]:
            raise Refusal(422, "invalid", f"The task does not allow {', '.join(unfit)}.")
        label_class.allowed_tools = ",".join(dict.fromkeys(tools))
    for name, value in changes.items():
        setattr(label_class, name, value)
    save_class(label_class)
    label_class.refresh_from_db()
    return _class(label_class)


def _class(label_class):
    return {name: getattr(label_class, name) for name in ClassDocument.model_fields}


def _changed_attribute(attribute, changes):
    try:
        _write_answers(attribute, changes)
    except BadValue as problem:
        raise Refusal(422, "invalid", str(problem)) from problem
    renamed = {"required": "is_required", "archived": "is_archived"}
    for name, value in changes.items():
        setattr(attribute, renamed.get(name, name), value)
    save_attribute(attribute)
    found = definitions_of(attribute.task_id).found
    return next(readable_attribute(one) for one in found if one.id == attribute.pk)


def _write_answers(attribute, changes):
    """The options and the default as the definition keeps them: as text."""
    if "options" in changes:
        options = changes.pop("options")
        attribute.options = "\n".join(options)
        if list(parse_options(attribute.options)) != options:
            raise BadValue(
                "Each option is one line without spaces around it, and no two are alike."
            )
    if "default" in changes:
        options = parse_options(attribute.options)
        attribute.default_value = default_in_text(attribute.kind, options, changes.pop("default"))
