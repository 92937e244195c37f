"""The map as people use it: what they see, click, type and hear, in a real browser."""

import math
import re
import unicodedata

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import OpenViewer, Viewer, violations
from tests.people import PASSWORD
from tests.shapes import E, N

BLANK = 3
"""A map with fewer colours than this shows nothing: ground, and perhaps a line."""


class TestSeeing:
    def test_the_map_is_painted_and_the_legend_counts_what_is_on_it(self, desktop: Viewer) -> None:
        desktop.open(desktop.at(40, 30, 19, "&style=land"))
        expect(desktop.page.locator(".legend-row", has_text="Đất ở tại đô thị")).to_contain_text("1")
        assert desktop.colours() > BLANK
        assert desktop.complaints == []

    def test_an_address_shows_the_same_again(self, desktop: Viewer, viewer: OpenViewer) -> None:
        whole = desktop.at(40, 30, 18.5, "&style=land&layers=commune,parcel*0.5,hydrant")
        whole += f"&sel=parcel/{desktop.town.eleven}"
        desktop.open(whole)
        assert desktop.card() == "Thửa 11, tờ 5"
        desktop.page.wait_for_timeout(400)
        kept = desktop.hash()
        for part in ("style=land", "layers=commune,parcel*0.5,hydrant", f"sel=parcel/{desktop.town.eleven}"):
            assert part in kept
        again = viewer()
        again.open(kept)
        assert again.card() == "Thửa 11, tờ 5"
        again.page.wait_for_timeout(400)
        assert again.hash() == kept
        expect(again.page.locator(".layer", has_text="Thửa đất").first).to_contain_text("50%")

    def test_a_style_brings_its_layers_and_leaves_the_place(self, desktop: Viewer) -> None:
        desktop.open(desktop.at(60, 30, 18))
        desktop.page.select_option("#choose-style", "infrastructure")
        expect(desktop.page.locator(".legend")).to_contain_text("Trụ nước chữa cháy")
        desktop.settle()
        assert "style=infrastructure" in desktop.hash()
        assert desktop.hash().startswith("#map=18/")
        desktop.page.go_back()
        expect(desktop.page.locator("#choose-style")).to_have_value("planning")

    def test_another_basemap_changes_the_ground_and_not_the_layers(self, desktop: Viewer) -> None:
        desktop.open(desktop.at(60, 120, 18))
        for basemap in ("dark", "contrast"):
            before = desktop.pixels()
            desktop.page.select_option("#choose-basemap", basemap)
            desktop.settle()
            assert f"basemap={basemap}" in desktop.hash()
            assert desktop.pixels() != before
        expect(desktop.page.locator(".panel-head h2", has_text="Lớp (6)")).to_be_visible()

    def test_choosing_a_class_fades_the_others(self, desktop: Viewer) -> None:
        desktop.open(desktop.at(40, 30, 20, "&style=land"))
        before = desktop.pixels()
        row = desktop.page.locator(".legend-row", has_text="Đất ở tại đô thị")
        row.click()
        expect(row).to_have_attribute("aria-pressed", "true")
        desktop.settle()
        faded = desktop.pixels()
        assert faded != before
        desktop.page.click("text=Hiện lại mọi loại")
        desktop.settle()
        assert desktop.pixels() == before

    def test_a_layer_can_be_made_fainter_by_a_button(self, desktop: Viewer) -> None:
        desktop.open(desktop.at(40, 30, 18))
        layer = desktop.page.locator(".legend .layer", has_text="Ô quy hoạch")
        layer.locator("summary").click()
        layer.get_by_role("button", name="Nhạt hơn").click()
        expect(layer.locator("summary")).to_contain_text("90%")
        desktop.page.wait_for_timeout(400)
        assert "zone*0.9" in desktop.hash()

    def test_layers_are_found_by_name_without_marks_and_switched_on(self, desktop: Viewer) -> None:
        desktop.open(desktop.at(70, 25, 18))
        desktop.page.fill("#layer-filter", "tru nuoc")
        desktop.page.get_by_label("Trụ nước chữa cháy").check()
        expect(desktop.page.locator(".legend")).to_contain_text("Trụ nước chữa cháy")
        desktop.settle()
        assert "hydrant" in desktop.hash()

    def test_the_coordinates_are_those_of_the_ground_with_north_first(self, desktop: Viewer) -> None:
        desktop.open(desktop.at(40, 30, 20))
        bar = desktop.page.locator(".coordinate-bar")
        expect(bar).to_contain_text("kinh tuyến 107°45′")
        north, east = re.findall(r"[\d.]+,\d\d(?!\d)", bar.inner_text())[:2]
        assert _metres(north) == pytest.approx(N + 30, abs=0.3)
        assert _metres(east) == pytest.approx(E + 40, abs=0.3)
        assert bar.inner_text().index("X (Bắc)") < bar.inner_text().index("Y (Đông)")

    def test_every_layer_that_is_on_names_its_source_and_date(self, desktop: Viewer) -> None:
        desktop.open(desktop.at(40, 30, 18))
        desktop.page.click(".attribution summary")
        expect(desktop.page.locator(".attribution")).to_contain_text("Bản đồ địa chính")
        expect(desktop.page.locator(".attribution")).to_contain_text("05/03/2026")


