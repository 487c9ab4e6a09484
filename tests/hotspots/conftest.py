"""The evaluation data of hot spots, where they are present."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def data() -> Path:
    """Folder of published data with expected values."""
    root = Path(
        os.environ.get("WANGGE_EVAL_DATA", Path(__file__).resolve().parents[3] / "shared/data")
    )
    folder = root / "hotspots"
    if not folder.is_dir():
        pytest.skip("no evaluation data: set WANGGE_EVAL_DATA")
    return folder
