"""Open311: whatever is asked, posted or answered is read within bounds, or refused."""

from contextlib import suppress
from datetime import timedelta
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from casework.open311.asked import read_posted, read_wanted
from casework.open311.fault import Fault
from casework.open311.written import write
from tests.casework.test_open311 import tree_of
from tests.casework.town import NOW


@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_whatever_words_there_are_the_xml_is_read_back(text: str) -> None:
    written = write("errors", [{"code": 400, "description": text.replace("\r", "")}], "xml")

    (error,) = tree_of(ElementTree.fromstring(written))

    unwritable = set(map(chr, range(32))) - set("\t\n") | {"\ufffe", "\uffff"}
    assert (error["description"] or "") == "".join(c for c in text if c not in unwritable)


ASKED = ("service_request_id", "service_code", "start_date", "end_date", "status", "lat", "long",
         "radius", "page", "page_size")  # fmt: skip
POSTED = ("service_code", "lat", "long", "address_string", "attribute[urgency]", "attribute[]")


@given(asked=st.dictionaries(st.sampled_from(ASKED), st.text(max_size=30)))
def test_what_is_asked_is_read_within_bounds_or_refused(asked: dict[str, str]) -> None:
    with suppress(Fault):
        wanted = read_wanted(asked, NOW)
        assert wanted.last - wanted.first <= timedelta(days=90)
        assert 1 <= wanted.page_size <= 1000


@given(pairs=st.lists(st.tuples(st.sampled_from(POSTED), st.text(max_size=20))))
def test_what_is_posted_has_a_place_or_is_refused(pairs: list[tuple[str, str]]) -> None:
    with suppress(Fault):
        posted = read_posted(pairs)
        assert posted.point or posted.address