class TestPicking:
    def test_a_click_opens_the_card_of_the_parcel_and_all_that_lies_there(self, desktop: Viewer) -> None:
        desktop.open(desktop.at(50, 33, 19))
        desktop.click_middle()
        assert desktop.card() == "Thửa 12, tờ 5"
        card = desktop.page.locator("#left")
        expect(card).to_contain_text("Đất ở tại đô thị (ODT)")
        expect(card).to_contain_text("401,3 m²")
        expect(card).to_contain_text("05/03/2026")
        expect(card.locator(".pager")).to_contain_text("1/")
        card.locator(".everything button", has_text="A1").click()
        expect(card.locator("#card-title")).to_contain_text("A1")
        assert "sel=zone/" in desktop.hash()

    def test_the_keyboard_picks_at_the_crosshair_and_goes_to_the_card(self, desktop: Viewer) -> None:
        desktop.open(desktop.at(30, 33, 19))
        page = desktop.page
        page.keyboard.press("Tab")
        page.keyboard.press("F6")
        while page.evaluate("document.activeElement.tagName") != "CANVAS":
            page.keyboard.press("F6")
        expect(page.locator("#crosshair svg")).to_be_visible()
        page.keyboard.press("Enter")
        assert desktop.card() == "Thửa 11, tờ 5"
        expect(page.locator("#card-title")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.locator("#left")).to_be_hidden()

    def test_closing_the_card_leads_back_to_the_search(self, desktop: Viewer) -> None:
        desktop.open(desktop.at(30, 33, 19, f"&sel=parcel/{desktop.town.eleven}"))
        desktop.page.get_by_role("button", name="Đóng thẻ").click()
        expect(desktop.page.locator("#search-input")).to_be_focused()
        assert "sel=" not in desktop.hash()

    def test_back_closes_what_was_opened(self, desktop: Viewer) -> None:
        desktop.open(desktop.at(30, 33, 19))
        desktop.click_middle()
        desktop.card()
        desktop.page.go_back()
        expect(desktop.page.locator("#left")).to_be_hidden()
        desktop.page.go_forward()
        assert desktop.card() == "Thửa 11, tờ 5"

    def test_nothing_there_says_so_and_warns_that_it_is_no_permission(self, desktop: Viewer) -> None:
        desktop.open(desktop.at(300, 300, 19, "&style=land&layers=parcel"))
        desktop.click_middle()
        expect(desktop.page.locator("#left")).to_contain_text("không có nghĩa là được phép")

    def test_the_right_button_gives_the_coordinates_of_a_place(self, desktop: Viewer) -> None:
        desktop.open(desktop.at(30, 33, 20))
        desktop.page.mouse.click(*desktop.middle(), button="right")
        place = desktop.page.locator(".place")
        expect(place).to_contain_text("X (Bắc)")
        place.get_by_role("button", name="Ở đây có gì?").click()
        assert desktop.card() == "Thửa 11, tờ 5"

    def test_a_station_shows_its_readings_as_a_line_and_as_a_table(self, desktop: Viewer) -> None:
        desktop.open(desktop.at(150, 20, 19, "&style=environment"))
        desktop.click_middle()
        card = desktop.page.locator("#left")
        card.locator(".everything button", has_text="Bãi Trước").click()
        expect(card.locator(".chart-line")).to_be_visible()
        card.get_by_text("Xem bảng số liệu").click()
        assert card.locator(".series-table tbody tr").count() == 48


