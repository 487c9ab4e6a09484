"""Open311 GeoReport v2, met by a client that knows the standard's text alone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient

from api.desk import Desk
from appeals.people.roles import Right
from tests.casework.town import NAME, PHONE, Town

COVER = "城市管理/市政设施/井盖缺损"


@dataclass
class Client:
    """Finds the endpoint by the discovery file, and speaks XML or JSON, whichever it is told."""

    door: TestClient
    key: str
    form: str = "xml"
    base: str = ""

    def discover(self) -> None:
        told = self.read(self.door.get(f"/open311/discovery.{self.form}"))
        (endpoint,) = told["endpoints"]
        assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
        assert {"text/xml", "application/json"} <= set(endpoint["formats"])
        self.base = urlsplit(endpoint["url"]).path

    def get(self, path: str, **asked: str) -> Any:
        query = urlencode({"api_key": self.key, **asked})
        return self.door.get(f"{self.base}/{path}.{self.form}?{query}")

    def post(self, **sent: str) -> Any:
        named = {name.replace("__", "["): value for name, value in sent.items()}
        body = urlencode({f"{n}]" if "[" in n else n: v for n, v in named.items()})
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        return self.door.post(f"{self.base}/requests.{self.form}", content=body, headers=headers)

    def read(self, answer: Any) -> Any:
        """Read an answer as the tree that both forms write."""
        if self.form == "json":
            assert answer.headers["content-type"] == "application/json; charset=utf-8"
            return answer.json()
        assert answer.headers["content-type"] == "text/xml; charset=utf-8"
        assert answer.text.lower().startswith("<?xml version='1.0' encoding='utf-8'?>")
        return tree_of(ElementTree.fromstring(answer.content))


LISTS = ("services", "service_requests", "attributes", "values", "endpoints", "formats", "errors")


def tree_of(element: ElementTree.Element) -> Any:
    if element.tag in LISTS:
        return [tree_of(child) for child in element]
    if len(element):
        return {child.tag: tree_of(child) for child in element}
    return element.text


@pytest.fixture
def client(town: Town) -> Client:
    town.client.cookies.clear()
    return Client(town.client, town.token(Right.INTAKE, Right.REQUESTS), base="/open311/v2")


@pytest.mark.parametrize("form", ["xml", "json"])
def test_a_client_goes_its_whole_round(town: Town, client: Client, form: str) -> None:
    client.form, client.base = form, ""
    client.discover()
    listed = {one["service_code"]: one for one in client.read(client.get("services"))}
    service = listed[COVER]
    assert (service["service_name"], service["type"]) == ("井盖缺损", "realtime")
    assert str(service["metadata"]).lower() == "true"
    asked = client.read(client.get(f"services/{quote(COVER, safe='')}"))
    assert asked["service_code"] == COVER
    urgency = next(one for one in asked["attributes"] if one["code"] == "urgency")
    assert urgency["datatype"] == "singlevaluelist"
    keys = [one["key"] for one in urgency["values"]]

    answer = client.post(
        api_key=client.key, service_code=COVER, lat="30.005", long="104.005",
        address_string="样板路5号", first_name="惠兰", last_name="欧阳", phone=PHONE,
        description=f"井盖破了 <b>&\n我叫{NAME}", device_id="tt222111", attribute__urgency=keys[-1],
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    (made,) = client.read(answer)
    number = made["service_request_id"]
    assert "token" not in made

    (found,) = client.read(client.get(f"requests/{number}"))
    assert (found["status"], found["status_notes"]) == ("open", "已受理")
    assert found["service_code"] == COVER
    assert "井盖破了" in found["description"]
    assert NAME not in str(found)
    assert PHONE not in str(found)
    assert (float(found["lat"]), float(found["long"])) == (30.005, 104.005)
    assert datetime.fromisoformat(found["requested_datetime"]) == town.now[0]

    town.come_as("desk")
    assert town.move(int(number), "dispatch", unit="street:110105001").status_code == 200
    town.come_as("jia")
    town.move(int(number), "receive")
    town.later(minutes=30)
    town.move(int(number), "done", photos=1)
    (found,) = client.read(client.get(f"requests/{number}"))
    assert (found["status"], found["status_notes"]) == ("open", "现场处置完成")
    assert found["expected_datetime"]
    town.come_as("street")
    town.move(int(number), "report-back")
    town.come_as("desk")
    town.move(int(number), "close")
    (found,) = client.read(client.get(f"requests/{number}"))
    assert found["status"] == "closed"
    assert datetime.fromisoformat(found["updated_datetime"]) == town.now[0]


def test_requests_near_open_and_of_a_service_are_found_and_a_number_overrides_the_rest(
    town: Town, client: Client
) -> None:
    client.form = "json"
    places = {"30.005": "104.005", "30.0051": "104.0051", "30.009": "104.039"}
    sent = [
        client.read(client.post(api_key=client.key, service_code=COVER, lat=lat, long=lon))[0]
        for lat, lon in places.items()
    ]
    numbers = [one["service_request_id"] for one in sent]
    town.come_as("desk")
    assert town.move(int(numbers[1]), "answer", words="已告知").status_code == 200

    near = {"lat": "30.005", "long": "104.005", "radius": "200"}
    open_ = client.get("requests", status="open", service_code=COVER, **near)
    both = client.get("requests", status="open,closed", **near)
    named = client.get("requests", service_request_id=f"{numbers[1]},{numbers[2]},x,7777777",
                       status="open", start_date="nonsense", service_code="none")  # fmt: skip
    paged = [client.get("requests", page=str(n), page_size="2").json() for n in (1, 2, 3)]

    def ids(answer: Any) -> list[str]:
        return [one["service_request_id"] for one in answer.json()]

    assert ids(open_) == [numbers[0]]
    assert sorted(ids(both)) == sorted(numbers[:2])
    assert sorted(ids(named)) == sorted(numbers[1:])
    assert [len(page) for page in paged] == [2, 1, 0]
    assert client.get("requests", service_code="other").json() == []


def test_another_key_sees_the_matter_and_a_cell_and_cannot_find_the_point_by_small_circles(
    town: Town, client: Client
) -> None:
    client.form = "json"
    told = client.post(
        api_key=client.key, service_code=COVER, lat="30.005", long="104.005",
        description="我家门口井盖破了", address_string="样板路5号3单元1202室",
    )  # fmt: skip
    number = told.json()[0]["service_request_id"]
    other = Client(town.client, town.token(Right.REQUESTS), "json", "/open311/v2")

    (found,) = other.get(f"requests/{number}").json()

    assert found["description"] is None
    assert found["address"] == "乙社区"
    assert (found["lat"], found["long"]) != (30.005, 104.005)
    assert abs(found["lat"] - 30.005) < 0.003
    assert other.get("requests", lat="30.005", long="104.005", radius="10").json() == []
    shown = {"lat": str(found["lat"]), "long": str(found["long"]), "radius": "10"}
    assert len(other.get("requests", **shown).json()) == 1
    (own,) = client.get(f"requests/{number}").json()
    assert own["address"] == "样板路5号"


def test_appeals_of_the_hotline_do_not_go_out_by_this_door(posting: Client) -> None:
    posting.form = "json"
    assert posting.get("requests").json() == []
    assert posting.get("requests/1").status_code == 404


def test_a_screened_service_answers_with_a_token_until_the_desk_has_looked(
    town: Town, client: Client
) -> None:
    client.form = "json"
    town.client.app.state.desk.settings.open311.screened = ("城市管理/市政设施",)  # type: ignore[attr-defined]
    service = next(one for one in client.get("services").json() if one["service_code"] == COVER)
    assert service["type"] == "batch"

    (made,) = client.post(
        api_key=client.key, service_code=COVER, lat="30.005", long="104.005"
    ).json()
    (waiting,) = client.get(f"tokens/{made['token']}").json()
    town.come_as("desk")
    sent = [one["appeal_id"] for one in town.tasks(state="taken_in")]
    assert town.move(sent[0], "dispatch", unit="street:110105001").status_code == 200
    (ready,) = client.get(f"tokens/{made['token']}").json()

    assert "service_request_id" not in made
    assert waiting == {"service_request_id": None, "token": made["token"]}
    assert ready["service_request_id"] == str(sent[0])
    assert client.get("tokens/none").status_code == 404


def test_the_same_request_under_the_same_key_of_its_own_is_taken_once(client: Client) -> None:
    body = urlencode({"api_key": client.key, "service_code": COVER, "lat": 30.005, "long": 104.005})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Idempotency-Key": "one"}
    path = "/open311/v2/requests.json"

    told = [client.door.post(path, content=body, headers=headers).json() for _ in range(2)]

    assert told[0] == told[1]
    client.form = "json"
    assert len(client.get("requests").json()) == 1


def test_who_posts_holds_no_connection_while_intake_asks_for_its_own(
    town: Town, client: Client
) -> None:
    app: Any = town.client.app
    desk: Desk = app.state.desk
    held: list[int] = []

    def take(*given: Any, **how: Any) -> Any:
        pool: Any = town.engine.pool
        held.append(pool.checkedout())
        assert desk.take is not None
        return desk.take(*given, **how)

    app.state.desk = replace(desk, take=take)

    answer = client.post(api_key=client.key, service_code=COVER, lat="30.005", long="104.005")

    assert answer.status_code == 200, answer.text
    assert held == [0]


@pytest.mark.parametrize(
    ("sent", "status", "word"),
    [
        ({"service_code": ""}, 400, "service_code"),
        ({"service_code": "没有"}, 404, "service_code"),
        ({"service_code": "城市管理"}, 404, "service_code"),  # it has classes below it
        ({"lat": ""}, 400, "together"),
        ({"lat": "", "long": ""}, 400, "address_string"),
        ({"lat": "104.005", "long": "30.005"}, 400, "lat"),  # the other way round
        ({"lat": "nan"}, 400, "lat"),
        ({"description": "x" * 4001}, 400, "description"),
        ({"attribute__colour": "red"}, 400, "attribute"),
        ({"attribute__urgency": "very"}, 400, "urgency"),
        ({"lat": "", "long": "", "address_id": "999"}, 400, "address_id"),
        ({"api_key": ""}, 403, "api_key"),
        ({"api_key": "wrong"}, 403, "api_key"),
    ],
)
@pytest.mark.parametrize("form", ["xml", "json"])
def test_what_is_wrong_with_a_post_is_told_in_the_standards_shape(
    posting: Client, sent: Mapping[str, str], status: int, word: str, form: str
) -> None:
    posting.form = form
    given = {"api_key": posting.key, "service_code": COVER, "lat": "30.005", "long": "104.005"}

    answer = posting.post(**{**given, **sent})

    assert answer.status_code == status, answer.text
    (error,) = posting.read(answer)
    assert str(error["code"]) == str(status)
    assert word in error["description"]


@pytest.fixture(scope="module")
def posting(received: Town) -> Client:
    received.client.cookies.clear()
    return Client(received.client, received.token(Right.INTAKE, Right.REQUESTS), base="/open311/v2")


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-04-01T00:00:00Z"}, 200),
        ({"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-04-02T00:00:00Z"}, 400),
        ({"start_date": "2026-03-02T00:00:00Z", "end_date": "2026-03-01T00:00:00Z"}, 400),
        ({"start_date": "2026-03-01T00:00:00"}, 400),  # no offset
        ({"start_date": "2026-03-01"}, 400),
        ({"status": "任务处理"}, 400),
        ({"status": ""}, 200),  # an empty argument is none
        ({"page_size": "1001"}, 400),
        ({"lat": "30"}, 400),
    ],
)
def test_what_is_asked_is_bounded(posting: Client, asked: dict[str, str], status: int) -> None:
    posting.form = "json"
    assert posting.get("requests", **asked).status_code == status


def test_keys_open_what_their_scope_says(town: Town, client: Client) -> None:
    taking = Client(town.client, town.token(Right.INTAKE), "json", "/open311/v2")
    reading = Client(town.client, town.token(Right.REQUESTS), "json", "/open311/v2")

    assert taking.get("requests").status_code == 403
    assert (
        reading.post(api_key=reading.key, service_code=COVER, lat="30", long="104").status_code
        == 403
    )
    town.come_as("desk")  # a person's session is no key
    assert town.client.get("/open311/v2/requests.json").status_code == 403
    bearer = {"Authorization": f"Bearer {reading.key}"}
    assert town.client.get("/open311/v2/requests.json", headers=bearer).status_code == 200


def test_an_unknown_format_is_not_found(posting: Client) -> None:
    for path in ("services.yaml", "requests/1.csv", "services/x", "tokens/x.pdf", "tokens/%00.xml"):
        answer = posting.door.get(f"/open311/v2/{path}")
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "text/xml; charset=utf-8"
