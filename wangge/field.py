"""The settings of the grid workers' phones."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator

from appeals.declared import FORM

Map = Literal["amap", "amap-app", "baidu", "baidu-app", "tencent-app", "geo"]


class FieldWork(BaseModel):
    """The section ``[field]``: the grid workers' phones."""

    model_config = ConfigDict(extra="forbid")
    rules: Path | None = Field(
        default=None, description="the office's own table of limits, photos and near cases by class"
    )
    datum: Annotated[str, Field(pattern=FORM)] = Field(
        default="wgs84", description="of the positions that the phones' shell says"
    )
    navigation: tuple[Map, ...] = Field(
        default=("amap", "baidu", "geo"), description="maps that a task is handed to, in this order"
    )
    dial: str | None = Field(
        default=None, description="address by which the platform dials, with {number} in it"
    )
    address: str = Field(
        default="http://127.0.0.1:8000",
        description="of the pages, as a link in a work group says it",
    )
    pack_h: float = Field(
        default=12, gt=0, le=24, description="hours after which a phone forgets its packed area"
    )

    @field_validator("dial")
    @classmethod
    def _names_the_case(cls, value: str | None) -> str | None:
        if value is not None and "{number}" not in value:
            raise ValueError("{number} must stand in it: the platform knows the caller by the case")
        return value

    def within(self, folder: Path) -> Self:
        """Take the path of the table from the settings' folder."""
        return self.model_copy(update={"rules": self.rules and folder / self.rules})
