"""The one way in which drawings are saved: changes of shapes, applied whole or not at all."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

import orjson
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.db.models.functions import Now

from labeling.attributes import definitions_of
from labeling.image_values import ValueChanges
from labeling.models import Label, LabelRevision, Shape
from labeling.shapes import BadShape, parse_geometry, to_json, vertices_of
from labeling.summaries import summary_of
from labeling.tools import kinds_of_tools
from labeling.values import BadValue, check_attributes

MOST_CHANGES = 5_000
MOST_SHAPES = 50_000
MOST_VERTICES_IN_ALL = 1_000_000
# Of one person, in all windows: far above what hands do, far below what stops the others.
MOST_SAVES, IN_SECONDS = 1_000, 10
# What the summary of a save says of shapes that came from a file.
IMPORTED = "imported"
LARGEST_ATTRIBUTES = 10_000
DEEPEST_ATTRIBUTES = 10


class NotEditable(Exception):
    """The label is submitted or approved, or somebody else's; nothing was stored."""

    def __init__(self, label):
        super().__init__(f"The label is {label.get_status_display().lower()}.")
        self.label = label


class InvalidChanges(Exception):
    """Changes that can never be stored; problems is a list of {id, message}."""

    def __init__(self, problems):
        super().__init__(problems[0]["message"])
        self.problems = problems


class TooManySaves(Exception):
    """One person saves so often that others would have to wait; nothing was stored."""


@dataclass(frozen=True)
class Answer:
    """What the client is told, now and whenever it repeats the same operation."""

    applied: bool
    body: dict


def save_changes(label, *, author, op_id, changes, values=()):
    """Apply changes to a label as one new revision, or keep them as a conflict.

    A change is {"id": UUID of the shape, "base": the shape's revision it was made on or
    None, "shape": the new state {class, kind, geom, z, attrs} or None to delete it}. A value of
    the image is {"attribute": its id, "base": likewise, "value": the new one or None}.
    Raises NotEditable, InvalidChanges and TooManySaves; a known op_id gets its old answer.
    """
    _check_number_of(changes, values)
    _check_rate(author)
    sent = _sent(changes, values)
    content = hashlib.sha256(orjson.dumps(sent, option=orjson.OPT_SORT_KEYS)).hexdigest()
    record = LabelRevision(op_id=op_id, author=author, content_sha256=content)
    try:
        with transaction.atomic():
            return _save(record, label, author, changes, values)
    except IntegrityError as problem:
        # Two labels are not locked against each other; their op_ids are unique all the same.
        if LabelRevision.objects.filter(op_id=op_id).exclude(label=label).exists():
            raise _used_elsewhere() from problem
        raise


def _sent(changes, values):
    """What was sent, as it is kept: a save of shapes alone is a list of its changes."""
    return {"changes": changes, "values": list(values)} if values else changes


def kept_changes(record):
    """{"changes", "values"} of a save that was kept."""
    sent = orjson.loads(record.changes)
    return sent if isinstance(sent, dict) else {"changes": sent, "values": []}


def _save(record, label, author, changes, values):
    # The lock serialises the saves of one label: its revisions are 1, 2, 3, …
    record.label = label = Label.objects.select_for_update(of=("self",)).get(pk=label.pk)
    known = LabelRevision.objects.filter(op_id=record.op_id).first()
    if known is not None:
        return _old_answer(known, label, author, record.content_sha256)
    if not label.is_editable_by(author):
        raise NotEditable(label)
    current = _current_states(label, changes)
    definitions = definitions_of(label.task_id)
    of_image = ValueChanges(label, values, definitions)
    rows = _parse(label, changes, current, definitions, of_image.problems)
    lost = _lost(changes, current)
    if lost or of_image.lost:
        record.changes = orjson.dumps(_sent(changes, values), option=orjson.OPT_SORT_KEYS).decode()
        answer = _conflict(label, lost, of_image)
    else:
        answer = _apply(record, label, changes, current, rows, of_image)
    record.answer = orjson.dumps(answer.body).decode()
    record.save(force_insert=True)
    return answer


