"""The search box: what people type, and what they find."""

import unicodedata
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts.scopes import STAFF
from app.features.formats import Wording
from app.features.search import Asker, search
from app.features.search_terms import fold, understand
from tests.app.town import Town, build
from tests.shapes import add, add_parcel, line, multi, point, square


@pytest.fixture
def town(session: Session) -> Town:
    return build(session)


def ask(client: FlaskClient, query: str, **more: object) -> Any:
    response = client.get("/api/v1/search", query_string={"q": query} | more)
    assert response.status_code == 200, response.get_data(as_text=True)
    return response.get_json()


def titles(client: FlaskClient, query: str, group: str, **more: object) -> list[str]:
    answer = ask(client, query, **more)
    return [one["title"] for some in answer["groups"] if some["id"] == group for one in some["results"]]


def parcels(client: FlaskClient, query: str) -> list[str]:
    groups = {group["id"]: group for group in ask(client, query)["groups"]}
    return [one["id"] for one in groups.get("parcel", {"results": []})["results"]]


# Parcels


@pytest.mark.parametrize(
    "query",
    [
        "12/5 phường Vũng Tàu",
        "12 / 5 Vũng Tàu",
        "12/5, P. Vũng Tàu",
        "thửa 12 tờ 5 phường Vũng Tàu",
        "Thửa 12, tờ 5, phường Vũng Tàu",
        "thửa đất số 12 tờ bản đồ số 5 P.Vũng Tàu",
        "tờ 5 thửa 12 phường Vũng Tàu",
        "Phường Vũng Tàu thửa 12 tờ 5",
        "so 12 to 5 p vung tau",
        "THUA 12 TO 5 VUNG TAU",
        "thửa 012 tờ 05 vũng tàu",
        "thửa 12 tờ 5 ở phường Thắng Tam",
        "thửa 12 tờ 5 thang tam, TP. Vũng Tàu",
        "thửa 12 tờ 5 phường 1, thành phố Vũng Tàu",
        "thửa 12 tờ 5 p1",
        "parcel 12 sheet 5 Vung Tau",
        "w3u4uu9pcmyz",
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_parcel_is_found_however_it_is_written(
    client: FlaskClient, town: Town, query: str, form: Any
) -> None:
    assert parcels(client, unicodedata.normalize(form, query)) == [str(town.twelve)]


def test_number_and_sheet_without_commune_find_them_everywhere_near_ones_first(
    client: FlaskClient, town: Town
) -> None:
    for east, expected in ((0, [town.twelve, town.twelve_east]), (399, [town.twelve_east, town.twelve])):
        lon, lat = town.at(east, 30)
        answer = ask(client, "12/5", near=f"{lon},{lat}")
        group = answer["groups"][0]
        assert (group["id"], group["title"], group["total"]) == ("parcel", "Thửa", 2)
        assert [one["id"] for one in group["results"]] == [str(one) for one in expected]


def test_misspelt_commune_of_a_parcel_is_understood(client: FlaskClient, town: Town) -> None:
    # Thắng Tam and Tam Thắng are equally near: both are offered.
    assert set(parcels(client, "12/5 phường thắg tam")) == {str(town.twelve), str(town.twelve_east)}
    assert parcels(client, "12/5 phường vũng tào") == [str(town.twelve)]


def test_parcel_result_says_where_it_lies_and_what_opens_it(client: FlaskClient, town: Town) -> None:
    (result,) = ask(client, "12/5 vũng tàu")["groups"][0]["results"]
    assert result["title"] == "Thửa 12, tờ 5"
    assert result["subtitle"] == "Phường Vũng Tàu (trước đây: Phường Thắng Tam, Thành phố Vũng Tàu)"
    assert (result["layer"], result["page"]) == ("parcel", f"/parcels/{town.twelve}")
    assert len(result["bbox"]) == 4
    assert len(result["point"]) == 2


def test_old_code_and_new_code_both_lead_to_parcels(
    client: FlaskClient, town: Town, session: Session
) -> None:
    registered_before = add_parcel(session, "77", square(300, 300), sheet="9", commune_code="26508")
    for name in ("phường Thắng Tam", "phường Vũng Tàu"):
        assert parcels(client, f"77/9 {name}") == [str(registered_before)]
    assert parcels(client, "77/9 phường Tam Thắng") == []


def test_number_alone_finds_parcels_of_any_sheet(client: FlaskClient, town: Town) -> None:
    assert parcels(client, "thửa 11") == [str(town.eleven)]
    assert parcels(client, "11") == [str(town.eleven)]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("thửa 999 tờ 12 phường Vũng Tàu", "Không có thửa 999, tờ 12 ở phường Vũng Tàu."),
        ("999/12", "Không có thửa 999, tờ 12."),
        ("thửa 999 phường vũng tàu", "Không có thửa 999 ở phường Vũng Tàu."),
        ("999", "Không có thửa 999."),
    ],
)
def test_parcel_that_is_not_there_is_said_with_a_reason(
    client: FlaskClient, town: Town, query: str, sentence: str
) -> None:
    answer = ask(client, query)
    assert answer["groups"] == []
    assert answer["message"] == f"{sentence} Số thửa có thể đã đổi khi tách, gộp, đo lại."