class TestSearching:
    def test_a_road_is_found_however_it_is_typed(self, desktop: Viewer) -> None:
        desktop.open(desktop.at(40, 30, 17))
        for typed in ("le loi", "Lê Lợi", unicodedata.normalize("NFD", "lê lợi"), "duong le loi"):
            desktop.page.fill("#search-input", "")
            expect(desktop.page.locator(".search-option")).to_have_count(0)
            desktop.page.fill("#search-input", typed)
            expect(desktop.page.locator(".search-option", has_text="Đường Lê Lợi").first).to_be_visible()

    def test_a_parcel_is_opened_by_arrow_and_enter(self, desktop: Viewer) -> None:
        desktop.open(desktop.at(300, 300, 17))
        desktop.page.fill("#search-input", "thửa 11 tờ 5")
        expect(desktop.page.locator(".search-option").first).to_be_visible()
        desktop.page.keyboard.press("ArrowDown")
        box = desktop.page.get_by_role("combobox", name="Tìm thửa")
        expect(box).to_have_attribute("aria-activedescendant", "search-0")
        desktop.page.keyboard.press("Enter")
        assert desktop.card() == "Thửa 11, tờ 5"
        expect(desktop.page.locator("#card-title")).to_be_focused()
        assert f"sel=parcel/{desktop.town.eleven}" in desktop.hash()

    def test_escape_closes_then_clears_and_the_map_returns(self, desktop: Viewer) -> None:
        start = desktop.at(300, 300, 17)
        desktop.open(start)
        desktop.page.fill("#search-input", "thửa 11 tờ 5")
        desktop.page.locator(".search-option").first.hover()
        desktop.page.wait_for_timeout(900)
        desktop.page.keyboard.press("Escape")
        expect(desktop.page.locator(".search-pop")).to_be_hidden()
        desktop.page.keyboard.press("Escape")
        expect(desktop.page.locator("#search-input")).to_have_value("")
        desktop.page.wait_for_timeout(1200)
        assert desktop.hash().startswith(start)

    def test_what_is_not_there_gets_a_sentence(self, desktop: Viewer) -> None:
        desktop.open(desktop.at(40, 30, 17))
        desktop.page.fill("#search-input", "thửa 999 tờ 999")
        expect(desktop.page.locator(".search-note")).to_contain_text("999")