def _check_number_of(changes, values):
    # Before the first query, which names every shape in a parameter of its own.
    if not 0 < len(changes) + len(values) <= MOST_CHANGES:
        message = f"Send between 1 and {MOST_CHANGES} changes at a time."
        raise InvalidChanges([{"id": None, "message": message}])
    if len({change["id"] for change in changes}) < len(changes):
        raise InvalidChanges([{"id": None, "message": "A shape is changed once in a save."}])
    if len({value["attribute"] for value in values}) < len(values):
        raise InvalidChanges([{"id": None, "message": "A value is changed once in a save."}])


def _check_rate(author):
    since = Now() - timedelta(seconds=IN_SECONDS)
    saves = LabelRevision.objects.filter(author=author, made_at__gt=since)
    # An import makes many revisions in its labeler's name, who may be drawing meanwhile.
    if saves.exclude(summary__startswith=f'{{"{IMPORTED}"').count() >= MOST_SAVES:
        raise TooManySaves("You save too often. Send the same again in a few seconds.")


def _used_elsewhere():
    return InvalidChanges([{"id": None, "message": "This op_id was used for another label."}])


def _old_answer(known, label, author, content):
    if known.label_id != label.pk or known.author_id != author.pk:
        raise _used_elsewhere()
    if known.content_sha256 != content:
        raise InvalidChanges([{"id": None, "message": "This op_id was used for other changes."}])
    return Answer(applied=known.rev is not None, body=orjson.loads(known.answer))


def _current_states(label, changes):
    """{uid: (revision of its state, Shape or None if deleted)} of the shapes that are there."""
    uids = [change["id"] for change in changes]
    shapes = Shape.objects.current().filter(label=label, uid__in=uids)
    states = {shape.uid: (shape.rev_added, shape) for shape in shapes}
    deleted = (
        Shape.objects.filter(label=label, uid__in=[uid for uid in uids if uid not in states])
        .values_list("uid")
        .annotate(Max("rev_removed"))
    )
    return states | {uid: (rev, None) for uid, rev in deleted}


def _lost(changes, current):
    """The ids of changes that were made on another state than the current one."""
    return [
        change["id"]
        for change in changes
        if change["base"] != current.get(change["id"], (None, None))[0]
    ]


def _conflict(label, lost, of_image):
    current = _current_states(label, [{"id": uid} for uid in lost])
    states = [
        state_of(shape) if shape else {"id": str(uid), "deleted": True, "rev": rev}
        for uid, (rev, shape) in current.items()
    ]
    values = {"values": of_image.lost_states()} if of_image.changes else {}
    return Answer(applied=False, body={"rev": label.rev, "shapes": states} | values)


def _apply(record, label, changes, current, rows, of_image):
    record.rev = label.rev + 1
    record.summary = to_json(_summary(changes, current, rows) | of_image.summary())
    of_image.apply(record.rev)
    replaced = [change["id"] for change in changes if current.get(change["id"], (0, None))[1]]
    Shape.objects.current().filter(label=label, uid__in=replaced).update(rev_removed=record.rev)
    for row in rows:
        row.rev_added = record.rev
    Shape.objects.bulk_create(rows, batch_size=500)
    # Counts that other hands made too low by SQL must not keep anybody from deleting.
    n_shapes = max(0, label.n_shapes + len(rows) - len(replaced))
    if n_shapes > MOST_SHAPES:
        raise InvalidChanges(
            [{"id": None, "message": f"A label has at most {MOST_SHAPES} shapes."}]
        )
    old = [current[uid][1] for uid in replaced]
    n_vertices = max(0, label.n_vertices + _vertices_of(rows) - _vertices_of(old))
    if n_vertices > MOST_VERTICES_IN_ALL:
        message = f"The shapes of a label have at most {MOST_VERTICES_IN_ALL:,} points together."
        raise InvalidChanges([{"id": None, "message": message}])
    Label.objects.filter(pk=label.pk).update(
        rev=record.rev,
        n_shapes=n_shapes,
        n_vertices=n_vertices,
        active_at=Now(),
        lease_until=Now() + timedelta(minutes=label.task.lease_minutes),
    )
    return Answer(applied=True, body={"rev": record.rev})


