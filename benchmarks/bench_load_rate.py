"""How fast `diaba seed` makes and loads parcels, against psql's \\copy of the same rows into the same table.

Both go into an empty, migrated database with every index, check and trigger. The seed's time has the
making of the rows in it; \\copy reads them ready-made from a file.

    python benchmarks/bench_load_rate.py [PARCELS …]      (60000)
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import psycopg2
from sqlalchemy.orm import Session

from app import cluster
from app.db import crs_of, layer_tables, legal_crs, make_engine, make_session, migrate
from app.demo.growth import plan_growth
from app.demo.load import Loader
from app.demo.quarters import cut_up
from app.demo.sketch import read_sketch
from app.demo.town import Town
from app.demo.units import read_communes, read_former_communes
from config import Config

RESULTS = Path(__file__).parent / "results" / "load_rate.json"
COLUMNS = (
    "id, valid_from, commune_code, sheet, number, land_use, legal_area, address, parcel_code,"
    " old_sheet, old_number, status, survey_document, geom"
)


def database(address: str, name: str) -> str:
    """A new, migrated database; its address."""
    with closing(psycopg2.connect(address)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(f"CREATE DATABASE {name}")
    made = address.replace("/diaba?", f"/{name}?")
    migrate(Config(database_url=made))
    return made


def seconds_of_seed(session: Session, parcels: int) -> float:
    """Seconds from the first quarter to the commit, parcels alone."""
    crs = crs_of(session)
    rng = np.random.default_rng([1, 1])
    sketch = read_sketch(crs)
    country = cut_up(sketch, read_communes(crs), read_former_communes(), rng)
    town = Town(country, plan_growth(country.quarters, sketch.centres, parcels, rng), crs, 1, parcels)
    session.connection().exec_driver_sql("SET statement_timeout = 0")
    begun = time.monotonic()
    with Loader(session, 1, lambda _table, _count: None) as loader, loader.indexes_afterwards():
        for settled in town.grown():
            loader.add(town.parcels(settled))
        loader.finish()
    session.commit()
    return time.monotonic() - begun


def seconds_of_copy(source: str, target: str, file: Path) -> float:
    """Seconds that psql's \\copy takes for the parcels of one database into another."""
    psql = ["psql", "--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--command"]
    out = f"\\copy (SELECT {COLUMNS} FROM parcel ORDER BY fid) TO '{file}'"
    subprocess.run([*psql, out, source], check=True)
    begun = time.monotonic()
    subprocess.run([*psql, f"\\copy parcel ({COLUMNS}) FROM '{file}'", target], check=True)
    return time.monotonic() - begun


def measure(address: str, parcels: int) -> dict[str, float]:
    """Load so many parcels both ways; rates in rows per second."""
    source, target = (database(address, f"{way}_{parcels}") for way in ("seed", "copy"))
    config = Config(database_url=source)
    crs = legal_crs(config)
    engine = make_engine(config)
    with make_session(engine, crs, layer_tables(crs)) as session:
        seed = seconds_of_seed(session, parcels)
    engine.dispose()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        copy = seconds_of_copy(source, target, Path(folder, "parcels.txt"))
    return {"parcels": parcels, "seed_s": seed, "copy_s": copy, "ratio": copy / seed}


def main() -> None:
    """Measure for each size given, print a table and keep the figures."""
    sizes = [int(size) for size in sys.argv[1:]] or [60_000]
    print(f"{'parcels':>9} {'seed rows/s':>12} {'copy rows/s':>12} {'seed/copy':>10}")
    found = []
    with cluster.temporary() as address:
        for parcels in sizes:
            one = measure(address, parcels)
            print(
                f"{parcels:>9,} {parcels / one['seed_s']:>12,.0f} {parcels / one['copy_s']:>12,.0f}"
                f" {one['ratio']:>10.2f}"
            )
            found.append(one)
    kept = {
        "at": datetime.now(UTC).isoformat(),
        "load": os.getloadavg(),
        "cpus": os.cpu_count(),
        "sizes": found,
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(kept, indent=2) + "\n")


if __name__ == "__main__":
    main()