def test_commune_that_is_not_there_is_said(client: FlaskClient, town: Town) -> None:
    assert "xyzxyz" in ask(client, "12/5 phường xyzxyz")["message"]


# Places


@pytest.mark.parametrize(
    "query",
    [
        "Phường Vũng Tàu",
        "phuong vung tau",
        "P. Vũng Tàu",
        "p vung tau",
        "vũng tàu",
        "VUNG TAU",
        "Vung Tau Ward",
    ],
)
def test_commune_is_found_with_and_without_marks_and_abbreviated(
    client: FlaskClient, town: Town, query: str
) -> None:
    answer = ask(client, query)
    first = next(group for group in answer["groups"] if group["id"] == "place")["results"][0]
    assert (first["layer"], first["id"], first["title"]) == ("commune", str(town.commune), "Phường Vũng Tàu")


@pytest.mark.parametrize("query", ["phường Thắng Tam", "thang tam", "P.Thắng Tam", "26508"])
def test_old_commune_leads_to_the_one_of_today(client: FlaskClient, town: Town, query: str) -> None:
    answer = ask(client, query)
    results = [one for group in answer["groups"] if group["id"] == "place" for one in group["results"]]
    renamed = [one for one in results if "nay là" in one["title"]]
    assert [one["title"] for one in renamed] == ["Phường Thắng Tam (nay là Phường Vũng Tàu)"]
    assert (renamed[0]["layer"], renamed[0]["id"]) == ("commune", str(town.commune))


def test_code_that_was_used_again_finds_both_units(client: FlaskClient, town: Town) -> None:
    assert titles(client, "26506", "place") == ["Phường Vũng Tàu", "Phường 1 (nay là Phường Vũng Tàu)"]


@pytest.mark.parametrize(
    "query",
    ["đường Lê Lợi", "Đ. Lê Lợi", "d le loi", "LE LOI", "lê lợi", "QL51", "QL.51", "ql 51", "quốc lộ 51"],
)
def test_road_is_found_by_name_and_number(client: FlaskClient, town: Town, query: str) -> None:
    assert "Đường Lê Lợi" in titles(client, query, "place")


def test_d_with_and_without_stroke_are_the_same(client: FlaskClient, session: Session) -> None:
    add(session, "facility", point(), name="Chợ Đất Đỏ", kind="market")
    assert titles(client, "dat do", "place") == ["Chợ Đất Đỏ"]
    assert titles(client, "ĐẤT ĐỎ", "place") == ["Chợ Đất Đỏ"]


def test_same_name_stands_before_a_beginning_and_that_before_a_part(
    client: FlaskClient, session: Session
) -> None:
    for n, name in enumerate(["Chợ mới Bến Đá", "Bến Đá", "Bến Đá cũ"]):
        add(session, "facility", point(n), name=name)
    assert titles(client, "bến đá", "place") == ["Bến Đá", "Bến Đá cũ", "Chợ mới Bến Đá"]


def test_near_ones_stand_before_far_ones_of_the_same_rank(
    client: FlaskClient, town: Town, session: Session
) -> None:
    for east in (300, 100, 200):
        add(session, "facility", point(east), name=f"Trạm y tế {east}")
    lon, lat = town.at(290, 0)
    found = titles(client, "trạm y tế", "place", near=f"{lon},{lat}")
    assert found == ["Trạm y tế 300", "Trạm y tế 200", "Trạm y tế 100"]