class TestListAndTools:
    def test_the_list_has_what_the_map_has_and_opens_it(self, desktop: Viewer) -> None:
        desktop.open(desktop.at(30, 33, 19))
        desktop.page.click("#open-list")
        rows = desktop.page.locator(".rows-list .row-button")
        expect(rows.filter(has_text="Thửa 11, tờ 5")).to_have_count(1)
        expect(rows.filter(has_text="Thửa 12, tờ 5")).to_have_count(1)
        rows.first.focus()
        desktop.page.keyboard.press("ArrowDown")
        expect(rows.nth(1)).to_be_focused()
        rows.filter(has_text="Thửa 12, tờ 5").press("Enter")
        assert desktop.card() == "Thửa 12, tờ 5"

    def test_a_length_is_measured_by_keyboard_in_the_legal_system(self, desktop: Viewer) -> None:
        zoom = 18
        desktop.open(desktop.at(40, 30, zoom))
        page = desktop.page
        page.get_by_role("button", name="Đo", exact=True).click()
        expect(page.locator("#measure-title")).to_be_visible()
        expect(page.locator(".maplibregl-canvas")).to_be_focused()
        page.keyboard.press("Space")
        expect(page.locator("#left")).to_contain_text("Đã đặt 1 điểm")
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(800)
        page.keyboard.press("Space")
        expect(page.locator("#left")).to_contain_text("Đã đặt 2 điểm")
        page.keyboard.press("Enter")
        expect(page.locator("#left")).to_contain_text("Đã đo xong")
        # An arrow key moves the map by a hundred pixels.
        ground = 100 * 40_075_016.686 * math.cos(math.radians(10.3535)) / (512 * 2**zoom)
        answer = page.locator(".answer").inner_text()
        assert _metres(answer.split("m")[0]) == pytest.approx(ground, rel=0.01)

    def test_an_area_is_measured_by_mouse_and_a_corner_can_be_taken_back(self, desktop: Viewer) -> None:
        desktop.open(desktop.at(60, 30, 20))
        page = desktop.page
        page.get_by_role("button", name="Đo", exact=True).click()
        page.locator(".chip", has_text="Diện tích").click()
        x, y = desktop.middle()
        for dx, dy in ((0, 0), (100, 0), (100, 100), (180, 160)):
            page.mouse.click(x + dx, y + dy)
            page.wait_for_timeout(350)
        page.get_by_role("button", name="Hoàn tác điểm").click()
        expect(page.locator("#left")).to_contain_text("Đã đặt 3 điểm")
        page.get_by_role("button", name="Xong").click()
        side = 100 * 40_075_016.686 * math.cos(math.radians(10.3535)) / (512 * 2**20)
        answer = page.locator(".answer").inner_text()
        assert _metres(answer.split("m²")[0]) == pytest.approx(side * side / 2, rel=0.02)

    def test_a_print_has_the_map_at_scale_its_legend_date_and_sources(self, desktop: Viewer) -> None:
        desktop.open(desktop.at(40, 30, 18))
        page = desktop.page
        page.evaluate("window.print = () => document.body.dataset.printed = 'yes'")
        page.get_by_role("button", name="In", exact=True).click()
        page.select_option("#print-scale", "500")
        page.fill("#print-title", "Thửa của tôi")
        page.locator(".dialog .button.primary").click()
        page.wait_for_selector("body[data-printed]")
        sheet = page.locator("#print")
        for words in ("Thửa của tôi", "1:500", "Ranh giới", "05/03/2026", "Không thay văn bản pháp lý"):
            expect(sheet).to_contain_text(words)
        assert page.evaluate("document.querySelector('#print img').naturalWidth") > 1000

    def test_a_view_is_shared_by_link_and_code(self, desktop: Viewer) -> None:
        desktop.open(desktop.at(40, 30, 18, "&layers=parcel*0.5"))
        desktop.page.get_by_role("button", name="Chia sẻ").first.click()
        link = desktop.page.locator("#share-address").input_value()
        assert link.startswith(desktop.address)
        assert "layers=parcel*0.5" in link
        expect(desktop.page.locator("svg.qr")).to_be_visible()

    def test_locating_goes_to_where_the_reader_is(self, viewer: OpenViewer) -> None:
        lon, lat = viewer().town.at(250, 30)
        here = viewer(geolocation={"longitude": lon, "latitude": lat}, permissions=["geolocation"])
        here.open(here.at(30, 33, 19))
        here.page.get_by_role("button", name="Đến chỗ tôi đang đứng").click()
        expect(here.page.locator(".maplibregl-user-location-dot")).to_be_visible()
        here.page.wait_for_timeout(1500)
        assert float(here.hash().split("/")[2].split("&")[0]) == pytest.approx(lon, abs=0.0002)

    def test_the_question_mark_lists_the_keys(self, desktop: Viewer) -> None:
        desktop.open(desktop.at(40, 30, 18))
        desktop.page.locator(".maplibregl-canvas").focus()
        desktop.page.keyboard.press("?")
        expect(desktop.page.locator(".keys")).to_be_visible()
        expect(desktop.page.locator(".keys")).to_contain_text("F6")
        desktop.page.keyboard.press("Escape")
        expect(desktop.page.locator(".keys")).to_have_count(0)

    def test_dark_colours_and_large_text_outlast_a_reload(self, viewer: OpenViewer) -> None:
        desktop = viewer()
        desktop.open(desktop.at(40, 30, 18))
        page = desktop.page
        page.get_by_role("button", name="Hiển thị").click()
        page.locator(".chip", has_text="Tối").click()
        page.locator(".chip", has_text="Lớn").first.click()
        page.reload()
        page.wait_for_selector("#open-list")
        look = "const style = getComputedStyle(document.body); [style.backgroundColor, style.fontSize]"
        assert page.evaluate(look) == ["rgb(16, 21, 26)", "20px"]


