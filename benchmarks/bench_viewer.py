"""How soon the map is painted, and how evenly it moves, over a city of 60,000 parcels.

Chromium with software WebGL on this machine, the server beside it, one page after another. "Painted"
is the first frame in which every tile of the view is drawn, counted from the navigation. The first
load compiles the page's code; later ones find it in the browser's cache, as a reader does who comes
back. Panning drags the map for some seconds at zoom 16 and takes the time from frame to frame. The
same page with an empty style is measured beside it: what the browser's software graphics take alone.

    python benchmarks/bench_viewer.py [PARCELS]      (60000)
"""

import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page, Route, sync_playwright

from app import cluster
from config import ROOT

RESULTS = Path(__file__).parent / "results" / "viewer.json"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
LOADS = 6
DRAGS = 4

FRAMES = """() => {
    window.frames_ = [];
    let last = performance.now();
    const note = (now) => { window.frames_.push(now - last); last = now; requestAnimationFrame(note); };
    requestAnimationFrame(note);
}"""


@contextmanager
def server(parcels: int) -> Iterator[str]:
    """A seeded database and a server on a free port; its address."""
    with (
        cluster.temporary() as database,
        tempfile.TemporaryDirectory() as var,
        closing(socket.socket()) as probe,
    ):
        environment = os.environ | {"DATABASE_URL": database, "DIABA_VAR_DIR": var}
        for command in (["migrate"], ["seed", "--parcels", str(parcels)]):
            subprocess.run(["diaba", *command], check=True, env=environment, stdout=subprocess.DEVNULL)
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
        probe.close()
        with subprocess.Popen(
            ["diaba", "serve", "--port", port], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
        ) as running:
            try:
                wait_for(f"http://127.0.0.1:{port}/healthz")
                yield f"http://127.0.0.1:{port}"
            finally:
                running.terminate()


def wait_for(address: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(address).close()
        except urllib.error.URLError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit(f"nobody answers at {address}")


def milliseconds_to_paint(page: Page, address: str) -> float:
    """Open the page and wait for the mark that the viewer sets at its first whole picture."""
    page.goto("about:blank")
    page.goto(address)
    while True:
        marks = page.evaluate("performance.getEntriesByName('map-painted').map((mark) => mark.startTime)")
        if marks:
            return float(marks[0])
        page.wait_for_timeout(20)


def frames_while_panning(page: Page, address: str) -> tuple[list[float], float]:
    """Milliseconds from frame to frame while the map is dragged to and fro, and those of them in
    which the page's own thread was busy, the rest being the wait for the graphics.
    """
    milliseconds_to_paint(page, address)
    page.wait_for_timeout(2000)
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")

    def busy() -> float:
        metrics = devtools.send("Performance.getMetrics")["metrics"]
        return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))

    page.evaluate(FRAMES)
    before = busy()
    for drag in range(DRAGS):
        start, end = ((900, 450), (300, 500)) if drag % 2 else ((300, 500), (900, 450))
        page.mouse.move(*start)
        page.mouse.down()
        page.mouse.move(*end, steps=40)
        page.mouse.up()
    frames = [float(one) for one in page.evaluate("window.frames_")]
    return sorted(frames), 1000 * (busy() - before) / len(frames)


def measured(page: Page, address: str) -> dict[str, object]:
    """The figures of one map."""
    start = [round(milliseconds_to_paint(page, address)) for _ in range(LOADS)]
    place = page.evaluate("location.hash.split('=')[1].split('&')[0].split('/').slice(1).join('/')")
    frames, busy = frames_while_panning(page, f"{address}/?lang=vi#map=16/{place}")
    return {
        "painted, first load (ms)": start[0],
        "painted, later loads (ms)": start[1:],
        "frames while panning": len(frames),
        "median frame (ms)": round(statistics.median(frames)),
        "95th percentile frame (ms)": round(frames[int(len(frames) * 0.95)]),
        "longest frame (ms)": round(frames[-1]),
        "thread busy per frame (ms)": round(busy, 1),
    }


def leave_background(route: Route) -> None:
    """The style without its layers: the page and the engine draw, but nothing of the map."""
    response = route.fetch()
    style = response.json()
    route.fulfill(response=response, json=style | {"layers": style["layers"][:1]})


def main() -> None:
    parcels = int(sys.argv[1]) if len(sys.argv) > 1 else 60_000
    known: dict[str, object] = {"when": datetime.now(UTC).isoformat(timespec="seconds"), "parcels": parcels}
    with server(parcels) as address, sync_playwright() as playwright:
        for name in ("the map", "the same page with an empty style"):
            # A browser of its own, so that each starts without what the other has compiled.
            chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
            page = chromium.new_page(viewport={"width": 1440, "height": 900})
            if name != "the map":
                page.route(re.compile("/styles/"), leave_background)
            known[name] = measured(page, address) | {"load average": os.getloadavg()[0]}
            chromium.close()
    for name, value in known.items():
        if isinstance(value, dict):
            print(name, *(f"  {label:28} {one}" for label, one in value.items()), sep="\n")
        else:
            print(f"{name:30} {value}")
    RESULTS.write_text(json.dumps(known, indent=2) + "\n")


if __name__ == "__main__":
    main()