def _vertices_of(shapes):
    return sum(vertices_of(shape.kind, orjson.loads(shape.geometry)) for shape in shapes)


def _summary(changes, current, rows):
    after = {row.uid: row for row in rows}
    states = []
    for change in changes:
        rev, before = current.get(change["id"], (None, None))
        states.append((_compared(before), _compared(after.get(change["id"])), rev is not None))
    return summary_of(states)


def _compared(shape):
    if shape is None:
        return None
    geometry = orjson.loads(shape.geometry)
    return shape.label_class_id, shape.kind, geometry, shape.attributes, shape.z


def _parse(label, changes, current, definitions, problems):
    """The new rows of all changes; every problem is found before any is reported."""
    classes = {label_class.pk: label_class for label_class in label.task.classes.all()}
    problems, rows = list(problems), []
    for change in changes:
        if change["shape"] is None:
            continue
        before = current.get(change["id"], (None, None))[1]
        try:
            rows.append(_row(label, change, before, classes, definitions))
        except (BadShape, BadValue) as problem:
            problems.append({"id": str(change["id"]), "message": str(problem)})
    if problems:
        raise InvalidChanges(problems)
    return rows


def _row(label, change, before, classes, definitions):
    state = change["shape"]
    label_class = classes.get(state["class"])
    if label_class is None:
        raise BadShape("The class does not belong to this task.")
    if label_class.is_archived and (before is None or before.label_class_id != label_class.pk):
        raise BadShape(f"The class {label_class.name} is archived; choose another.")
    kind = state["kind"]
    _check_kind(kind, before, label, label_class)
    attributes = _attributes(label, change["id"], state, definitions)
    geometry = parse_geometry(kind, state["geom"], label.image.width, label.image.height)
    return Shape(
        label=label,
        uid=change["id"],
        label_class=label_class,
        kind=kind,
        geometry=to_json(geometry),
        z=state["z"],
        attributes=attributes,
    )


def _check_kind(kind, before, label, label_class):
    """What is there already may stay of a kind that is not drawn any more."""
    if before and before.kind == kind and before.label_class_id == label_class.pk:
        return
    is_new_kind = before is None or before.kind != kind
    if is_new_kind and kind not in kinds_of_tools(label.task.tools):
        raise BadShape(f"This task does not allow shapes of the kind {kind!r}.")
    if label_class.allowed_tools and kind not in kinds_of_tools(label_class.tools):
        raise BadShape(f"The class {label_class.name} does not allow shapes of the kind {kind!r}.")


def _attributes(label, uid, state, definitions):
    def had(key, value):
        states = Shape.objects.filter(label=label, uid=uid, label_class=state["class"])
        texts = states.values_list("attributes", flat=True).distinct()
        return any((key, value) in orjson.loads(text).items() for text in texts)

    return parse_attributes(state["attrs"], state["class"], definitions, had)


def parse_attributes(attributes, class_id, definitions, had=lambda key, value: False):
    """The canonical text of the attributes of a shape.

    A task that defines none takes whatever scripts say of its shapes.
    """
    _check_value(attributes)
    if definitions.of_shapes and attributes:
        attributes = check_attributes(attributes, definitions.of_class(class_id), had)
    text = to_json(attributes)
    if len(text) > LARGEST_ATTRIBUTES:
        raise BadShape("The attributes are too long.")
    return text


def _check_value(value, depth=0):
    """Attributes are written into other JSON by exports, which has to stay readable too."""
    if depth > DEEPEST_ATTRIBUTES:
        raise BadShape("The attributes are nested too deeply.")
    if isinstance(value, str) and "\0" in value:
        raise BadShape("The attributes hold a NUL character.")
    parts = [*value, *value.values()] if isinstance(value, dict) else value
    for part in parts if isinstance(parts, list) else ():
        _check_value(part, depth + 1)


def state_of(shape):
    """A current shape as the editor gets it; its JSON texts are passed on unread."""
    return {
        "id": str(shape.uid),
        "rev": shape.rev_added,
        "class": shape.label_class_id,
        "kind": shape.kind,
        "geom": orjson.Fragment(shape.geometry),
        "z": shape.z,
        "attrs": orjson.Fragment(shape.attributes),
    }
