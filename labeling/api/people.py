"""Who labels which task."""

from datetime import datetime
from typing import Annotated

from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404
from ninja import Router, Schema, Status
from pydantic import Field, model_validator

from accounts.answers import (
    After,
    AnyId,
    Flag,
    Id,
    Limit,
    Page,
    Refusal,
    Strict,
    Text,
    json_answer,
    only,
    page_of,
    require,
)
from accounts.models import User
from labeling.api.finding import task_of
from labeling.models import Assignment
from labeling.queueing import change_assignments

router = Router()

ASSIGNMENT = (
    *("id", "task", "user", "user__email", "is_active"),
    *("receive_new_unlabeled_data", "created_at"),
)


class NewAssignment(Strict):
    """A person by id or by e-mail address."""

    user: Id | None = None
    email: Annotated[Text, Field(max_length=254)] | None = None

    @model_validator(mode="after")
    def name_one(self):
        if (self.user is None) == (self.email is None):
            raise ValueError("name the person by user or by email")
        return self


class AssignmentChanges(Strict):
    """What is left out stays as it is."""

    is_active: Flag = True
    receive_new_unlabeled_data: Flag = True


class AssignmentRow(Schema):
    id: int
    task: int
    user: int
    email: str
    is_active: bool
    receive_new_unlabeled_data: bool
    created_at: datetime


class AssignmentPage(Page):
    items: list[AssignmentRow]


@router.get("/assignments", response=AssignmentPage)
def list_assignments(
    request,
    task: AnyId | None = None,
    user: AnyId | None = None,
    is_active: bool | None = None,
    after: After = 0,
    limit: Limit = 100,
):
    """Who labels what."""
    require(request, "labeling.view_assignment")
    found = only(Assignment.objects.all(), task=task, user=user, is_active=is_active)
    rows = page_of(found.values(*ASSIGNMENT), after, limit)
    for row in rows["items"]:
        row["email"] = row.pop("user__email")
    return json_answer(request, rows)


@router.post("/tasks/{int:task_id}/assignments", response={201: AssignmentRow})
def create_assignment(request, task_id: int, body: NewAssignment):
    """Let a person label a task, and see it and the images given to them."""
    require(request, "labeling.change_labeltask", "labeling.add_assignment")
    task = task_of(request, task_id)
    named = {"pk": body.user} if body.email is None else {"email__iexact": body.email}
    user = User.objects.filter(**named, is_active=True).first()
    if user is None:
        raise Refusal(422, "invalid", "There is no such person.")
    try:
        with transaction.atomic():
            assignment = Assignment.objects.create(task=task, user=user)
    except IntegrityError as problem:
        message = f"{user} is in this task already; change that assignment."
        raise Refusal(409, "exists", message) from problem
    return Status(201, _row(assignment))


@router.patch("/assignments/{int:assignment_id}", response=AssignmentRow)
def change_assignment(request, assignment_id: int, body: AssignmentChanges):
    """End an assignment, by `is_active`, or stop its new images; both also the other way."""
    require(request, "labeling.change_assignment")
    assignment = get_object_or_404(Assignment, pk=assignment_id)
    changes = body.model_dump(exclude_unset=True)
    if changes:
        change_assignments(Assignment.objects.filter(pk=assignment.pk), **changes)
        assignment.refresh_from_db()
    return _row(assignment)


def _row(assignment):
    return {
        "id": assignment.pk,
        "task": assignment.task_id,
        "user": assignment.user_id,
        "email": assignment.user.email,
        "is_active": assignment.is_active,
        "receive_new_unlabeled_data": assignment.receive_new_unlabeled_data,
        "created_at": assignment.created_at,
    }
