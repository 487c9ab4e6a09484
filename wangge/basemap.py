"""The section ``[basemap]`` of the settings, and the base map that comes of it."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from maps.basemaps import Base, Crs, Datum, Kind, check_base


class Basemap(BaseModel):
    """What lies under the data on the maps."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind = Field(default="blank", description="blank, pmtiles, tianditu or tiles (XYZ, WMTS)")
    path: Path | None = Field(default=None, description="own packed tiles, for pmtiles")
    url: str = Field(default="", description="template with {z}, {x}, {y}, {layer}, {key}, {s}")
    layers: tuple[str, ...] = Field(default=("base",), description="names put for {layer}")
    crs: Crs = Field(default="EPSG:3857", description="of the pyramid: EPSG:3857 or EPSG:4490")
    datum: Datum = Field(
        default="CGCS2000", description="or GCJ-02: what is drawn is moved to fit it"
    )
    key: str = Field(default="", repr=False, description="of the service, by environment only")
    zoom_offset: int = Field(default=0, ge=-2, le=2, description="added to the level of a tile")
    max_zoom: int = Field(default=18, ge=5, le=22, description="the finest level of the service")
    attribution: str = Field(default="", description="来源, shown at the lower left")
    review_no: str = Field(default="", description="审图号, shown at the lower left")
    public: bool = Field(default=True, description="whether others than the office may see the map")


def read_base(section: Basemap, folder: Path) -> Base:
    """Make the base map of the settings; relative paths are taken from ``folder``.

    Raises
    ------
    InputError
        It may not or cannot be shown; the message names the setting.
    """
    given = section.model_dump()
    if section.path is not None:
        given["path"] = folder / section.path
    return check_base(Base(**given))
