"""How long the questions of readers take: what is here, the list beside the map, and the search box.

Each question is asked many times at places spread over the parcels of a seeded city, in this process,
HTTP aside. "cpu" is what database and program computed, which other work on the machine does not change.

    python benchmarks/bench_reading.py [PARCELS …]      (60000 600000)
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from app import cluster
from app.db import layer_tables, legal_crs, make_engine, make_session
from app.features.cards import cards, listed
from app.features.formats import Wording
from app.features.legal import Point
from app.features.query import at_point, in_box
from app.features.search import Asker, search
from config import Config
from layers import CATALOG
from tiles.scope import PUBLIC

RESULTS = Path(__file__).parent / "results" / "reading.json"
TIMES = 60
WORDS = Wording("vi", str)
LAYERS = PUBLIC.layers(CATALOG.values())
SEARCHES = (
    "12/5", "thửa 12 tờ 5 phường Thắng Tam", "999/12 vũng tàu", "125", "lê lợi", "15 Lê Lợi", "đường",
    "vũng tàu", "phuong thang tam", "tr", "truong tieu hoc", "truong tieu hok", "phuong vunh tau",
    "qwertzuiop", "10.3532, 107.0852", "1145000 427000", "w3u4uu", "a b", "1 1 1 1",
)  # fmt: skip

Question = Callable[[Session, Point], object]


def here(session: Session, point: Point) -> object:
    """What is at a point, of all layers."""
    hits = at_point(session, PUBLIC, LAYERS, point=point, zoom=17, tolerance=22)
    return cards(session, PUBLIC, WORDS, hits)


def view(reach: float) -> Question:
    """The list of everything within so many degrees."""

    def ask(session: Session, point: Point) -> object:
        lon, lat = point
        box = (lon - reach, lat - reach, lon + reach, lat + reach)
        return [listed(one, PUBLIC, WORDS) for one in in_box(session, PUBLIC, LAYERS, bbox=box)[0]]

    return ask


def search_for(query: str) -> Question:
    """What the search box answers."""
    return lambda session, point: search(
        Asker(session=session, scope=PUBLIC, wording=WORDS, near=point, limit=5), query
    )


QUESTIONS: dict[str, Question] = {
    "what is here": here,
    "list of a screen": view(0.004),
    "list of the province": view(0.4),
    **{f"search: {query}": search_for(query) for query in SEARCHES},
}


def backend_ms(pid: int) -> float:
    """Milliseconds that a process has computed since it began."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def measure(engine: Engine, question: Question) -> dict[str, float]:
    """Ask one question at many places; milliseconds."""
    crs = legal_crs(Config())
    with make_session(engine, crs, layer_tables(crs)) as session:
        pid = session.scalar(text("SELECT pg_backend_pid()"))
        places = session.execute(
            text(
                "SELECT ST_X(p), ST_Y(p) FROM (SELECT legal_to_wgs84(ST_PointOnSurface(geom)) AS p"
                " FROM parcel WHERE fid % (SELECT max(fid) / :n FROM parcel) = 1 LIMIT :n) AS q"
            ),
            {"n": TIMES},
        ).all()
        question(session, (places[0][0], places[0][1]))
        walls, cpu = [], backend_ms(pid) + time.process_time() * 1000
        for lon, lat in places:
            begun = time.perf_counter()
            question(session, (lon, lat))
            walls.append((time.perf_counter() - begun) * 1000)
        cpu = backend_ms(pid) + time.process_time() * 1000 - cpu
    p95 = statistics.quantiles(walls, n=20)[-1]
    return {"cpu": cpu / len(places), "p50": statistics.median(walls), "p95": p95}


def city(parcels: int) -> dict[str, dict[str, float]]:
    """Seed a city, ask everything and print it."""
    with cluster.temporary() as address, tempfile.TemporaryDirectory() as var:
        environment = os.environ | {"DATABASE_URL": address, "DIABA_VAR_DIR": var}
        for command in (["migrate"], ["seed", "--parcels", str(parcels)]):
            subprocess.run(["diaba", *command], check=True, env=environment, stdout=subprocess.DEVNULL)
        engine = make_engine(Config(database_url=address))
        found = {}
        print(f"\n{parcels:,} parcels, ms {'cpu':>36} {'p50':>8} {'p95':>8}")
        for name, question in QUESTIONS.items():
            found[name] = one = measure(engine, question)
            print(f"{name:46} {one['cpu']:8.1f} {one['p50']:8.1f} {one['p95']:8.1f}", flush=True)
        engine.dispose()
    return found


def main() -> None:
    """Measure for each size given, print tables and keep the figures."""
    sizes = [int(size) for size in sys.argv[1:]] or [60_000, 600_000]
    cities = {str(parcels): city(parcels) for parcels in sizes}
    kept = {
        "at": datetime.now(UTC).isoformat(),
        "load": os.getloadavg(),
        "cpus": os.cpu_count(),
        "cities": cities,
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(kept, indent=2) + "\n")


if __name__ == "__main__":
    main()
