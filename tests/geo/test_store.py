import pandas as pd
from sqlalchemy.engine import Engine

from appeals.database import reading, writing
from geo.gazetteer import COLUMNS
from geo.store import add_places, load_places


def places(*rows: tuple[str, float]) -> pd.DataFrame:
    return pd.DataFrame(
        [(name, "compound", "样板路7号", "示例区", lon, 39.9, "示例局") for name, lon in rows],
        columns=list(COLUMNS),
    )


def test_places_come_back_as_they_went_in(engine: Engine) -> None:
    frame = places(("示例花园", 116.3), ("样本家园", 116.123456789012345))
    with writing(engine) as connection:
        assert add_places(connection, frame) == 2
    with reading(engine) as connection:
        pd.testing.assert_frame_equal(load_places(connection), frame, check_dtype=False)


def test_a_second_import_adds_only_what_is_new(engine: Engine) -> None:
    with writing(engine) as connection:
        add_places(connection, places(("示例花园", 116.3)))
    with writing(engine) as connection:
        both = places(("示例花园", 116.3), ("示例花园", 116.4), ("示例花园", 116.4))
        assert add_places(connection, both) == 1
    with reading(engine) as connection:
        assert load_places(connection)["lon"].tolist() == [116.3, 116.4]


def test_an_empty_gazetteer_loads_as_an_empty_frame(engine: Engine) -> None:
    with writing(engine) as connection:
        assert add_places(connection, places()) == 0
        frame = load_places(connection)
    assert list(frame.columns) == list(COLUMNS)
    assert len(frame) == 0
