"""Cards, lists and what is at a point, as the API gives them."""

import json
import math
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from app.accounts.scopes import STAFF
from app.features.models import DataSource, Reading
from app.features.series import MAX_POINTS
from layers import CATALOG
from tests.app.town import Town, build
from tests.shapes import E, N, add, add_parcel, line, multi, point, square
from tiles.scope import PUBLIC

NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture
def town(session: Session) -> Town:
    return build(session)


def get(client: FlaskClient, path: str, **query: object) -> Any:
    response = client.get(path, query_string=query)
    assert response.status_code == 200, response.get_data(as_text=True)
    return response.get_json()


def card(client: FlaskClient, layer: str, key: object, **query: object) -> Any:
    return get(client, f"/api/v1/features/{layer}/{key}", **query)


def row(card: Any, field: str) -> Any:
    return next(one for one in card["rows"] if one["field"] == field)


# Cards


def test_card_says_a_parcel_in_plain_words(client: FlaskClient, town: Town) -> None:
    said = card(client, "parcel", town.twelve)
    assert said["title"] == "Thửa 12, tờ 5"
    assert said["subtitle"] == "Phường Vũng Tàu (trước đây: Phường Thắng Tam, Thành phố Vũng Tàu)"
    assert said["summary"] == f"Đất ở tại đô thị (ODT) · 401,3{NBSP}m²"
    assert said["group"] == "land"
    assert said["page"] == f"/parcels/{town.twelve}"
    assert row(said, "land_use") | {"motif": None} == {
        "field": "land_use",
        "label": "Loại đất",
        "value": "Đất ở tại đô thị",
        "code": "ODT",
        "color": "#FFA0FF",
        "motif": None,
        "note": None,
        "unit": None,
    }


def test_card_leaves_nothing_blank(client: FlaskClient, town: Town) -> None:
    said = card(client, "parcel", town.twelve_east)
    assert row(said, "legal_area")["value"] == "Chưa có số liệu"
    assert all(one["value"] and one["label"] for one in said["rows"])


def test_old_code_is_shown_with_the_one_that_replaced_it(client: FlaskClient, town: Town) -> None:
    use = row(card(client, "parcel", town.eleven), "land_use")
    assert (use["code"], use["note"]) == ("BHK", "BHK → HNK")


def test_large_areas_are_also_said_in_hectares(client: FlaskClient, town: Town) -> None:
    area = row(card(client, "parcel", town.eleven), "legal_area")["value"]
    assert area == f"12.534,2{NBSP}m² (1,25{NBSP}ha)"
    area = row(card(client, "parcel", town.eleven, lang="en"), "legal_area")["value"]
    assert area == f"12,534.2{NBSP}m² (1.25{NBSP}ha)"


def test_card_is_found_by_the_integer_id_of_tiles_too(client: FlaskClient, town: Town) -> None:
    said = card(client, "parcel", town.twelve)
    assert card(client, "parcel", said["fid"]) == said


def test_place_of_a_card_is_that_of_the_feature(client: FlaskClient, town: Town) -> None:
    said = card(client, "parcel", town.twelve)
    west, south, east, north = said["bbox"]
    # Grid north is not true north: the box in degrees is a few centimetres wider.
    assert (west, south) == pytest.approx(town.at(40, 20), abs=1e-6)
    assert (east, north) == pytest.approx(town.at(60, 40), abs=1e-6)
    assert west < said["point"][0] < east
    assert south < said["point"][1] < north
    corner = said["geometry"]["coordinates"][0][0]
    assert corner == pytest.approx(list(town.at(40, 20)), abs=2e-8)  # two millimetres


def test_name_leaves_out_what_is_unknown(client: FlaskClient, town: Town, session: Session) -> None:
    assert card(client, "zone", town.zone)["title"] == "Ô A1 – Nhóm nhà ở"
    area = multi(square())
    without_lot = add(session, "zone", area, function="NO")
    without_function = add(session, "zone", area, lot="B2")
    bare = add(session, "zone", area)
    road = add(session, "road", line((0, 0), (1, 1)))
    assert card(client, "zone", without_lot)["title"] == "Nhóm nhà ở"
    assert card(client, "zone", without_function)["title"] == "Ô B2"
    assert card(client, "zone", bare)["title"] == "Ô quy hoạch"
    assert card(client, "road", road)["title"] == "Đường"
    assert card(client, "road", road)["summary"] is None


