"""What models suggest on a label: which of it its labeler does not want."""

from typing import Annotated
from uuid import UUID

from ninja import Router, Schema
from pydantic import Field

from accounts.answers import Refusal, Strict
from labeling.api.labels import label_of
from labeling.saving import NotEditable
from labeling.suggestions import MOST_SUGGESTIONS, reject

router = Router()


class Rejected(Strict):
    rejected: Annotated[list[UUID], Field(max_length=MOST_SUGGESTIONS)]


class NumberRejected(Schema):
    rejected: int


@router.post("/labels/{int:label_id}/rejections", response=NumberRejected)
def reject_suggestions(request, label_id: int, body: Rejected):
    """Say which of the suggestions on a label are rejected, all of them and no other."""
    label = label_of(request, label_id)
    try:
        return {"rejected": reject(label, by=request.user, uids=body.rejected)}
    except NotEditable as problem:
        raise Refusal(409, "not_editable", str(problem), status=problem.label.status) from problem
