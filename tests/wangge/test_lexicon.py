"""``wangge lexicon``: a list is checked, tried, put in force and taken up by the watch."""

from pathlib import Path

from alerts.lexicon.read import read_lexicon
from tests.wangge.conftest import Run, Town

OWN = """edition = "本市 1"
[family.own]
name = "自定"
severity = 3
duties = ["应急"]
terms = ["反复出现"]
"""


def test_a_broken_list_is_told_fault_by_fault_and_not_imported(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(OWN.replace("反复出现", "火").replace("应急", "应机"), encoding="utf-8")

    answer = run("lexicon", "check", path, code=1)
    refusal = run("lexicon", "import", path, code=1)

    assert answer["faults"] == [
        answer["faults"][0],
        "line 6: family own: term “火”: a word of one letter fires everywhere: write two, "
        "or a combination",
    ]
    assert "line 2: family own: duty “应机”" in answer["faults"][0]
    assert refusal["error"].startswith("own.toml: line 2: family own")
    assert run("lexicon", "list")["editions"] == []


def test_words_can_be_tried(run: Run) -> None:
    hits = run("lexicon", "check", "--text", "没有着火，但有人要跳楼")["hits"]

    by_term = {hit["term"]: hit for hit in hits}
    assert by_term["着火"]["lowered_by"] == "否定"
    assert by_term["跳楼"]["told"] is True


def test_an_imported_edition_is_taken_up_and_its_signals_carry_it(
    run: Run, town: Town, tmp_path: Path
) -> None:
    path = tmp_path / "own.toml"
    path.write_text(OWN, encoding="utf-8")
    version = read_lexicon(path).version

    before = run("lexicon", "import", path)
    again = run("lexicon", "list")
    run("ingest", town.appeals, "--datum", "wgs84")
    sensitive = [one for one in run("alerts", "list")["items"] if one["kind"] == "sensitive"]

    assert before["before"] is None
    assert before["in_force"] is True
    assert again["in_force"] == version
    assert version in str(run("alerts", "show", sensitive[0]["id"])["signals"])


def test_the_list_of_the_settings_goes_before_an_imported_one_and_is_kept(
    run: Run, site: Path, town: Town, tmp_path: Path
) -> None:
    own = site / "own.toml"
    own.write_text(OWN, encoding="utf-8")
    other = tmp_path / "other.toml"
    other.write_text(OWN.replace("本市 1", "本市 2"), encoding="utf-8")
    config = site / "wangge.toml"
    config.write_text(
        config.read_text(encoding="utf-8").replace(
            '# lexicon = "lexicon.toml"', 'lexicon = "own.toml"'
        ),
        encoding="utf-8",
    )

    imported = run("lexicon", "import", other)
    run("ingest", town.appeals, "--datum", "wgs84")
    answer = run("lexicon", "list")

    assert imported["in_force"] is False
    assert answer["in_force"] == read_lexicon(own).version
    kept = {one["version"]: one["imported"] for one in answer["editions"]}
    assert kept == {read_lexicon(own).version: False, read_lexicon(other).version: True}