def test_numbers_that_are_not_finite_are_no_data(client: FlaskClient, session: Session) -> None:
    station = add(session, "substation", point(), name="T1", kilovolts=math.nan, capacity=math.inf)
    said = card(client, "substation", station)
    assert row(said, "kilovolts")["value"] == "Chưa có số liệu"
    assert row(said, "capacity")["value"] == "Chưa có số liệu"


def test_years_have_no_point_and_dates_two_digits(client: FlaskClient, session: Session) -> None:
    area = multi(square())
    plan = add(
        session,
        "plan",
        area,
        code="QH1",
        name="Quy hoạch chung",
        horizon=2030,
        scale=2000,
        decision_date=date(2026, 3, 5),
    )
    said = card(client, "plan", plan)
    assert row(said, "horizon")["value"] == "2030"
    assert row(said, "decision_date")["value"] == "05/03/2026"
    assert row(card(client, "plan", plan, lang="en"), "decision_date")["value"] == "5 March 2026"


def test_moments_are_said_in_the_time_zone_of_the_place(client: FlaskClient, session: Session) -> None:
    when = datetime(2026, 3, 5, 18, 5, tzinfo=UTC)
    incident = add(session, "incident", point(), kind="accident", started_at=when)
    assert row(card(client, "incident", incident), "started_at")["value"] == "06/03/2026 01:05"


def test_source_is_that_of_the_data_else_of_the_declaration(
    client: FlaskClient, town: Town, session: Session
) -> None:
    source = card(client, "parcel", town.twelve)["source"]
    assert source == {"attribution": "Bản đồ địa chính", "date": None, "note": None}
    session.add(
        DataSource(layer="parcel", attribution="Phòng đo đạc", data_date=date(2026, 11, 22), synthetic=True)
    )
    session.commit()
    source = card(client, "parcel", town.twelve)["source"]
    assert source["attribution"] == "Phòng đo đạc"
    assert source["date"] == "2026-11-22"
    assert "minh họa" in source["note"]


@pytest.mark.parametrize(
    "key",
    ["0", "-1", "99999999999999999999", "nonsense", str(UUID(int=7)), "1%27--", "١٢", "%00"],
)
def test_unknown_feature_is_not_found(client: FlaskClient, town: Town, key: str) -> None:
    response = client.get(f"/api/v1/features/parcel/{key}")
    assert response.status_code == 404
    assert response.get_json()["code"] == "unknown_feature"


def test_point_without_commune_has_no_subtitle(client: FlaskClient, session: Session) -> None:
    parcel = add_parcel(session, "1", square())
    assert card(client, "parcel", parcel)["subtitle"] is None


def test_commune_made_of_others_says_so_where_their_outlines_are_unknown(
    client: FlaskClient, town: Town, session: Session
) -> None:
    session.execute(text("DELETE FROM commune_history"))
    session.commit()
    subtitle = card(client, "parcel", town.twelve)["subtitle"]
    assert subtitle == "Phường Vũng Tàu (trước đây: Phường 1, Phường Thắng Tam)"


# What nobody may see who has not the permission


def test_hidden_layer_does_not_exist_for_the_public(client: FlaskClient, town: Town) -> None:
    west, south, east, north = town.box(0, 0, 400, 400).split(",")
    for path in (
        f"/api/v1/features/telecom/{town.cable}",
        f"/api/v1/features?layers=telecom&bbox={west},{south},{east},{north}",
        f"/api/v1/identify?lon={west}&lat={south}&zoom=18&layers=parcel,telecom",
    ):
        hidden, unknown = client.get(path), client.get(path.replace("telecom", "nothing"))
        assert (hidden.status_code, unknown.status_code) == (404, 404)
        assert hidden.get_json()["code"] == unknown.get_json()["code"] == "unknown_layer"
    assert get(client, "/api/v1/search", q="FO-9")["groups"] == []
    assert get(client, "/api/v1/search", q="viễn thông")["groups"] == []