class TestPhone:
    def test_a_tap_opens_a_sheet_with_three_heights_and_back_steps_down(self, phone: Viewer) -> None:
        phone.open(phone.at(30, 33, 19))
        phone.page.touchscreen.tap(*phone.middle())
        assert phone.card() == "Thửa 11, tờ 5"
        sheet = phone.page.locator("#left")

        def height() -> int:
            box = sheet.bounding_box()
            assert box
            return round(box["height"])

        assert height() == 422
        # What was tapped has come up from under the sheet.
        phone.page.wait_for_timeout(400)
        assert float(phone.hash().split("/")[1]) == pytest.approx(phone.town.at(30, 33)[1], abs=2e-5)
        phone.page.get_by_role("button", name="Lên").click()
        assert height() == 844 - 56
        phone.page.go_back()
        assert height() == 422
        phone.page.get_by_role("button", name="Xuống").click()
        assert height() == 120
        phone.page.get_by_role("button", name="Đóng thẻ").click()
        expect(sheet).to_be_hidden()

    def test_nothing_is_cut_off_on_narrow_screens_with_large_text(self, viewer: OpenViewer) -> None:
        narrow = viewer(320, 700)
        narrow.page.add_init_script("localStorage.setItem('diaba.display', '{\"text\": \"larger\"}')")
        narrow.open(narrow.at(30, 33, 19))
        for width in (320, 390, 600, 1023):
            narrow.page.set_viewport_size({"width": width, "height": 700})
            narrow.page.wait_for_timeout(200)
            for opener, closer in (("#open-layers", "Đóng bảng lớp"), ("#open-list", "Đóng danh sách")):
                narrow.page.click(opener)
                assert narrow.page.evaluate(OVERFLOW) == []
                narrow.page.get_by_role("button", name=closer).click()

    def test_the_menu_leads_to_everything_that_a_wide_screen_shows(self, phone: Viewer) -> None:
        phone.open(phone.at(30, 33, 19))
        phone.page.get_by_role("button", name="Mở trình đơn").click()
        for words in ("Đo", "In", "Chia sẻ", "Hiển thị", "English", "Đăng nhập"):
            expect(phone.page.locator(".menu", has_text=words)).to_be_visible()


OVERFLOW = """
[...document.querySelectorAll('.viewer *')]
  .filter((one) => one.checkVisibility() && !one.closest('#map, .sr, .skip, .brand, svg'))
  .map((one) => [one.getBoundingClientRect(), one.outerHTML.slice(0, 120)])
  .filter(([box]) => box.right > innerWidth + 1 || box.left < -1)
  .map(([, text]) => text)
"""
"""What stands partly outside the window."""


class TestTrouble:
    def test_without_webgl_list_search_and_card_still_work(self, viewer: OpenViewer) -> None:
        plain = viewer()
        plain.page.add_init_script(
            """const get = HTMLCanvasElement.prototype.getContext;
            HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
                return kind.startsWith('webgl') ? null : get.call(this, kind, ...rest);
            };"""
        )
        plain.page.goto(f"{plain.address}/?lang=vi{plain.at(30, 33, 19)}")
        expect(plain.page.locator("#no-webgl")).to_contain_text("không vẽ được bản đồ")
        rows = plain.page.locator(".rows-list .row-button")
        rows.filter(has_text="Thửa 11, tờ 5").click()
        assert plain.card() == "Thửa 11, tờ 5"
        plain.page.fill("#search-input", "le loi")
        plain.page.locator(".search-option", has_text="Đường Lê Lợi").first.click()
        expect(plain.page.locator("#card-title")).to_contain_text("Lê Lợi")

    def test_a_lost_connection_is_told_and_the_map_stays(self, viewer: OpenViewer) -> None:
        desktop = viewer()
        desktop.open(desktop.at(40, 30, 19, "&style=land"))
        before = desktop.colours()
        desktop.page.context.set_offline(True)
        banner = desktop.page.locator("#banner")
        expect(banner).to_contain_text("Mất mạng từ")
        assert desktop.colours() >= min(before, BLANK + 1)
        expect(banner.get_by_role("button", name="Thử lại")).to_be_visible()
        desktop.page.context.set_offline(False)
        expect(banner).to_be_empty()

    def test_a_server_in_trouble_is_told_apart_from_a_lost_connection(self, desktop: Viewer) -> None:
        desktop.open(desktop.at(30, 33, 19))

        def fail(route: Route) -> None:
            route.fulfill(status=500, json={"detail": "Máy chủ gặp sự cố.", "code": "unexpected"})

        desktop.page.route("**/api/v1/identify*", fail)
        desktop.click_middle()
        expect(desktop.page.locator("#banner")).to_contain_text("Máy chủ gặp sự cố lúc")
        desktop.page.unroute("**/api/v1/identify*")
        desktop.page.locator("#left").get_by_role("button", name="Thử lại").click()
        assert desktop.card() == "Thửa 11, tờ 5"
        expect(desktop.page.locator("#banner")).to_be_empty()

    def test_an_ended_session_offers_to_sign_in_and_come_back_to_the_same_view(
        self, viewer: OpenViewer
    ) -> None:
        desktop = viewer()
        page = desktop.page
        page.goto(f"{desktop.address}/login")
        page.fill("[name=name]", "officer")
        page.fill("[name=password]", PASSWORD)
        page.locator("main button[type=submit], main form button.primary").first.click()
        desktop.open(desktop.at(30, 33, 19))
        expect(page.locator("#header")).to_contain_text("Người officer")
        page.context.clear_cookies(name="diaba")
        page.get_by_role("button", name="Thu nhỏ bản đồ").click()
        page.get_by_role("button", name="Thu nhỏ bản đồ").click()
        banner = page.locator("#banner")
        expect(banner).to_contain_text("Đăng nhập để làm tiếp")
        link = banner.get_by_role("link").get_attribute("href")
        assert link
        assert link.startswith("/login?next=%2F")
        assert "map%3D1" in link


