"""Two cities share layers: what is agreed goes across, nothing else, and a receipt comes back."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pyogrio
import pytest

Run = Callable[..., Any]

AGREEMENT = """
number = "联防 2026 年 1 号"
sender = "甲市"
receiver = "乙市"
purpose = "交界地区风险联防"
valid_from = {first}
valid_to = 2099-12-31
sender_key = "{key}"
receiver_key = "{key}"

[[share]]
layer = "units-street"
fields = ["code", "name"]

[[share]]
layer = "alerts"
fields = ["id", "kind", "level", "opened_at", "callers"]
place = "street"
levels = ["red", "orange", "yellow", "blue"]
"""


@pytest.fixture
def agreement(run: Run, town: Any, tmp_path: Path) -> Path:
    """The town has appeals, a key, and an agreement with itself."""
    run("ingest", town.appeals, "--datum", "wgs84")
    return written(run, tmp_path)


def written(run: Run, folder: Path, first: str = "2020-01-01", **changed: str) -> Path:
    text = AGREEMENT.format(key=run("share", "key")["public_key"], first=first)
    for old, new in changed.items():
        assert old in text
        text = text.replace(old, new)
    path = folder / "agreement.toml"
    path.write_text(text, encoding="utf-8")
    return path


def made(run: Run, agreement: Path, folder: Path) -> Path:
    path = folder / "bundle.zip"
    run("share", "make", "--agreement", agreement, "--who", "王值班", "-o", path)
    return path


def test_what_is_agreed_goes_across_and_a_receipt_comes_back(
    run: Run, agreement: Path, tmp_path: Path
) -> None:
    bundle = made(run, agreement, tmp_path)
    taken = run(
        "share", "take", bundle, "--agreement", agreement, "--who", "李接收",
        "-o", tmp_path / "in",
    )  # fmt: skip

    streets = pyogrio.read_dataframe(tmp_path / "in" / "units-street.gpkg")
    assert set(streets.columns) == {"编码", "名称", "geometry"}
    assert len(streets) == 2
    alerts = pyogrio.read_dataframe(tmp_path / "in" / "alerts.gpkg")
    assert "标题" not in alerts.columns
    assert "理由" not in alerts.columns
    said = run("share", "confirm", taken["receipt"], "--agreement", agreement, "--bundle", bundle)
    assert (said["received_by"], said["parts"]) == ("李接收", 2)
    run("audit", "verify")


def test_a_part_that_was_changed_on_the_way_is_found_out(
    run: Run, agreement: Path, tmp_path: Path
) -> None:
    bundle = made(run, agreement, tmp_path)
    changed = tmp_path / "changed.zip"
    with ZipFile(bundle) as old, ZipFile(changed, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, data[:-1] + b"x" if name.endswith("street.gpkg") else data)

    error = run(
        "share", "take", changed, "--agreement", agreement, "--who", "李",
        "-o", tmp_path / "in", code=1,
    )["error"]  # fmt: skip

    assert "units-street.gpkg' was changed" in error
    assert not (tmp_path / "in").exists()


def test_another_edition_of_the_agreement_opens_nothing(
    run: Run, agreement: Path, tmp_path: Path
) -> None:
    bundle = made(run, agreement, tmp_path)
    later = tmp_path / "later.toml"
    shutil.copyfile(agreement, later)
    later.write_text(later.read_text(encoding="utf-8") + "\n# 补充\n", encoding="utf-8")

    error = run(
        "share", "take", bundle, "--agreement", later, "--who", "李", "-o", tmp_path, code=1
    )["error"]
    assert "another edition" in error


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('layer = "units-street"', 'layer = "appeals"', "layer: one that may be shared"),
        ('"id", "kind"', '"headline"', "headline may quote people"),
        ('place = "street"', 'place = "grid"', "its community or a larger unit"),
        ('"code", "name"', '"code", "nane"', "no field nane"),
        ('purpose = "交界地区风险联防"', 'purpose = ""', "purpose: a text"),
        ("number =", "nummer =", "nummer: not known"),
        ("valid_to = 2099-12-31", "valid_to = 2021-12-31", "holds from 2020-01-01 to 2021-12-31"),
        ('levels = ["red"', 'levels = ["crimson"', "levels: of red"),
    ],
)
def test_an_agreement_that_cannot_be_right_is_refused_with_its_field(
    run: Run, tmp_path: Path, old: str, new: str, said: str
) -> None:
    path = written(run, tmp_path, **{old: new})

    error = run(
        "share", "make", "--agreement", path, "--who", "王", "-o", tmp_path / "b.zip", code=1
    )["error"]

    assert said in error
    assert not (tmp_path / "b.zip").exists()


def test_somebody_elses_key_signs_nothing(run: Run, tmp_path: Path) -> None:
    agreement = written(run, tmp_path)
    text = agreement.read_text(encoding="utf-8").splitlines()
    other = "A" * 43 + "="
    agreement.write_text(
        "\n".join(
            f'sender_key = "{other}"' if one.startswith("sender_key") else one for one in text
        ),
        encoding="utf-8",
    )

    error = run(
        "share", "make", "--agreement", agreement, "--who", "王", "-o", tmp_path / "b", code=1
    )["error"]
    assert "another key than this site's" in error
