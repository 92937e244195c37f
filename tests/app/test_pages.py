"""Pages that need no script: what stands on them, who sees it, and where they lead."""

import html
import re
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts.scopes import STAFF
from app.features.formats import Wording
from app.pages.boundary import Boundary, boundary
from app.pages.listing import ON_A_PAGE
from app.pages.outline import HEIGHT, WIDTH, outline
from layers import CATALOG
from tests.app.town import Town, add_former, build
from tests.shapes import E, N, add, add_parcel, multi, point, square
from tiles.scope import PUBLIC

BROWSER = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture
def town(session: Session) -> Town:
    return build(session)


@pytest.fixture
def staff(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.pages.views.scope_of", lambda _: STAFF)


def read(client: FlaskClient, path: str) -> str:
    """The text of a page without its tags, white space made one."""
    response = client.get(path, headers=BROWSER)
    assert response.status_code == 200, response.get_data(as_text=True)
    assert response.mimetype == "text/html"
    page = response.get_data(as_text=True)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).replace(NBSP, "~").split())


def links(client: FlaskClient, path: str) -> list[str]:
    page = client.get(path, headers=BROWSER).get_data(as_text=True)
    return re.findall(r'href="([^"]+)"', page.partition("<main")[2])


# What the security policy of the site allows


def every_page(town: Town) -> list[str]:
    return [
        "/search",
        "/search?q=l%C3%AA+l%E1%BB%A3i",
        "/layers",
        *(f"/layers/{name}" for name, layer in CATALOG.items() if layer.view is None),
        "/layers/parcel/features",
        f"/features/zone/{town.zone}",
        f"/parcels/{town.twelve}",
        "/help",
        "/help/errors",
    ]


def test_pages_hold_no_style_and_no_script_of_their_own(client: FlaskClient, town: Town) -> None:
    for path in every_page(town):
        page = client.get(path, headers=BROWSER).get_data(as_text=True)
        assert not re.search(r"<[^>]+\s(style|on\w+)=", page), path
        assert "<style" not in page
        assert all("src=" in script for script in re.findall(r"<script[^>]*>", page))


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_page_opens_in_every_language(client: FlaskClient, town: Town, lang: str) -> None:
    for path in every_page(town):
        response = client.get(path + ("&" if "?" in path else "?") + f"lang={lang}", headers=BROWSER)
        assert response.status_code == 200, path
        assert f'<html lang="{lang}"' in response.get_data(as_text=True)


def test_links_of_the_pages_lead_somewhere(client: FlaskClient, town: Town) -> None:
    for path in every_page(town):
        for link in set(links(client, path)):
            if link.startswith("/") and not link.startswith(("/#", "/static")):
                found = client.get(link.replace("&amp;", "&"), headers=BROWSER, follow_redirects=True)
                assert found.status_code == 200, (path, link)


# Search


def test_search_page_lists_the_groups_with_their_results(client: FlaskClient, town: Town) -> None:
    said = read(client, "/search?q=l%C3%AA+l%E1%BB%A3i")
    assert "Địa chỉ (1)" in said
    assert "Nơi (1)" in said
    assert f"/features/road/{town.road}" in links(client, "/search?q=l%C3%AA+l%E1%BB%A3i")


def test_search_page_says_what_is_missing_and_what_to_do(client: FlaskClient, town: Town) -> None:
    said = read(client, "/search?q=999/12+v%C5%A9ng+t%C3%A0u")
    assert "Không có thửa 999, tờ 12 ở phường Vũng Tàu. Số thửa có thể đã đổi" in said
    assert "Chạm trên bản đồ" in said


def test_search_page_writes_what_was_typed_as_text(client: FlaskClient, town: Town) -> None:
    page = client.get("/search?q=%3Cscript%3Ealert(1)%3C/script%3E", headers=BROWSER).get_data(as_text=True)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


# Layers


def test_layers_are_listed_by_theme_for_who_sees_them(client: FlaskClient) -> None:
    said = read(client, "/layers")
    assert said.index("Đất đai") < said.index("Thửa đất") < said.index("Quy hoạch")
    assert "Cáp viễn thông" not in said