def test_hidden_field_is_in_no_answer_for_the_public(client: FlaskClient, town: Town) -> None:
    lon, lat = town.at(30, 30)
    answers = [
        card(client, "parcel", town.eleven),
        get(client, "/api/v1/identify", lon=lon, lat=lat, zoom=18, layers="parcel"),
        get(client, "/api/v1/features", layers="parcel", bbox=town.box(0, 0, 400, 400)),
        get(client, "/api/v1/search", q="11/5"),
        get(client, "/api/v1/search", q="TL-01")["groups"],
    ]
    assert all("TL-01" not in json.dumps(one) for one in answers)
    assert all("survey_document" not in json.dumps(one) for one in answers)


def test_who_has_the_permission_sees_hidden_layers_and_fields(
    client: FlaskClient, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.features.views.scope_of", lambda _: STAFF)
    assert row(card(client, "parcel", town.eleven), "survey_document")["value"] == "TL-01"
    assert card(client, "telecom", town.cable)["title"] == "Cáp viễn thông FO-9"
    assert get(client, "/api/v1/search", q="FO-9")["groups"][0]["results"][0]["id"] == str(town.cable)
    lon, lat = town.at(150, 30)
    hits = get(client, "/api/v1/identify", lon=lon, lat=lat, zoom=18, layers="telecom")["hits"]
    assert [hit["layer"] for hit in hits] == ["telecom"]


def test_answers_for_staff_are_kept_by_no_shared_cache(
    client: FlaskClient, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/api/v1/features/parcel/{town.eleven}"
    assert "private" not in client.get(path).headers["Cache-Control"]
    monkeypatch.setattr("app.features.views.scope_of", lambda _: STAFF)
    assert "private" in client.get(path).headers["Cache-Control"]


# What is at a point

ALL = "commune,parcel,zone,road,hydrant,facility"


def identify(client: FlaskClient, town: Town, east: float, north: float, **query: object) -> list[Any]:
    lon, lat = town.at(east, north)
    asked = {"lon": lon, "lat": lat, "zoom": 18, "layers": ALL, "tolerance": 8} | query
    hits: list[Any] = get(client, "/api/v1/identify", **asked)["hits"]
    return hits


def test_everything_at_a_point_is_told_parcel_first_then_by_group(client: FlaskClient, town: Town) -> None:
    hits = identify(client, town, 59.9, 25, layers=f"{ALL},flood_area", tolerance=30, zoom=17)
    assert [hit["layer"] for hit in hits] == ["parcel", "commune", "zone", "hydrant"]
    assert [hit["group"] for hit in hits] == ["land", "land", "planning", "works"]
    assert "geometry" not in hits[0]
    assert hits[0]["bbox"]


def test_area_is_here_only_when_it_contains_the_point(client: FlaskClient, town: Town) -> None:
    assert [hit["title"] for hit in identify(client, town, 30, 30, layers="parcel")] == ["Thửa 11, tờ 5"]
    assert identify(client, town, 61, 30, layers="parcel", tolerance=8) == []


def test_shared_boundary_belongs_to_both_parcels(client: FlaskClient, town: Town) -> None:
    lon, lat = town.at(40, 30)
    hits = identify(client, town, 40, 30, layers="parcel", tolerance=30)
    # Rounding decides on which side of the line a point of it comes to lie; one of them has it for sure.
    assert {hit["title"] for hit in hits} <= {"Thửa 11, tờ 5", "Thửa 12, tờ 5"}
    assert hits
    assert lon < 180 > lat


def test_line_and_point_are_hit_within_the_tolerance(client: FlaskClient, town: Town) -> None:
    # At zoom 18 a pixel is 0.29 m here: 8 pixels reach 2.3 m, 30 reach 8.8 m.
    assert identify(client, town, 150, 63, layers="road", tolerance=8) == []
    assert len(identify(client, town, 150, 63, layers="road", tolerance=22)) == 1
    assert len(identify(client, town, 71, 25, layers="hydrant", tolerance=8)) == 1
    assert identify(client, town, 74, 25, layers="hydrant", tolerance=8) == []


def test_sliver_is_hit_beside_its_ground(client: FlaskClient, town: Town, session: Session) -> None:
    sliver = multi(square(120, 200, width=0.05, height=10))
    add(session, "coverage_defect", sliver, kind="overlap", parcels="11, 12")
    hits = identify(client, town, 121, 205, layers="coverage_defect")
    assert [hit["title"] for hit in hits] == ["Chồng lấn 11, 12"]


def test_layer_that_the_zoom_does_not_show_is_not_hit(client: FlaskClient, town: Town) -> None:
    first = CATALOG["parcel"].minzoom
    assert identify(client, town, 30, 30, layers="parcel", zoom=first - 0.1) == []
    assert len(identify(client, town, 30, 30, layers="parcel", zoom=first)) == 1
    assert len(identify(client, town, 30, 30, layers="parcel", zoom=24)) == 1


def test_at_most_fifty_hits(client: FlaskClient, town: Town, session: Session) -> None:
    for number in range(60):
        add(session, "hydrant", point(300, 300), number=str(number))
    assert len(identify(client, town, 300, 300, layers="hydrant,road")) == 50


def test_empty_ground_and_far_places_have_nothing(client: FlaskClient, town: Town) -> None:
    assert identify(client, town, 1000, 1000) == []
    for lon, lat in ((0, 0), (-180, -90), (180, 90), (-72.25, 0)):
        assert get(client, "/api/v1/identify", lon=lon, lat=lat, zoom=18, layers=ALL)["hits"] == []


def test_broken_shape_does_not_stop_the_answer(client: FlaskClient, town: Town, session: Session) -> None:
    bow = f"MULTIPOLYGON((({E} {N},{E + 50} {N + 50},{E + 50} {N},{E} {N + 50},{E} {N})))"
    add(session, "flood_area", bow, return_period="10")
    hits = identify(client, town, 10, 5, layers="flood_area,parcel")
    assert len(hits) <= 1
    listed = get(client, "/api/v1/features", layers="flood_area", bbox=town.box(-10, -10, 60, 60))
    assert listed["total"] == 1


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"lon": "nan"}, "out_of_range_lon"),
        ({"lon": "inf"}, "out_of_range_lon"),
        ({"lon": "181"}, "out_of_range_lon"),
        ({"lon": "107,1"}, "out_of_range_lon"),
        ({"lat": ""}, "out_of_range_lat"),
        ({"lat": "-90.01"}, "out_of_range_lat"),
        ({"zoom": "25"}, "out_of_range_zoom"),
        ({"zoom": "-1"}, "out_of_range_zoom"),
        ({"tolerance": "31"}, "out_of_range_tolerance"),
        ({"tolerance": "' OR 1=1"}, "out_of_range_tolerance"),
        ({"lon": None}, "missing_lon"),
        ({"zoom": None}, "missing_zoom"),
        ({"layers": None}, "missing_layers"),
        ({"layers": ",".join(f"l{n}" for n in range(99))}, "too_many_layers"),
    ],
)
def test_question_that_cannot_be_understood_is_refused(
    client: FlaskClient, wrong: dict[str, str | None], code: str
) -> None:
    asked = {"lon": "107.1", "lat": "10.4", "zoom": "18", "layers": "parcel"} | wrong
    query = {name: value for name, value in asked.items() if value is not None}
    response = client.get("/api/v1/identify", query_string=query)
    assert response.status_code == 400
    assert response.mimetype == "application/problem+json"
    assert response.get_json()["code"] == code
    (name,) = wrong
    assert name in response.get_json()["detail"] or code == "too_many_layers"


