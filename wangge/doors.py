"""The settings of what other systems are told and asked: CAP messages, Open311."""

import re

from pydantic import BaseModel, ConfigDict, Field, field_validator


class Cap(BaseModel):
    """The section ``[cap]``: in whose name messages of the Common Alerting Protocol go out."""

    model_config = ConfigDict(extra="forbid")

    sender: str = Field(default="wangge", description="name among senders, as a host's name")
    body: str = Field(default="000", description="kind of the body by GB/T 4657, three digits")

    @field_validator("sender")
    @classmethod
    def _plain_name(cls, value: str) -> str:
        if not re.fullmatch(r"[^\s,<&]+", value):
            raise ValueError("no space, comma, < or & may stand in it")
        return value

    @field_validator("body")
    @classmethod
    def _three_digits(cls, value: str) -> str:
        if not re.fullmatch(r"[0-9]{3}", value):
            raise ValueError("must be three digits in quotes")
        return value


class Open311(BaseModel):
    """The section ``[open311]``: the door for other systems by Open311 GeoReport v2."""

    model_config = ConfigDict(extra="forbid")
    jurisdiction_id: str = Field(
        default="", description="name of this jurisdiction; without it any is taken for ours"
    )
    contact: str = Field(default="请联系热线值班室", description="whom the owner of a client asks")
    key_service: str = Field(
        default="请向热线值班室申请", description="how a key is got: wangge tokens add"
    )
    screened: tuple[str, ...] = Field(
        default=(), description="classes whose requests get a token until the desk has looked"
    )