def test_internal_layer_has_pages_for_staff_only(
    client: FlaskClient, town: Town, request: pytest.FixtureRequest
) -> None:
    paths = ["/layers/telecom", "/layers/telecom/features", f"/features/telecom/{town.cable}"]
    assert [client.get(path, headers=BROWSER).status_code for path in paths] == [404, 404, 404]
    request.getfixturevalue("staff")
    assert [client.get(path, headers=BROWSER).status_code for path in paths] == [200, 200, 200]
    assert "nội bộ" in read(client, "/layers")


def test_internal_field_is_on_no_page_for_the_public(
    client: FlaskClient, town: Town, request: pytest.FixtureRequest
) -> None:
    paths = ["/layers/parcel", f"/parcels/{town.eleven}", f"/parcels/{town.eleven}.json"]
    for path in paths:
        body = client.get(path, headers=BROWSER).get_data(as_text=True)
        assert "TL-01" not in body
        assert "survey_document" not in body
    request.getfixturevalue("staff")
    assert "TL-01" in read(client, f"/parcels/{town.eleven}")
    assert "survey_document" in read(client, "/layers/parcel")


def test_layer_page_explains_fields_and_codes_with_their_sources(client: FlaskClient) -> None:
    said = read(client, "/layers/zone")
    assert "Hệ số sử dụng đất tối đa floor_area_ratio" in said
    assert "Tổng diện tích sàn gấp mấy lần diện tích đất" in said
    code = next(one for one in CATALOG["zone"].field("function").code_list.codes if one.code == "NO")  # type: ignore[union-attr]
    assert f"NO {code.name}" in said
    assert " ".join(code.certainty.split()) in said


@pytest.mark.parametrize("layer_id", [name for name, layer in CATALOG.items() if layer.view is None])
def test_every_layer_has_a_page_with_legend_and_source(client: FlaskClient, layer_id: str) -> None:
    said = read(client, f"/layers/{layer_id}")
    layer = CATALOG[layer_id]
    assert layer.title in said
    assert layer.attribution in said
    assert "Chú giải" in said
    for field in PUBLIC.fields(layer):
        assert field.label in said


def test_list_of_a_layer_goes_through_all_its_features_once(client: FlaskClient, session: Session) -> None:
    count = ON_A_PAGE * 2 + 3
    session.execute(
        text(
            "INSERT INTO hydrant (number, geom) SELECT n, ST_SetSRID(ST_MakePoint(:e, :n), 5899)"
            " FROM generate_series(1, :count) AS n"
        ),
        {"e": E, "n": N, "count": count},
    )
    seen: list[str] = []
    path: str | None = "/layers/hydrant/features"
    pages = 0
    while path:
        page = client.get(path, headers=BROWSER).get_data(as_text=True)
        seen += re.findall(r"/features/hydrant/[0-9a-f-]{36}", page)
        onward = re.search(r'rel="next" href="([^"]+)"', page)
        path, pages = onward and onward[1], pages + 1
    assert (len(seen), len(set(seen)), pages) == (count, count, 3)


def test_list_of_an_empty_layer_says_so(client: FlaskClient) -> None:
    assert "Lớp này chưa có đối tượng nào." in read(client, "/layers/plan/features")
    assert "Hết danh sách." in read(client, "/layers/plan/features?after=99999999")


@pytest.mark.parametrize("after", ["x", "1e9", "9" * 40, "-"])
def test_list_after_nonsense_is_refused(client: FlaskClient, after: str) -> None:
    assert client.get(f"/layers/plan/features?after={after}", headers=BROWSER).status_code == 400


# Features


def test_feature_page_tells_what_the_card_tells(client: FlaskClient, town: Town) -> None:
    said = read(client, f"/features/zone/{town.zone}")
    assert "Ô A1 – Nhóm nhà ở" in said
    assert "Số tầng tối đa Chưa có số liệu" in said
    assert "Hồ sơ quy hoạch được duyệt" in said
    assert any(
        link.startswith("/#map=") and str(town.zone) in link
        for link in links(client, f"/features/zone/{town.zone}")
    )


