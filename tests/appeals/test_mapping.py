from pathlib import Path

import pytest

from appeals.errors import InputError
from appeals.mapping import DEFAULT, Mapping, read_mapping, read_zone

EXAMPLES = Path(__file__).parents[2] / "examples"


def written(folder: Path, text: str) -> Path:
    path = folder / "city.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_mapping_is_read_whole(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        'source = "hotline"\ntime_zone = "Asia/Shanghai"\ndatum = "EPSG:4547"\n'
        '[columns]\nid = "No"\nstatus = ""\n'
        "[constants]\ndistrict = '西区'\nradius_m = 30\nrepeat = false\n"
        '[level_of_place]\nregion = "district"\n',
    )

    assert read_mapping(path) == Mapping(
        source="hotline",
        time_zone="Asia/Shanghai",
        datum="EPSG:4547",
        columns={"id": "No", "status": ""},
        constants={"district": "西区", "radius_m": "30", "repeat": "false"},
        level_of_place={"region": "district"},
    )


def test_an_empty_mapping_is_the_default(tmp_path: Path) -> None:
    assert read_mapping(written(tmp_path, "\ufeff")) == DEFAULT


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('time_zon = "Asia/Shanghai"', "unknown key time_zon; did you mean time_zone?"),
        ('[columns]\nrecieved_at = "t"', "did you mean received_at?"),
        ("[columns]\nid = 3", r"\[columns\] id must be a text"),
        ("columns = 3", "must be a table"),
        ('[level_of_place]\nx = "streets"', "did you mean street?"),
        ('time_zone = "Asia/Peking"', "there is no zone Asia/Peking"),
        ('time_zone = "Asia"', "there is no zone Asia"),
        ('time_zone = "../x"', "there is no zone"),
        ('datum = "gcj-02"', "unknown datum gcj-02: give one of"),
        ("datum = 4326", "datum must be a text"),
        ('source = " "', "source must be a text"),
        ('[columns]\nkind = "k"\n[constants]\nkind = "投诉"', "kind has a column and a constant"),
        ("source = ", "not valid TOML"),
    ],
)
def test_a_mistake_is_told_with_the_nearest_right_name(
    tmp_path: Path, text: str, told: str
) -> None:
    with pytest.raises(InputError, match=told) as caught:
        read_mapping(written(tmp_path, text))
    assert str(tmp_path) not in str(caught.value)


def test_a_missing_or_foreign_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.toml is not here"):
        read_mapping(tmp_path / "none.toml")
    (tmp_path / "gb.toml").write_bytes("source = '热线'".encode("gb18030"))
    with pytest.raises(InputError, match="not UTF-8"):
        read_mapping(tmp_path / "gb.toml")


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.name)
def test_the_examples_are_valid_and_short(path: Path) -> None:
    mapping = read_mapping(path)

    assert mapping.datum is not None
    assert {"id", "received_at"} <= mapping.columns.keys()
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 20


def test_a_zone_is_read_by_its_name() -> None:
    assert read_zone("America/Los_Angeles").key == "America/Los_Angeles"