# Lists


def test_list_goes_from_the_middle_outwards(client: FlaskClient, town: Town) -> None:
    lon, lat = town.at(70, 25)
    asked = {"layers": "hydrant,parcel", "bbox": town.box(0, 0, 400, 400), "near": f"{lon},{lat}"}
    said = get(client, "/api/v1/features", **asked)
    assert [one["id"] for one in said["features"]] == [
        str(one) for one in (town.hydrant, town.twelve, town.eleven, town.twelve_east)
    ]
    assert [one["distance_m"] for one in said["features"]] == [0.0, 10.0, 30.0, 170.0]
    assert said["total"] == 4
    assert not said["truncated"]


def test_list_holds_what_reaches_into_the_box_and_nothing_else(client: FlaskClient, town: Town) -> None:
    said = get(client, "/api/v1/features", layers="parcel", bbox=town.box(38, 25, 39, 30))
    assert [one["title"] for one in said["features"]] == ["Thửa 11, tờ 5"]


def test_list_is_cut_and_says_so(client: FlaskClient, town: Town) -> None:
    asked = {"layers": "parcel", "bbox": town.box(0, 0, 400, 400)}
    said = get(client, "/api/v1/features", **asked, limit=2)
    assert (len(said["features"]), said["total"], said["truncated"]) == (2, 3, True)
    assert len(get(client, "/api/v1/features", **asked, limit=0)["features"]) == 1
    assert len(get(client, "/api/v1/features", **asked, limit=99999)["features"]) == 3


