"""The map editor as officers use it: drawing, typing, previewing, losing the connection, deciding."""

import json
import math
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from app.db import layer_tables, legal_crs, make_engine, make_session
from config import Config
from tests.browser.conftest import serving, violations
from tests.edits.land import Office, make_office
from tests.people import PASSWORD
from tests.shapes import E, N

MIDDLE = (30.0, 15.0)
"""In the middle of the office's land, metres east and north of its corner."""
ZOOM = 19.5


@pytest.fixture(scope="module")
def office_config(make_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Config:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    return Config(
        database_url=make_database(f"editor_{worker}"),
        secret_key="not secret",
        var_dir=tmp_path_factory.mktemp("var"),
    )


@pytest.fixture(scope="module")
def office_server(office_config: Config) -> Iterator[str]:
    with serving(office_config, "tests.browser.editing_alone:app") as address:
        yield address


@pytest.fixture(scope="module")
def office(office_config: Config) -> Iterator[Office]:
    engine = make_engine(office_config)
    crs = legal_crs(office_config)
    with make_session(engine, crs, layer_tables(crs)) as session:
        yield make_office(session)
    engine.dispose()


class Desk:
    """The editor of a new dossier, and what a person does there."""

    def __init__(self, office: Office, address: str, new_context: Callable[..., BrowserContext]) -> None:
        self.office = office
        self.address = address
        self.new_context = new_context
        self.draft = office.begin("26506-2026-0412")
        office.session.commit()
        self.complaints: list[str] = []
        self.crs = legal_crs(Config(secret_key="not secret"))

    def sit(self, who: str = "lan", lang: str = "vi", **size: int) -> Page:
        """Sign in and open the draft with the office's land in the middle of the map."""
        page = self.new_context(**size, bypass_csp=True).new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(f"{self.address}/login")
        page.fill("[name=name]", who)
        page.fill("[name=password]", PASSWORD)
        page.click("main form.fields .button.primary")
        page.wait_for_url(f"{self.address}/")
        self.open(page, lang)
        return page

    def open(self, page: Page, lang: str = "vi") -> None:
        lon, lat = self.crs.to_wgs84(E + MIDDLE[0], N + MIDDLE[1])
        page.goto(
            f"{self.address}/dossiers/{self.draft.dossier}/edit?changeset={self.draft.id}&lang={lang}"
            f"#map={ZOOM}/{lat:.7f}/{lon:.7f}"
        )
        page.locator("#findings h2").wait_for()
        page.wait_for_function("document.querySelector('.maplibregl-canvas')?.width > 0")
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(500)

    def pixel(self, page: Page, east: float, north: float) -> tuple[float, float]:
        """Where a place of the picture in tests/edits/land.py is on the screen."""
        box = page.locator("#map").bounding_box()
        assert box
        _, lat = self.crs.to_wgs84(E, N)
        scale = 40_075_016.686 * math.cos(math.radians(lat)) / (512 * 2**ZOOM)
        x = box["x"] + box["width"] / 2 + (east - MIDDLE[0]) / scale
        return x, box["y"] + box["height"] / 2 - (north - MIDDLE[1]) / scale

    def click(self, page: Page, east: float, north: float) -> None:
        page.mouse.move(*self.pixel(page, east, north))
        page.mouse.click(*self.pixel(page, east, north))

    def choose(self, page: Page, east: float, north: float) -> None:
        self.click(page, east, north)
        expect(page.locator(".chosen-list li")).not_to_have_count(0)
        page.wait_for_load_state("networkidle")

    def press(self, page: Page, *keys: str) -> None:
        """Press keys while the map has the focus."""
        page.locator(".maplibregl-canvas").focus()
        for key in keys:
            page.keyboard.press(key)

    def changes(self, page: Page) -> Locator:
        return page.locator("table.changes tbody tr")


@pytest.fixture
def desk(office: Office, office_server: str, new_context: Callable[..., BrowserContext]) -> Desk:
    return Desk(office, office_server, new_context)


def test_a_parcel_is_split_by_drawing_then_undone_and_done_again(desk: Desk) -> None:
    page = desk.sit()
    desk.choose(page, 10, 30)
    desk.press(page, "t")
    desk.click(page, 10.2, 40.2)
    desk.click(page, 9.9, 0.1)
    # Both clicks are near the middles of edges, which are what is meant, to the millimetre.
    values = [one.input_value() for one in page.locator(".point-table input").all()]
    assert values == ["1145040,000", "430010,000", "1145000,000", "430010,000"]
    desk.press(page, "Enter")
    expect(page.locator(".preview")).to_contain_text("4 thay đổi")
    page.get_by_role("button", name="Đưa vào nháp").click()
    expect(page.locator(".steps li")).to_have_text(["Tách theo đường vẽ"])
    expect(page.locator("table.changes tfoot")).to_contain_text("0,0")
    desk.press(page, "Control+z")
    expect(desk.changes(page)).to_have_count(0)
    desk.press(page, "Control+y")
    expect(desk.changes(page)).to_have_count(4)
    expect(page.locator("#findings")).to_contain_text("Kiểm tra lúc")
    assert desk.complaints == []


def test_a_parcel_is_split_by_typing_alone(desk: Desk) -> None:
    page = desk.sit()
    page.locator(".area-list summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".chosen-list")).to_contain_text("1/2")
    desk.press(page, "d")
    page.fill("#field-area", "1.234,5")
    expect(page.locator("#field-area-help")).to_contain_text("= 1.234,5")
    page.fill("#field-area", "300,5")
    page.fill("#field-bearing", "90")
    page.locator(".form-foot .primary").press("Enter")
    page.get_by_role("button", name="Đưa vào nháp").press("Enter")
    expect(page.locator(".steps li")).to_have_count(1)
    expect(page.locator("table.changes")).to_contain_text("300,5")
    expect(page.locator("table.changes")).to_contain_text("499,5")


def test_a_pasted_list_says_which_column_is_north_or_asks(desk: Desk) -> None:
    page = desk.sit()
    desk.choose(page, 10, 30)
    desk.press(page, "p")
    page.get_by_role("button", name="Dán hoặc mở danh sách điểm").click()
    page.fill("#paste", "430010;1145040\n430010;1145000")
    accept = page.get_by_role("button", name="Nhận")
    expect(accept).to_be_disabled()
    page.get_by_label("Cột đầu là X (Bắc)").check()
    expect(page.locator(".paste")).to_contain_text("bị đổi chỗ")
    expect(accept).to_be_disabled()
    page.get_by_label("Cột đầu là Y (Đông)").check()
    accept.click()
    expect(page.locator(".point-table tbody tr")).to_have_count(2)
    page.locator(".form-foot .primary").click()
    expect(page.locator(".preview")).to_contain_text("4 thay đổi")


def test_an_operation_that_cannot_be_done_says_why(desk: Desk) -> None:
    page = desk.sit()
    merge = page.locator(".tool", has_text="Gộp thửa")
    expect(merge).to_have_attribute("aria-disabled", "true")
    expect(merge).to_have_attribute("title", "Gộp thửa (G). Chọn ít nhất hai thửa.")
    desk.choose(page, 10, 30)
    page.keyboard.down("Shift")
    desk.click(page, 30, 30)
    page.keyboard.up("Shift")
    expect(merge).to_have_attribute("aria-disabled", "false")


def test_what_was_entered_survives_a_lost_connection_and_a_reload(desk: Desk, tmp_path: Path) -> None:
    page = desk.sit()
    desk.choose(page, 50, 30)
    desk.press(page, "e")
    page.fill("#field-bearing", "0")
    page.locator(".form-foot .primary").click()
    page.locator(".preview").wait_for()
    page.route("**/api/v1/changesets/**", lambda route: route.abort())
    page.get_by_role("button", name="Đưa vào nháp").click()
    expect(page.locator("#banner")).to_contain_text("Chưa gửi: Chia thành các phần bằng nhau")
    expect(page.locator(".saved")).to_have_text("Giữ trên máy này, chưa gửi")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Tải bản nháp").click()
    saved.value.save_as(tmp_path / "draft.json")
    kept = json.loads((tmp_path / "draft.json").read_text())
    assert kept["pending"]["body"]["operation"] == "split_equal"
    page.unroute("**/api/v1/changesets/**")
    page.reload()
    expect(page.locator("#banner")).to_contain_text("Chưa gửi")
    expect(page.locator("#field-parts")).to_have_value("2")
    page.get_by_role("button", name="Gửi lại").click()
    expect(page.locator(".steps li")).to_have_text(["Chia thành các phần bằng nhau"])
    expect(page.locator("#banner")).to_be_empty()


def test_two_windows_on_one_draft_lose_nothing(desk: Desk) -> None:
    page, other = desk.sit(), desk.sit("minh")
    for window in (other, page):
        desk.choose(window, 10, 30)
        desk.press(window, "e")
        window.fill("#field-bearing", "0")
        window.locator(".form-foot .primary").click()
        window.locator(".preview").wait_for()
    for window in (other, page):
        window.get_by_role("button", name="Đưa vào nháp").click()
    expect(other.locator(".steps li")).to_have_count(1)
    box = page.locator("dialog")
    expect(box).to_contain_text("Bản nháp đã đổi ở nơi khác")
    box.get_by_role("button", name="Lấy bản mới").click()
    expect(page.locator(".steps li")).to_have_count(1)
    expect(page.locator("#field-parts")).to_have_value("2")


def test_on_a_phone_the_draft_is_read_and_says_what_editing_needs(desk: Desk) -> None:
    desk.draft = desk.office.split(desk.draft)
    desk.office.session.commit()
    page = desk.sit(width=390, height=844)
    expect(page.locator("#right")).to_contain_text("Sửa ranh cần máy tính")
    expect(page.locator("#tools")).to_be_empty()
    expect(desk.changes(page)).to_have_count(4)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_axe_finds_nothing_serious(desk: Desk, theme: str) -> None:
    page = desk.sit(lang="en")
    page.add_script_tag(path="frontend/node_modules/axe-core/axe.min.js")
    page.evaluate("(theme) => document.documentElement.dataset.theme = theme", theme)
    desk.choose(page, 10, 30)
    desk.press(page, "t")
    desk.click(page, 10, 40)
    desk.click(page, 10, 0)
    desk.press(page, "Enter")
    page.locator(".preview").wait_for()
    page.wait_for_timeout(300)
    assert violations(page) == []
    page.get_by_role("button", name="Put into the draft").click()
    page.locator(".steps li").wait_for()
    page.get_by_role("button", name="Submit").click()
    page.locator("dialog .primary").wait_for()
    page.wait_for_timeout(300)
    assert violations(page) == []


def test_an_approver_returns_and_then_approves(desk: Desk) -> None:
    desk.draft = desk.office.submit(desk.office.split(desk.draft, "3", 50))
    desk.office.session.commit()
    author, page = desk.sit(), desk.sit("hoa")
    expect(author.locator("#right")).to_contain_text("Người lập không được tự duyệt")
    page.get_by_role("button", name="Trả lại").click()
    page.locator("dialog .primary").click()
    expect(page.locator("dialog")).to_contain_text("Ghi lý do")
    page.fill("#note", "Thiếu mốc số 3")
    page.locator("dialog .primary").click()
    expect(page.locator(".state-tag")).to_have_text("Nháp")
    author.reload()
    expect(author.locator("#right")).to_contain_text("Thiếu mốc số 3")
    author.get_by_role("button", name="Gửi duyệt").click()
    author.locator("dialog .primary").click()
    expect(author.locator(".state-tag")).to_have_text("Đã gửi")
    page.reload()
    page.get_by_role("button", name="Duyệt 4 thay đổi").click()
    page.locator("dialog .primary").click()
    expect(page.locator(".state-tag")).to_have_text("Đã duyệt")
    assert desk.complaints == []
