"""A request that is JSON, or JSON with photos: read, checked against its model, photos cleaned.

A phone without a network keeps what it will send; a photo and what is said with it go together in
one request (``multipart/form-data``: ``said`` holds the JSON, each ``photo`` a picture), so that
neither can arrive without the other.
"""

import hashlib
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import orjson
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from appeals.errors import InputError
from casework.act import MOST_PHOTOS

Said = TypeVar("Said", bound=BaseModel)

_MOST_JSON: Final = 100_000


@dataclass(frozen=True, slots=True)
class Parts:
    """The JSON of a request and its photos, as they came."""

    said: bytes
    photos: tuple[bytes, ...]

    def sent(self, address: str) -> bytes:
        """Give what tells this request from another one under the same key."""
        digests = (hashlib.sha256(photo).hexdigest() for photo in self.photos)
        return "\n".join((address, *digests)).encode() + b"\n" + self.said


async def read_parts(request: Request) -> Parts:
    """Read what was sent.

    Raises
    ------
    InputError
        It is neither of the two, or larger than is taken.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        body = await request.body()
        return Parts(_small(body), ())
    try:
        async with request.form(max_files=MOST_PHOTOS, max_fields=1) as form:
            said = form.get("said")
            files = [one for one in form.getlist("photo") if isinstance(one, UploadFile)]
            photos = tuple([await one.read() for one in files])
    except HTTPException as error:
        raise InputError(
            f"the form is one field, said, and at most {MOST_PHOTOS} photos"
        ) from error
    if not isinstance(said, str):
        raise InputError("said: the form has no such field")
    return Parts(_small(said.encode()), photos)


def checked(parts: Parts, model: type[Said]) -> Said:
    """Read the JSON by its model.

    Raises
    ------
    RequestValidationError
        It is not as described.
    """
    if b"\\u0000" in parts.said:  # no database keeps it
        raise InputError("words: no NUL character may stand in them")
    try:
        given = orjson.loads(parts.said or b"{}")
    except orjson.JSONDecodeError as error:
        raise InputError("the body is not JSON") from error
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise RequestValidationError(
            [one | {"loc": ("body", *one["loc"])} for one in error.errors()]
        ) from error


def described(model: type[BaseModel]) -> dict[str, Any]:
    """Describe such a body for the description of the interface."""
    schema = model.model_json_schema()
    photo = {"type": "array", "items": {"type": "string", "format": "binary"}}
    form = {"type": "object", "properties": {"said": {"type": "string"}, "photo": photo}}
    content = {
        "application/json": {"schema": schema},
        "multipart/form-data": {"schema": form | {"required": ["said"]}},
    }
    return {"requestBody": {"required": True, "content": content}}


def _small(body: bytes) -> bytes:
    if len(body) > _MOST_JSON:
        raise InputError("the body is too large")
    return body
