"""Who one is, and what people choose for their editor: keys, the look of shapes and picture."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import ConfigDict, Field, field_validator

from accounts.answers import Strict, json_answer
from accounts.models import ApiToken, EditorSettings

router = Router(tags=["You"])

CommandId = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
KeyName = Annotated[str, Field(min_length=1, max_length=30)]
Unit = Annotated[float, Field(ge=0, le=1)]
Percent = Annotated[int, Field(ge=-100, le=100)]


class Exact(Strict):
    """In which false is no number and "1" no switch."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Look(Exact):
    """How shapes are drawn, and what else lies on the image."""

    fill: Unit = 0.25
    stroke: Annotated[float, Field(ge=0.5, le=6)] = 1.75
    color_by: Literal["class", "object"] = "class"
    labels: bool = False
    answers: bool = False
    patterns: bool = False
    grid: bool = False
    crosshair: bool = False
    minimap: bool = True


class Window(Exact):
    """Of a picture with more than 8 bits: the value that is grey, and how many up to white."""

    level: Annotated[float, Field(ge=-(2**23), le=2**23)]
    width: Annotated[float, Field(ge=1, le=2**24)]


class PictureLook(Exact):
    """How the image is shown; its data stay as they are."""

    brightness: Percent = 0
    contrast: Percent = 0
    gamma: Annotated[float, Field(ge=0.1, le=5)] = 1
    saturation: Percent = 0
    invert: bool = False
    equalise: bool = False
    channel: Literal["all", "red", "green", "blue"] = "all"
    window: Window | None = None


class Settings(Strict):
    """A part that is left out stays as it is."""

    keys: Annotated[
        dict[CommandId, Annotated[list[KeyName], Field(max_length=4)]] | None,
        Field(max_length=300),
    ] = None
    look: Look | None = None
    picture: PictureLook | None = None

    @field_validator("keys")
    @classmethod
    def each_key_once(cls, keys):
        given = [key for names in (keys or {}).values() for key in names]
        for key in given:
            if given.count(key) > 1:
                raise ValueError(f"the key {key} is given to two commands")
        return keys


class Person(Schema):
    id: int
    email: str
    name: str
    is_staff: bool
    permissions: list[str]
    scope: str | None


class Chosen(Schema):
    keys: dict[str, list[str]]
    look: dict[str, Any]
    picture: dict[str, Any]


@router.get("/me", response=Person)
def get_me(request: HttpRequest):
    """Whom the token or the session belongs to, and what they may do."""
    user = request.user
    scope = request.auth.scope if isinstance(request.auth, ApiToken) else None
    return json_answer(
        request,
        {
            "id": user.pk,
            "email": user.email,
            "name": user.get_full_name(),
            "is_staff": user.is_staff,
            "permissions": sorted(user.get_all_permissions()) if user.is_staff else [],
            "scope": scope,
        },
    )


@router.post("/settings", response=Chosen)
def save_settings(request: HttpRequest, body: Settings):
    """Keep the parts that are given, for every browser the user logs in from; answers with all."""
    return EditorSettings.keep(request.user, body.model_dump(exclude_none=True))