def test_road_in_pieces_is_one_result(client: FlaskClient, session: Session) -> None:
    for piece in range(4):
        add(session, "road", line((piece * 10, 0), (piece * 10 + 10, 0)), name="Đường 3 Tháng 2")
    answer = ask(client, "3 tháng 2")
    (group,) = answer["groups"]
    assert (len(group["results"]), group["total"]) == (1, 1)


@pytest.mark.parametrize("query", ["tieu hoc thang nhj", "tiểu hoc Thắg Nhì", "tieu hok thang nhi"])
def test_misspelt_name_is_found_when_nothing_else_is(client: FlaskClient, town: Town, query: str) -> None:
    assert titles(client, query, "place")[0] == "Trường tiểu học Thắng Nhì"


def test_results_of_a_group_are_limited_and_counted(client: FlaskClient, session: Session) -> None:
    for n in range(8):
        add(session, "facility", point(n), name=f"Trạm y tế {n}")
    (group,) = ask(client, "trạm y tế")["groups"]
    assert (len(group["results"]), group["total"]) == (5, 8)
    (group,) = ask(client, "trạm y tế", limit=2)["groups"]
    assert len(group["results"]) == 2
    (group,) = ask(client, "trạm y tế", limit=50)["groups"]
    assert len(group["results"]) == 8


def test_address_is_a_group_of_its_own(client: FlaskClient, town: Town) -> None:
    answer = ask(client, "15 le loi")
    (group,) = answer["groups"]
    assert group["id"] == "address"
    assert group["results"][0]["title"] == "15 Lê Lợi, phường Vũng Tàu"
    assert group["results"][0]["subtitle"].startswith("Thửa 12, tờ 5 · Phường Vũng Tàu")


def test_plan_and_zone_are_found_by_code(client: FlaskClient, town: Town, session: Session) -> None:
    add(session, "plan", multi(square()), code="QHPK-07", name="Quy hoạch phân khu Bãi Sau")
    assert titles(client, "qhpk-07", "place") == ["Quy hoạch phân khu Bãi Sau"]
    assert titles(client, "bai sau", "place") == ["Quy hoạch phân khu Bãi Sau"]
    assert titles(client, "A1", "place")[0] == "Ô A1 – Nhóm nhà ở"


def test_layer_is_found_by_its_title_in_either_language(client: FlaskClient) -> None:
    assert "Vùng ngập lụt" in titles(client, "ngap lut", "layer")
    english = titles(client, "flood", "layer", lang="en")
    assert english == titles(client, "ngap lut", "layer", lang="en")
    assert "Cáp viễn thông" not in titles(client, "cap vien thong", "layer")


def test_hidden_things_are_found_by_those_alone_who_may(session: Session, town: Town) -> None:
    asker = Asker(session=session, scope=STAFF, wording=Wording("vi", str), near=None, limit=5)
    assert [group.id for group in search(asker, "cap vien thong").groups] == ["layer"]
    assert [group.results[0].title for group in search(asker, "FO-9").groups] == ["Cáp viễn thông FO-9"]


# Coordinates


@pytest.mark.parametrize(
    "query",
    [
        "10.3532302, 107.0851763",
        "107.0851763, 10.3532302",
        "10,3532302 107,0851763",
        "10,3532302; 107,0851763",
        "10°21′11.6287″N 107°05′06.6347″E",
        "10°21'11.6287\"B, 107°05'06.6347\"Đ",
        "107°05'06.6347\"E 10°21'11.6287\"N",
        "10°21.193812' N, 107°5.110578' E",
        "1145000 427000",
        "1145000.00, 427000.00",
        "1.145.000,00 427.000,00",
        "X 1.145.000,00 Y 427.000,00",
        "X=1145000; Y=427000",
        "Y: 427000 X: 1145000",
        "X (Bắc) 1.145.000,00 Y (Đông) 427.000,00",
        "N 1145000 E 427000",
    ],
)
def test_coordinates_are_found_however_they_are_written(client: FlaskClient, town: Town, query: str) -> None:
    answer = ask(client, query)
    assert answer["message"] is None
    (group,) = answer["groups"]
    (result,) = group["results"]
    assert (group["id"], group["title"]) == ("coordinates", "Tọa độ")
    # The official vector of vietnam.md, to a centimetre.
    assert result["point"] == pytest.approx([107.085176259, 10.353230186], abs=1e-7)