def test_number_of_many_features_is_not_counted(client: FlaskClient, town: Town, session: Session) -> None:
    session.execute(
        text(
            "INSERT INTO hydrant (number, geom) SELECT n,"
            " ST_SetSRID(ST_MakePoint(:e + n % 40, :n + n / 40), 5899) FROM generate_series(1, 1001) AS n"
        ),
        {"e": E, "n": N},
    )
    asked = {"layers": "hydrant", "bbox": town.box(-5, -5, 400, 400), "limit": 500}
    said = get(client, "/api/v1/features", **asked)
    assert (len(said["features"]), said["total"], said["truncated"]) == (200, None, True)


def test_world_and_empty_boxes_are_answered(client: FlaskClient, town: Town) -> None:
    whole = get(client, "/api/v1/features", layers="parcel", bbox="-180,-90,180,90")
    assert whole["total"] == 3
    assert get(client, "/api/v1/features", layers="parcel", bbox="0,0,1,1")["total"] == 0
    assert get(client, "/api/v1/features", layers="", bbox="107,10,108,11")["features"] == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "missing_bbox"),
        ({"bbox": "1,2,3"}, "malformed_bbox"),
        ({"bbox": "1,2,3,x"}, "malformed_bbox"),
        ({"bbox": "1,2,3,4,5"}, "malformed_bbox"),
        ({"bbox": "nan,2,3,4"}, "malformed_bbox"),
        ({"bbox": "3,2,1,4"}, "out_of_range_bbox"),
        ({"bbox": "1,4,3,2"}, "out_of_range_bbox"),
        ({"bbox": "1,2,1,2"}, "out_of_range_bbox"),
        ({"bbox": "107,10,108,91"}, "out_of_range_bbox"),
        ({"bbox": "107,10,108,11", "near": "107"}, "malformed_near"),
        ({"bbox": "107,10,108,11", "near": "107,95"}, "out_of_range_near"),
        ({"bbox": "107,10,108,11", "limit": "many"}, "out_of_range_limit"),
        ({"bbox": "107,10,108,11", "limit": "9" * 30}, "out_of_range_limit"),
    ],
)
def test_list_that_cannot_be_understood_is_refused(
    client: FlaskClient, query: dict[str, str], code: str
) -> None:
    response = client.get("/api/v1/features", query_string={"layers": "parcel"} | query)
    assert response.status_code == 400
    assert response.get_json()["code"] == code


# Series


@pytest.fixture
def station(session: Session) -> UUID:
    made = add(session, "monitoring_station", point(), code="QT1", name="Bãi Sau", kind="air")
    hours = [datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=n) for n in range(48)]
    session.add_all(
        Reading(layer="monitoring_station", feature_id=made, series="pm25", time=time, value=n)
        for n, time in enumerate(hours)
    )
    session.commit()
    return made