def test_feature_page_by_tile_id_or_of_a_parcel_leads_to_the_lasting_address(
    client: FlaskClient, town: Town
) -> None:
    fid = client.get(f"/api/v1/features/zone/{town.zone}").get_json()["fid"]
    assert client.get(f"/features/zone/{fid}").location == f"/features/zone/{town.zone}"
    assert client.get(f"/features/parcel/{town.twelve}").location == f"/parcels/{town.twelve}"
    assert client.get(f"/features/zone/{UUID(int=1)}", headers=BROWSER).status_code == 404


# Parcels


def test_parcel_page_has_areas_corners_and_drawing(client: FlaskClient, town: Town) -> None:
    said = read(client, f"/parcels/{town.twelve}")
    assert "Thửa 12, tờ 5" in said
    assert "Phường Vũng Tàu (trước đây: Phường Thắng Tam, Thành phố Vũng Tàu)" in said
    assert "Diện tích trên giấy 401,3~m²" in said
    assert "Diện tích trên bản đồ 400~m² (lệch 1,3~m²)" in said
    assert "Tọa độ đỉnh, VN-2000, kinh tuyến 107°45′" in said
    assert "Đỉnh X (Bắc) Y (Đông) Cạnh đến đỉnh sau 1 1.145.040,00 430.040,00 20,00~m" in said
    page = client.get(f"/parcels/{town.twelve}", headers=BROWSER).get_data(as_text=True)
    assert re.search(r'<svg viewBox="0 0 360 300" role="img" aria-label="[^"]*4 đỉnh"', page)


def test_area_on_paper_that_is_no_number_is_no_data(
    client: FlaskClient, town: Town, session: Session
) -> None:
    session.execute(text("UPDATE parcel SET legal_area = 'NaN'"))
    session.commit()
    assert "Diện tích trên giấy Chưa có số liệu" in read(client, f"/parcels/{town.twelve}")
    assert client.get(f"/parcels/{town.twelve}.json").get_json()["area"]["paper"] is None


def test_parcel_is_json_for_programs(client: FlaskClient, town: Town) -> None:
    by_accept = client.get(f"/parcels/{town.twelve}", headers={"Accept": "application/json"})
    by_name = client.get(f"/parcels/{town.twelve}.json", headers=BROWSER)
    assert by_accept.get_json() == by_name.get_json()
    assert "Accept" in by_accept.headers["Vary"]
    said = by_name.get_json()
    assert said["crs"]["code"] == "EPSG:5899"
    assert said["corners"] == [[[N + 40, E + 40], [N + 40, E + 60], [N + 20, E + 60], [N + 20, E + 40]]]
    assert said["area"] == {"map": 400.0, "paper": 401.3}


@pytest.mark.parametrize("path", ["/parcels/x", f"/parcels/{UUID(int=3)}", f"/parcels/{UUID(int=3)}.json"])
def test_parcel_that_is_not_there_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404
    assert client.get(path, headers=BROWSER).mimetype == "text/html"


def test_commune_sheet_and_number_lead_to_the_parcel(client: FlaskClient, town: Town) -> None:
    response = client.get("/parcels/26506/5/12")
    assert (response.status_code, response.location) == (302, f"/parcels/{town.twelve}")
    assert client.get("/parcels/26526/5/12").location == f"/parcels/{town.twelve_east}"


def test_code_of_before_leads_to_the_parcel_of_today(client: FlaskClient, town: Town) -> None:
    assert client.get("/parcels/26508/5/12").location == f"/parcels/{town.twelve}"


def test_code_of_today_finds_a_parcel_registered_before(
    client: FlaskClient, town: Town, session: Session
) -> None:
    before = add_parcel(session, "77", square(300, 300), sheet="9", commune_code="26508")
    assert client.get("/parcels/26506/9/77").location == f"/parcels/{before}"


def test_several_fitting_parcels_are_offered(client: FlaskClient, town: Town, session: Session) -> None:
    halves: dict[str, Any] = {"successor_code": "26506", "district": "Thành phố Vũng Tàu"}
    add_former(session, multi(square(300, width=5)), code="26509", name="Phường 2", **halves)
    both = [
        add_parcel(session, "77", square(300 + 20 * n, 300), sheet="9", commune_code=code)
        for n, code in enumerate(("26508", "26509"))
    ]
    response = client.get("/parcels/26506/9/77", headers=BROWSER)
    assert response.status_code == 300
    assert all(f"/parcels/{one}" in response.get_data(as_text=True) for one in both)
    programs = client.get("/parcels/26506/9/77").get_json()
    assert {one["id"] for one in programs["choices"]} == {str(one) for one in both}


