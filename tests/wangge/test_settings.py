from pathlib import Path

import pytest

from appeals.errors import InputError
from wangge.commands.setup import TEMPLATE
from wangge.settings import Settings, read_settings


def write(folder: Path, text: str) -> Path:
    path = folder / "wangge.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_settings_that_init_writes_are_the_defaults(tmp_path: Path) -> None:
    read = read_settings(write(tmp_path, TEMPLATE))

    placed = {"database", "cache", "sealing"}  # lie beside the file
    assert read.model_dump(exclude=placed) == Settings().model_dump(exclude=placed)
    assert read.cache == tmp_path / "cache"
    assert read.sealing.cipher == Settings().sealing.cipher


def test_init_writes_no_bounding_box(tmp_path: Path) -> None:
    assert read_settings(write(tmp_path, TEMPLATE)).jurisdiction.bounding_box is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("databse = 'x'", "did you mean database?"),
        ("[jurisdiction]\ntimezone = 'x'", "did you mean jurisdiction.time_zone?"),
        ("[alerts]\nbudget = 3", "did you mean alerts.budget_per_day?"),
        ("[alerts.keys]\ncomunity = []", "did you mean alerts.keys.community?"),
        ("[alerts.budget_by_level]\ndistric = 3", "did you mean alerts.budget_by_level.district?"),
        ("[alert]\nbudget_per_day = 3", "did you mean alerts?"),
    ],
)
def test_an_unknown_key_names_the_nearest_known_one(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match="unknown setting") as caught:
        read_settings(write(tmp_path, text))

    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("[jurisdiction]\ntime_zone = 'Mars/Olympus'", "jurisdiction.time_zone"),
        ("[jurisdiction]\nbounding_box = [117, 39, 115, 41]", "jurisdiction"),
        ("[period]\nmonth_start = 31", "period.month_start"),
        ("[datum]\nhotline = 'mars'", "datum.hotline"),
        ("database = ", "not valid TOML"),
        ("[jurisdiction]\ntime_zone = 'Asia'", "there is no such zone; write it as Asia/Shanghai"),
        ("[jurisdiction]\ncode = 110000", "jurisdiction.code: must be a text in quotes"),
        ("[jurisdiction]\ncode = '11'", "jurisdiction.code: must be six digits"),
        ("[jurisdiction]\nbounding_box = [1, 2, 3]", "bounding_box.3: has a value too few"),
        ("[datum]\nhotline = 'gcj-02'", "datum.hotline: must be one of wgs84"),
        ("[sealing]\ncipher = 'aes'", "sealing.cipher: must be 'aes-gcm' or 'sm4-gcm'"),
        ("[alerts]\nbudget_per_day = 'many'", "alerts.budget_per_day: must be a whole number"),
        ("[alerts.keys]\nstreet = [4]", "alerts.keys.street.0: must be 1, 2 or 3"),
        ("period = 3", "period: must be a section"),
    ],
)
def test_a_wrong_value_names_its_key(tmp_path: Path, text: str, field: str) -> None:
    with pytest.raises(InputError, match=field):
        read_settings(write(tmp_path, text))


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANGGE_JURISDICTION__NAME", "示例区")
    path = write(tmp_path, "[jurisdiction]\nname = '样板市'\ncode = '990000'")

    read = read_settings(path)

    assert read.jurisdiction.name == "示例区"
    assert read.jurisdiction.code == "990000"


def test_relative_paths_start_at_the_file(tmp_path: Path) -> None:
    read = read_settings(write(tmp_path, "[alerts]\nlexicon = 'own.csv'"))

    assert read.database == f"sqlite:///{tmp_path / 'wangge.db'}"
    assert read.sealing.key_file == tmp_path / "wangge.key"
    assert read.alerts.lexicon == tmp_path / "own.csv"


def test_a_missing_file_names_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="wangge init"):
        read_settings(tmp_path / "wangge.toml")


def test_a_wrong_value_is_not_repeated(tmp_path: Path) -> None:
    path = write(tmp_path, "[sealing]\nkey_command = 17\ncipher = 'hunter2'")

    with pytest.raises(InputError) as caught:
        read_settings(path)

    assert "hunter2" not in str(caught.value)


def test_a_password_stands_only_in_a_file_that_nobody_else_reads(tmp_path: Path) -> None:
    path = write(tmp_path, "database = 'postgresql+psycopg://wangge:hunter2@host/wangge'")
    path.chmod(0o644)
    with pytest.raises(InputError, match="chmod 600") as caught:
        read_settings(path)
    assert "hunter2" not in str(caught.value)

    path.chmod(0o600)

    assert read_settings(path).database.startswith("postgresql+psycopg://")


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("DATABSE", "x", "unknown variable WANGGE_DATABSE; did you mean WANGGE_DATABASE?"),
        ("ALERT__CONSULT", "1", "did you mean WANGGE_ALERTS__CONSULT?"),
        ("ALERTS__BUDGT_PER_DAY", "3", "did you mean alerts.budget_per_day?"),
        ("ALERTS__BUDGET_PER_DAY", "x", "WANGGE_ALERTS__BUDGET_PER_DAY): must be a whole"),
        ("DATUM", "gcj02", "written as JSON"),
    ],
)
def test_a_wrong_variable_is_told_by_its_own_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str
) -> None:
    monkeypatch.setenv(f"WANGGE_{variable}", value)

    with pytest.raises(InputError) as caught:
        read_settings(write(tmp_path, TEMPLATE))

    assert said in str(caught.value)


def test_variables_of_others_are_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"WANGGE_{'HOUSEKEEPING'}", "x")

    assert read_settings(write(tmp_path, TEMPLATE)) is not None


def test_a_file_saved_by_a_windows_editor_is_read(tmp_path: Path) -> None:
    path = tmp_path / "wangge.toml"
    path.write_bytes(b"\xef\xbb\xbf" + TEMPLATE.encode())

    assert read_settings(path).jurisdiction.name == "本市"


def test_a_folder_in_place_of_the_settings_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_settings(tmp_path)