class TestEverybody:
    def test_english_has_no_vietnamese_words_of_the_interface(self, desktop: Viewer) -> None:
        desktop.open(desktop.at(40, 30, 18), lang="en")
        desktop.page.click("#open-list")
        desktop.page.wait_for_timeout(500)
        words = desktop.page.evaluate(
            """[...document.querySelectorAll(
                '.toolbar, #header-links, h2, h3, label, summary, [aria-label], [placeholder]')]
              .filter((one) => !one.closest('[lang=vi], .rows-list') && one.checkVisibility())
              .flatMap((one) => [one.getAttribute('aria-label'), one.placeholder,
                one.matches('[aria-label]') ? '' : one.innerText])
              .filter(Boolean)"""
        )
        marked = re.compile(
            "[ạảãàáâậầấẩẫăắằặẳẵđẹẻẽèéêệềếểễịỉĩìíọỏõòóôộồốổỗơờớợởỡụủũùúưựừứửữỳýỵỷỹ]", re.IGNORECASE
        )
        kept = ("Tiếng Việt", "X (Bắc)", "Y (Đông)", "Phường")
        assert [one for one in words if marked.search(one) and not any(word in one for word in kept)] == []

    def test_changing_the_language_keeps_the_view(self, desktop: Viewer) -> None:
        desktop.open(desktop.at(30, 33, 19, f"&sel=parcel/{desktop.town.eleven}"))
        desktop.page.get_by_role("link", name="English").click()
        expect(desktop.page.locator("html")).to_have_attribute("lang", "en")
        expect(desktop.page.locator("#card-title")).to_have_text("Parcel 11, map sheet 5")

    def test_a_tour_breaks_no_rule_of_the_content_security_policy(self, desktop: Viewer) -> None:
        desktop.page.add_init_script(
            "window.broken = [];"
            "addEventListener('securitypolicyviolation', (one) => window.broken.push(one.blockedURI))"
        )
        desktop.open(desktop.at(30, 33, 19))
        page = desktop.page
        desktop.click_middle()
        desktop.card()
        page.select_option("#choose-style", "environment")
        page.click("#open-list")
        page.get_by_role("button", name="Chia sẻ").first.click()
        page.wait_for_selector("svg.qr")
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Đo", exact=True).click()
        page.wait_for_selector("#measure-title")
        desktop.settle()
        assert page.evaluate("window.broken") == []
        assert desktop.complaints == []

    def test_the_map_says_where_it_is_after_moving(self, desktop: Viewer) -> None:
        desktop.open(desktop.at(30, 33, 19))
        desktop.page.get_by_role("button", name="Thu nhỏ bản đồ").click()
        expect(desktop.page.locator("#live")).to_contain_text("tỷ lệ 1:")
        expect(desktop.page.locator(".maplibregl-canvas")).to_have_attribute(
            "aria-label", re.compile("Phường Vũng Tàu")
        )

    def test_axe_finds_nothing_serious_in_any_theme(self, viewer: OpenViewer) -> None:
        checked = viewer(bypass_csp=True)
        checked.open(checked.at(30, 33, 19))
        page = checked.page
        page.add_script_tag(path="frontend/node_modules/axe-core/axe.min.js")
        checked.click_middle()
        checked.card()
        page.locator(".layer-more summary").first.click()
        for theme in ("light", "dark", "contrast"):
            page.evaluate("(theme) => document.documentElement.dataset.theme = theme", theme)
            page.wait_for_timeout(300)
            assert violations(page) == []
        page.fill("#search-input", "le loi")
        page.locator(".search-option").first.wait_for()
        assert violations(page) == []
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Hiển thị").click()
        page.wait_for_timeout(300)
        assert violations(page) == []


def _metres(text: str) -> float:
    """A number as Vietnamese is written."""
    return float(re.sub(r"[^\d,]", "", text).replace(",", "."))