def test_card_of_a_station_has_its_series_with_the_newest_value(client: FlaskClient, station: UUID) -> None:
    series = card(client, "monitoring_station", station)["series"]
    assert [one["id"] for one in series] == ["pm25", "no2"]
    assert series[0]["latest"]["value"] == 47
    assert datetime.fromisoformat(series[0]["latest"]["time"]) == datetime(2026, 3, 2, 23, tzinfo=UTC)
    assert series[1]["latest"] is None
    assert len(get(client, series[0]["url"])["points"]) == 48


def test_course_of_a_series_can_be_limited(client: FlaskClient, station: UUID) -> None:
    path = f"/api/v1/features/monitoring_station/{station}/series/pm25"
    part = get(client, path, **{"from": "2026-03-01T10:00:00Z", "to": "2026-03-01T13:00:00Z"})
    assert [value for _, value in part["points"]] == [10, 11, 12]
    assert part["unit"] == "µg/m³"
    # Without a zone it is the time of the place, seven hours ahead.
    local = get(client, path, **{"from": "2026-03-01T17:00", "to": "2026-03-01T18:00"})
    assert [value for _, value in local["points"]] == [10]
    assert get(client, path, **{"from": "2030-01-01"})["points"] == []


def test_long_course_is_given_as_means(client: FlaskClient, station: UUID, session: Session) -> None:
    count = MAX_POINTS * 3
    session.execute(
        text(
            "INSERT INTO reading (layer, feature_id, series, time, value)"
            " SELECT 'monitoring_station', :id, 'no2', timestamptz '2026-01-01' + n * interval '1 minute', n"
            " FROM generate_series(0, :last) AS n"
        ),
        {"id": station, "last": count - 1},
    )
    session.commit()
    points = get(client, f"/api/v1/features/monitoring_station/{station}/series/no2")["points"]
    assert MAX_POINTS * 0.9 <= len(points) <= MAX_POINTS
    assert points[0][1] == pytest.approx(1, abs=1)
    assert sum(value for _, value in points) / len(points) == pytest.approx(count / 2, rel=0.001)


def test_value_that_is_no_number_is_a_gap(client: FlaskClient, station: UUID, session: Session) -> None:
    session.execute(text("UPDATE reading SET value = 'NaN' WHERE time >= '2026-03-02 22:00+00'"))
    session.commit()
    points = get(client, f"/api/v1/features/monitoring_station/{station}/series/pm25")["points"]
    assert [value for _, value in points[-3:]] == [45, None, None]
    assert card(client, "monitoring_station", station)["series"][0]["latest"] is None


@pytest.mark.parametrize("series", ["rain", "nothing", "'; DROP TABLE reading"])
def test_series_that_a_station_does_not_measure_is_not_found(
    client: FlaskClient, station: UUID, series: str
) -> None:
    response = client.get(f"/api/v1/features/monitoring_station/{station}/series/{series}")
    assert (response.status_code, response.get_json()["code"]) == (404, "unknown_series")


def test_moment_that_is_none_is_refused(client: FlaskClient, station: UUID) -> None:
    response = client.get(f"/api/v1/features/monitoring_station/{station}/series/pm25?from=yesterday")
    assert (response.status_code, response.get_json()["code"]) == (400, "malformed_from")


def test_readings_of_a_feature_do_not_show_at_another(
    client: FlaskClient, station: UUID, session: Session
) -> None:
    other = uuid4()
    session.execute(
        insert(Reading).values(
            layer="monitoring_station",
            feature_id=other,
            series="pm25",
            time=datetime(2027, 1, 1, tzinfo=UTC),
            value=999,
        )
    )
    session.commit()
    assert card(client, "monitoring_station", station)["series"][0]["latest"]["value"] == 47


def test_scopes_differ_in_what_they_see() -> None:
    # The two scopes that the tests above compare are not the same by accident.
    assert PUBLIC.permissions < STAFF.permissions