def test_coordinates_are_named_with_north_first(client: FlaskClient, town: Town) -> None:
    (result,) = ask(client, "1145210,35 428114,02")["groups"][0]["results"]
    assert result["title"] == "X (Bắc) 1.145.210,35 · Y (Đông) 428.114,02"
    assert "VN-2000" in result["subtitle"]


@pytest.mark.parametrize("query", ["427000 1145000", "X 427000 Y 1145000", "X=427.000,00; Y=1.145.000,00"])
def test_swapped_coordinates_are_noticed_and_both_readings_offered(
    client: FlaskClient, town: Town, query: str
) -> None:
    answer = ask(client, query)
    assert answer["message"] == "Có vẻ X và Y bị đổi chỗ."
    first, second = answer["groups"][0]["results"]
    assert first["point"] == pytest.approx([107.085176259, 10.353230186], abs=1e-7)
    assert first["title"].startswith("X (Bắc) 1.145.000,00")
    assert second["title"].startswith("X (Bắc) 427.000,00")


@pytest.mark.parametrize(
    "query", ["48.8566, 2.3522", "X 9000000 Y 9000000", "48°51′24″N 2°21′8″E", "9000000 9000001"]
)
def test_coordinates_of_elsewhere_are_said_to_be_so(client: FlaskClient, town: Town, query: str) -> None:
    answer = ask(client, query)
    assert answer["groups"] == []
    assert answer["message"] == "Tọa độ này nằm ngoài vùng của bản đồ."


# Whatever is typed


@pytest.mark.parametrize("query", ["", " ", "a", "đ", "5", "\u0300"])
def test_too_little_finds_nothing_and_says_nothing(client: FlaskClient, town: Town, query: str) -> None:
    assert ask(client, query) == {"query": query, "groups": [], "message": None}


@pytest.mark.parametrize(
    "query",
    [
        "%", "%%", "__", "\\", "\\%", "'", "'; DROP TABLE parcel; --", '"', "(", "[a", "{0}", "{name}",
        "a%b_c", "\x00\x00", "💧💧", "x" * 100_000, "1e999 1e999", "nan nan", "NaN, NaN", "-0 -0",
        "°°", "/ /", "thửa tờ", "12/", "//////", "\ud800",
    ],
)  # fmt: skip
def test_strange_text_is_only_text(client: FlaskClient, town: Town, query: str) -> None:
    encoded = query.encode("utf-8", "replace").decode()
    answer = ask(client, encoded)
    assert answer["groups"] == []


def test_percent_sign_stands_for_itself(client: FlaskClient, session: Session) -> None:
    add(session, "facility", point(), name="Giảm 50% giá")
    add(session, "facility", point(), name="Giảm 50 giá")
    assert titles(client, "giảm 50%", "place") == ["Giảm 50% giá"]


def test_nothing_found_is_said_with_what_to_do(client: FlaskClient, town: Town) -> None:
    assert ask(client, "qwertzuiop")["message"] == (
        "Không tìm thấy “qwertzuiop”. Thử gõ ít chữ hơn; có thể gõ không dấu."
    )
    assert "qwertzuiop" in ask(client, "qwertzuiop", lang="en")["message"]


def test_text_is_folded_alike_by_program_and_database(session: Session) -> None:
    letters = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
    marks = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
    every = "".join(unicodedata.normalize("NFC", letter + mark) for letter in letters for mark in marks)
    for sample in (every, every.upper(), unicodedata.normalize("NFD", every), "Ấp 3 – Xã Long Sơn, ẤP “Ỹ”"):
        assert session.scalar(text("SELECT fold(:sample)"), {"sample": sample}) == fold(sample)
    assert set(fold(every + every.upper())) == set("abcdeghiklmnopqrstuvxy")


def test_abbreviations_stand_for_their_words() -> None:
    for typed, meant in {
        "P. Vũng Tàu": "phuong vung tau",
        "p1": "phuong 1",
        "TP.Vũng Tàu": "thanh pho vung tau",
        "TT. Ngãi Giao": "thi tran ngai giao",
        "X. Long Sơn": "xa long son",
        "H. Xuyên Mộc": "huyen xuyen moc",
        "TX. Phú Mỹ": "thi xa phu my",
        "Q.1": "quan 1",
        "QL51": "quoc lo 51",
        "Đ. Lê Lợi": "duong le loi",
        "đ lê lợi": "duong le loi",
    }.items():
        terms = understand(typed)
        assert terms is not None
        assert terms.full[0] == meant
