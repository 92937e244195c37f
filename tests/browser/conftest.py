"""A real browser on a real server: Chromium with software WebGL, gunicorn, and a small town in PostGIS."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.error import URLError

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from app.db import layer_tables, legal_crs, make_engine, make_session
from app.features.models import DataSource, Reading
from config import ROOT, Config
from tests.app.town import Town, build
from tests.people import add_user
from tests.shapes import add, multi, point, square

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

WIDE: ViewportSize = {"width": 1440, "height": 900}
HABITS: dict[str, Any] = {"locale": "vi-VN", "reduced_motion": "reduce"}

WAIT = 45_000
"""Milliseconds to wait for anything: a busy machine paints slowly, and a test must not guess how slowly."""


@dataclass
class Viewer:
    """The map in one tab, and what a person does and sees there."""

    page: Page
    town: Town
    address: str
    complaints: list[str] = field(default_factory=list)
    """What the browser said on its console that should worry somebody."""

    def open(self, fragment: str = "", lang: str = "vi") -> None:
        """Open the map at an address and wait until it is painted and everything around it stands."""
        self.page.goto(f"{self.address}/?lang={lang}{fragment}")
        self.page.wait_for_selector("#open-list")
        self.settle()

    def at(self, east: float, north: float, zoom: float = 18, more: str = "") -> str:
        """The address of a map with this place of the town in its middle."""
        lon, lat = self.town.at(east, north)
        return f"#map={zoom}/{round(lat, 6)}/{round(lon, 6)}{more}"

    def settle(self) -> None:
        """Wait until no tile is on its way, and the legend and the list have followed."""
        self.page.wait_for_selector("#progress", state="hidden")
        self.page.wait_for_timeout(500)
        self.page.wait_for_selector("#progress", state="hidden")

    def middle(self) -> tuple[float, float]:
        """The pixel in the middle of what no panel covers."""
        boxes = {name: self.page.locator(name).bounding_box() for name in ("#map", "#left", "#right")}
        whole = boxes["#map"]
        assert whole
        west = boxes["#left"]["width"] if boxes["#left"] else 0
        east = boxes["#right"]["width"] if boxes["#right"] else 0
        return whole["x"] + west + (whole["width"] - west - east) / 2, whole["y"] + whole["height"] / 2

    def click_middle(self) -> None:
        self.page.mouse.click(*self.middle())

    def card(self) -> str:
        """The title of the card that is open."""
        title = self.page.locator("#card-title")
        title.wait_for()
        self.page.locator("#left .answer, #left .place").first.wait_for()
        return title.inner_text()

    def hash(self) -> str:
        return str(self.page.evaluate("location.hash"))

    def colours(self) -> int:
        """How many colours the map is painted in, within the clear part of the view."""
        return len(set(self.pixels()))

    def pixels(self) -> list[int]:
        """The colours of every seventh pixel in a square around the middle of the map."""
        x, y = self.middle()
        shot = self.page.screenshot(clip={"x": x - 150, "y": y - 150, "width": 300, "height": 300})
        found = self.page.evaluate(
            """async (bytes) => {
                const picture = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
                const canvas = new OffscreenCanvas(picture.width, picture.height);
                const context = canvas.getContext('2d');
                context.drawImage(picture, 0, 0);
                const data = new Uint32Array(
                    context.getImageData(0, 0, picture.width, picture.height).data.buffer);
                return [...data].filter((_, i) => i % 7 === 0);
            }""",
            list(shot),
        )
        return [int(one) for one in found]


OpenViewer = Callable[..., Viewer]


@pytest.fixture(scope="session")
def town_config(make_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Config:
    """Settings with a database of the browser's own, whose rows are really committed."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    return Config(
        database_url=make_database(f"browser_{worker}"),
        secret_key="not secret",
        var_dir=tmp_path_factory.mktemp("var"),
    )