@pytest.mark.parametrize("path", ["/parcels/26506/5/999", "/parcels/26506/'/%25", "/parcels/00000/5/12"])
def test_number_that_fits_nothing_is_said(client: FlaskClient, town: Town, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.get_json()["code"]) == (404, "unknown_parcel")
    assert "Không có thửa" in response.get_json()["detail"]


# Boundary and drawing

#   1────────2        an L with its corner cut out in the south-west,
#   │        │        and a hole h in it
#   6───5  h │
#       │    │
#       4────3
L_WITH_HOLE = (
    f"POLYGON(({E} {N + 10},{E} {N + 30},{E + 30} {N + 30},{E + 30} {N},{E + 10} {N},{E + 10} {N + 10},"
    f"{E} {N + 10}),({E + 20} {N + 5},{E + 25} {N + 5},{E + 25} {N + 15},{E + 20} {N + 15},{E + 20} {N + 5}))"
)


@pytest.fixture
def shaped(session: Session) -> Boundary:
    parcel = add_parcel(session, "1", L_WITH_HOLE)
    return boundary(session, CATALOG["parcel"], parcel)


def test_corners_are_numbered_clockwise_from_the_north_west(shaped: Boundary) -> None:
    outer, inner = shaped.rings
    assert [(corner.number, corner.easting - E, corner.northing - N) for corner in outer] == [
        (1, 0, 30), (2, 30, 30), (3, 30, 0), (4, 10, 0), (5, 10, 10), (6, 0, 10),
    ]  # fmt: skip
    assert [corner.side for corner in outer] == [30, 30, 20, 10, 10, 20]
    assert [corner.number for corner in inner] == [7, 8, 9, 10]
    assert shaped.area == 30 * 30 - 10 * 10 - 5 * 10
    assert shaped.count == 10


def test_drawing_fits_its_frame_with_north_up(shaped: Boundary) -> None:
    drawing = outline(shaped, Wording("vi", str))
    numbers = [float(number) for number in re.findall(r"[\d.]+", drawing.path)]
    xs, ys = numbers[::2], numbers[1::2]
    assert 0 < min(xs) < max(xs) < WIDTH
    assert 0 < min(ys) < max(ys) < HEIGHT
    assert ys[0] == min(ys)  # the first corner is in the north
    assert drawing.path.count("M") == 2


def test_lengths_stand_outside_and_are_never_upside_down(shaped: Boundary) -> None:
    drawing = outline(shaped, Wording("vi", str))
    assert "30,00" in [mark.text for mark in drawing.sides]
    assert all(-90 < mark.turn <= 90 for mark in drawing.sides)
    north_side = drawing.sides[0]
    assert north_side.y < min(float(y) for y in re.findall(r" ([\d.]+)", drawing.path))


def test_parcel_with_very_many_corners_is_drawn_too(client: FlaskClient, session: Session) -> None:
    wkt = session.scalar(text("SELECT ST_AsText(ST_Buffer(ST_MakePoint(:e, :n), 40, 100))"), {"e": E, "n": N})
    assert wkt is not None
    parcel = add_parcel(session, "9", wkt)
    said = read(client, f"/parcels/{parcel}")
    assert "400 đỉnh" in client.get(f"/parcels/{parcel}", headers=BROWSER).get_data(as_text=True)
    assert said.count("0,63~m") > 300


def test_station_page_has_its_newest_values(client: FlaskClient, session: Session) -> None:
    station = add(session, "monitoring_station", point(), code="QT1", name="Bãi Sau", kind="air")
    session.execute(
        text(
            "INSERT INTO reading (layer, feature_id, series, time, value)"
            " VALUES ('monitoring_station', :id, 'pm25', '2026-03-05 14:05+07', 31.25)"
        ),
        {"id": station},
    )
    said = read(client, f"/features/monitoring_station/{station}")
    assert "Bụi mịn PM2.5 31,25~µg/m³ 05/03/2026 14:05" in said
    assert "NO₂ Chưa có số liệu" in said
