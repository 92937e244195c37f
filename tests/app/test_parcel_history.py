"""A parcel's page through time: as of a day, where it came from, and after it has ended."""

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.edits.drafts import changes_of
from tests.edits.land import Office, make_office
from tests.people import PAGE

SPLIT_ON = date(2026, 3, 5)


@pytest.fixture
def office(session: Session) -> Office:
    made = make_office(session)
    draft = made.approved(made.split(made.begin()), SPLIT_ON)
    made.parcels |= {one.attributes["number"]: one.key for one in changes_of(draft).made}
    session.commit()
    return made


def json_of(client: FlaskClient, office: Office, number: str, day: str = "") -> Any:
    response = client.get(f"/parcels/{office.parcels[number].id}.json" + (day and f"?as-of={day}"))
    assert response.status_code == 200, response.text
    return response.json


def test_a_parcel_that_ended_keeps_its_page_and_points_to_its_heirs(
    client: FlaskClient, office: Office
) -> None:
    response = client.get(f"/parcels/{office.parcels['1'].id}", headers=PAGE)
    assert response.status_code == 200
    assert "Thửa này đã kết thúc ngày 05/03/2026" in response.text
    for number in ("4", "5"):
        assert f'href="/parcels/{office.parcels[number].id}"' in response.text
        assert f"Thửa {number}, tờ 1" in response.text
    said = json_of(client, office, "1")
    assert (said["ended"], said["valid"]) == (True, {"from": "2025-07-01", "to": "2026-03-05"})
    (event,) = said["lineage"]["into"]
    assert (event["kind"], event["on"], len(event["children"])) == ("split", "2026-03-05", 2)


def test_a_new_parcel_says_where_it_came_from(client: FlaskClient, office: Office) -> None:
    said = json_of(client, office, "4")
    assert not said["ended"]
    (event,) = said["lineage"]["from"]
    assert [one["id"] for one in event["parents"]] == [str(office.parcels["1"].id)]
    page = client.get(f"/parcels/{office.parcels['4'].id}", headers=PAGE).text
    assert "Tách thửa" in page
    assert f'href="/parcels/{office.parcels["1"].id}"' in page


@pytest.mark.parametrize(
    ("number", "day", "status"),
    [
        ("1", "2025-06-30", 404),
        ("1", "2025-07-01", 200),
        ("1", "2026-03-04", 200),
        ("1", "2026-03-05", 404),
        ("4", "2026-03-04", 404),
        ("4", "2026-03-05", 200),
        ("4", "2099-01-01", 200),
    ],
)
def test_each_day_has_its_parcels(
    client: FlaskClient, office: Office, number: str, day: str, status: int
) -> None:
    response = client.get(f"/parcels/{office.parcels[number].id}.json?as-of={day}")
    assert response.status_code == status
    if status == 404:
        assert response.json["code"] == "not_valid_then"
    else:
        assert response.json["area"]["map"] == (800 if number == "1" else 400)


def test_a_day_that_is_none_is_refused(client: FlaskClient, office: Office) -> None:
    response = client.get(f"/parcels/{office.parcels['1'].id}.json?as-of=5/3/2026")
    assert (response.status_code, response.json["code"]) == (400, "malformed_as-of")


def test_the_page_of_a_day_says_so_and_leads_back(client: FlaskClient, office: Office) -> None:
    page = client.get(f"/parcels/{office.parcels['1'].id}?as-of=2026-01-01", headers=PAGE).text
    assert "Đây là thửa đất vào ngày 01/01/2026." in page
    assert f'href="/parcels/{office.parcels["1"].id}"' in page