@pytest.fixture(scope="session")
def town(town_config: Config) -> Town:
    """The town of the tests of reading, with a station that measures and an officer."""
    engine = make_engine(town_config)
    crs = legal_crs(town_config)
    with make_session(engine, crs, layer_tables(crs)) as session:
        built = build(session)
        station = add(
            session,
            "monitoring_station",
            point(150, 20),
            code="KK1",
            name="Trạm không khí Bãi Trước",
            kind="air",
        )
        now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        for hour in range(48):
            reading = Reading(
                layer="monitoring_station",
                feature_id=station,
                series="pm25",
                time=now - timedelta(hours=hour),
                value=20 + hour % 12,
            )
            session.add(reading)
        session.add(
            DataSource(
                layer="parcel",
                attribution="Bản đồ địa chính",
                data_date=datetime(2026, 3, 5, tzinfo=UTC).date(),
                synthetic=True,
            )
        )
        add(session, "flood_area", multi(square(100, 0, 100, 60)), return_period="10")
        session.commit()
        add_user(session, "officer", {"officer": ()})
    engine.dispose()
    return built


@pytest.fixture(scope="session")
def live_server(town_config: Config, town: Town) -> Iterator[str]:
    """The address of a server of the town."""
    with serving(town_config) as address:
        yield address


@contextmanager
def serving(config: Config, application: str = "wsgi:app") -> Iterator[str]:
    """A server with these settings on a free port, stopped at the end."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}"]
    command += ["--threads", "4", "--log-level", "error", "--no-control-socket"]
    environment = os.environ | {
        "DATABASE_URL": config.database_url,
        "DIABA_SECRET_KEY": "not secret",
        "DIABA_VAR_DIR": str(config.var_dir),
    }
    server = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        _wait_for(address, server)
        yield address
    finally:
        server.terminate()
        server.wait()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium from the system's packages, drawing WebGL in software."""
    program = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    assert program, f"no browser: install one of {', '.join(CHROMIUM)}"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def profile(browser: Browser) -> Iterator[BrowserContext]:
    """A profile that tests share when they leave nothing behind: the code is fetched and compiled once."""
    with browser.new_context(viewport=WIDE, **HABITS) as context:
        context.set_default_timeout(WAIT)
        yield context


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browser profiles of their own, which are thrown away after the test."""
    made: list[BrowserContext] = []

    def make(width: int = 1440, height: int = 900, **options: Any) -> BrowserContext:
        size = ViewportSize(width=width, height=height)
        context = browser.new_context(viewport=size, **HABITS, **options)
        context.set_default_timeout(WAIT)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture
def viewer(new_context: Callable[..., BrowserContext], live_server: str, town: Town) -> OpenViewer:
    """Opens the map in a profile of its own, at the size and with the abilities that are asked for."""

    def make(width: int = 1440, height: int = 900, **options: Any) -> Viewer:
        return _watched(new_context(width, height, **options).new_page(), town, live_server)

    return make


@pytest.fixture
def desktop(profile: BrowserContext, live_server: str, town: Town) -> Iterator[Viewer]:
    """The map on a wide screen, in the shared profile."""
    page = profile.new_page()
    yield _watched(page, town, live_server)
    page.close()


@pytest.fixture
def phone(viewer: OpenViewer) -> Viewer:
    return viewer(390, 844, has_touch=True, is_mobile=True)


def _watched(page: Page, town: Town, address: str) -> Viewer:
    """A viewer that notes what the browser complains about."""
    made = Viewer(page, town, address)
    page.on("pageerror", lambda error: made.complaints.append(str(error)))
    page.on(
        "console",
        lambda message: (
            made.complaints.append(message.text) if message.type in ("error", "warning") else None
        ),
    )
    return made


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(150):
        assert server.poll() is None, "the server stopped at once"
        try:
            with urllib.request.urlopen(f"{address}/healthz"):
                return
        except URLError:
            time.sleep(0.2)
    raise AssertionError(f"nobody answers at {address}")


def violations(page: Page) -> list[str]:
    """What axe calls serious or critical, with the place where it is."""
    answer = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:160]} {one['nodes'][0]['failureSummary'][:200]}"
        for one in answer["violations"]
        if one["impact"] in ("serious", "critical")
    ]
