"""The doctor holds the classes of 重点时段 against the class tree."""

from pathlib import Path

import pytest

from tests.wangge.conftest import Run

PERIOD = '[[period]]\nname = "汛期"\nfirst = 2026-06-01\nlast = 2026-09-15\nclasses = {}\n'


@pytest.mark.parametrize(
    ("classes", "well"), [(["物业"], True), (["物业/停车管理"], True), (["停车管理"], False)]
)
def test_a_class_that_the_tree_does_not_have_is_named(
    site: Path, run: Run, tmp_path: Path, classes: list[str], well: bool
) -> None:
    tree = "code,name,parent\n1,物业,\n11,停车管理,1\n"
    (tmp_path / "tree.csv").write_text(tree, encoding="utf-8")
    run("classes", "import", tmp_path / "tree.csv")
    (site / "focus.toml").write_text(
        PERIOD.format(str(classes).replace("'", '"')), encoding="utf-8"
    )
    settings = site / "wangge.toml"
    written = settings.read_text(encoding="utf-8")
    own = written.replace("[alerts]\n", '[alerts]\nfocus = "focus.toml"\n', 1)
    assert own != written
    settings.write_text(own, encoding="utf-8")

    checks = run("doctor", code=1 if not well else 0)["checks"]

    assert isinstance(checks, list)
    (told,) = [one for one in checks if one["check"] == "lexicon"]
    assert told["well"] is well
    assert ("no class of this path: 停车管理" in told["says"]) is not well
