"""The command ``diaba import``: what it prints and leaves behind, and that stopping it leaves nothing."""

import csv
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from click.testing import CliRunner, Result
from psycopg2.extensions import connection as Connection  # noqa: N812 - its class

from app.transfer import load as loading
from app.transfer import reading
from app.transfer.command import import_command
from app.transfer.sentences import Refusal
from app.transfer.sources import Asked
from config import ROOT
from layers import CATALOG
from layers.crs import legal_crs
from tests.conftest import MakeDatabase
from tests.files import box, parcel, write, write_json

ROWS = [parcel("1", box(0)), parcel("2", box(10)), parcel("3", None), parcel("=4", "POLYGON EMPTY")]
MAP = ("--layer", "parcel", "--map", "commune=commune_code", "--lang", "en")


@pytest.fixture(scope="session")
def address(make_database: MakeDatabase) -> str:
    """A database that commands may write to."""
    return make_database(f"imports_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}")


@pytest.fixture
def database(address: str) -> Iterator[Connection]:
    """A connection to the database of the commands, which is emptied afterwards."""
    made = psycopg2.connect(address)
    made.autocommit = True
    yield made
    with made.cursor() as cursor:
        cursor.execute("TRUNCATE parcel, coverage_defect, data_source; TRUNCATE parcel_history")
    made.close()


@pytest.fixture
def shell(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The variables of a shell in which the command runs.

    Its folder for temporary files has a short name: that of a Unix socket in it may have 107 characters.
    """
    with tempfile.TemporaryDirectory(prefix="t") as short:
        variables = {"DATABASE_URL": address, "DIABA_VAR_DIR": str(tmp_path / "var"), "TMPDIR": short}
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        yield {**os.environ, **variables}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(import_command, [str(one) for one in arguments])


def count(database: Connection, table: str = "parcel") -> int:
    with database.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])  # type: ignore[index]


def reports(shell: dict[str, str]) -> list[Path]:
    return sorted(Path(shell["DIABA_VAR_DIR"]).glob("imports/*"))


def test_an_import_says_what_it_took_and_leaves_a_report(
    database: Connection, shell: dict[str, str], tmp_path: Path
) -> None:
    result = run(write_json(tmp_path / "a.geojson", ROWS), *MAP)
    assert result.exit_code == 0, result.output
    assert "= accepted 2 + rejected 2." in result.output
    assert count(database) == 2
    (folder,) = reports(shell)
    assert str(folder) in result.output
    report = json.loads((folder / "report.json").read_text())
    assert (report["read"], report["accepted"], report["rejected"]) == (4, 2, 2)
    assert report["reasons"] == {"geometry_missing": 1, "geometry_empty": 1}
    assert "1 × geometry_missing: No geometry" in result.output
    assert report["files"]["a.geojson"]["crs"] == "EPSG:5899"
    with (folder / "rejected.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["file"], row["row"], row["code"]) for row in rows] == [
        ("a.geojson", "3", "geometry_missing"),
        ("a.geojson", "4", "geometry_empty"),
    ]


def test_the_report_gives_the_place_of_a_wrong_shape_and_no_formulas(
    database: Connection, shell: dict[str, str], tmp_path: Path
) -> None:
    #   a bow-tie whose sides cross 5 m north-east of its corner
    bow = "POLYGON((430000 1145000,430010 1145010,430010 1145000,430000 1145010,430000 1145000))"
    run(write_json(tmp_path / "=a.geojson", [parcel("1", bow)]), *MAP)
    with (reports(shell)[0] / "rejected.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["file"], row["code"]) == ("'=a.geojson", "self_intersection")
    assert (row["north"], row["east"]) == ("1145005.000", "430005.000")
    lon, lat = legal_crs(5899).to_wgs84(430_005, 1_145_005)
    assert (float(row["longitude"]), float(row["latitude"])) == pytest.approx((lon, lat), abs=1e-8)


def test_a_dry_run_does_everything_and_changes_nothing(
    database: Connection, shell: dict[str, str], tmp_path: Path
) -> None:
    result = run(write_json(tmp_path / "a.geojson", ROWS), *MAP, "--dry-run")
    assert result.exit_code == 0
    assert "accepted 2" in result.output
    assert [count(database, table) for table in ("parcel", "parcel_history", "data_source")] == [0, 0, 0]


def test_an_import_of_nothing_is_a_failure(
    database: Connection, shell: dict[str, str], tmp_path: Path
) -> None:
    result = run(write_json(tmp_path / "a.geojson", ROWS[2:]), *MAP)
    assert result.exit_code == 1
    assert "= accepted 0 + rejected 2." in result.output
    assert run(write(tmp_path / "b.gpkg", ROWS[:1], crs="EPSG:4326"), *MAP).exit_code == 1
    empty = tmp_path / "c.geojson"
    empty.write_text('{"type": "FeatureCollection", "features": []}')
    assert run(empty, "--layer", "facility").exit_code == 1
    assert count(database) == 0


def test_a_refused_file_leaves_no_report(database: Connection, shell: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("so_to;so_thua\n1;12\n")
    result = run(write_json(tmp_path / "good.geojson", ROWS), path, *MAP)
    assert result.exit_code == 1
    assert "GeoPackage (.gpkg)" in result.output
    assert not reports(shell)
    assert not list(Path(shell["TMPDIR"]).glob("diaba-*"))
    assert count(database) == 0


@pytest.mark.parametrize(
    "options",
    [
        ("--crs", "WGS84"),
        ("--map", "=number"),
        ("--set", "number"),
        ("--code", "land_use=ODT"),
        ("--layer", "no_such_layer"),
        ("--data-date", "05/03/2026"),
    ],
)
def test_options_that_mean_nothing_are_refused(
    shell: dict[str, str], tmp_path: Path, options: tuple[str, str]
) -> None:
    result = run(write_json(tmp_path / "a.geojson", ROWS), *MAP, *options)
    assert result.exit_code in (1, 2)
    assert "Error" in result.output
    assert not reports(shell)


def test_messages_come_in_the_language_of_the_shell(
    database: Connection, shell: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_json(tmp_path / "a.geojson", ROWS)
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    for language, word in (
        ("vi_VN.UTF-8", "nhận 2"),
        ("en_US.UTF-8", "accepted 2"),
        ("C", "nhận 2"),
    ):
        monkeypatch.setenv("LANG", language)
        assert word in run(path, *MAP[:4], "--dry-run").output


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_stopping_an_import_leaves_nothing(
    database: Connection, address: str, shell: dict[str, str], tmp_path: Path, how: signal.Signals
) -> None:
    path = write(
        tmp_path / "a.fgb", [parcel(str(one), box(20 * one)) for one in range(2_000)], SPATIAL_INDEX="NO"
    )
    command = [sys.executable, "-c", "from app.transfer.command import import_command as c; c()"]
    # Another writer holds the import up after it has read everything and before it writes.
    with closing(psycopg2.connect(address)) as other:
        other.cursor().execute("LOCK TABLE parcel IN ROW EXCLUSIVE MODE")
        with subprocess.Popen(
            [*command, path, *MAP], env=shell, cwd=ROOT, stderr=subprocess.PIPE, text=True
        ) as process:
            wait_for(lambda: imports(database, "wait_event_type = 'Lock'") == 1)
            process.send_signal(how)
            other.rollback()
            said = process.communicate(timeout=60)[1]
    assert process.returncode == (-9 if how is signal.SIGKILL else 130), said
    wait_for(lambda: imports(database, "state <> 'idle'") == 0)
    assert [count(database, table) for table in ("parcel", "parcel_tile", "data_source")] == [0, 0, 0]
    if how is not signal.SIGKILL:
        assert "nothing was written" in said
        assert not reports(shell)
        assert not list(Path(shell["TMPDIR"]).glob("diaba-*"))


def imports(database: Connection, which: str) -> int:
    """How many other sessions of the database are in such a state."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT FROM pg_stat_activity WHERE datname = current_database() "
            f"AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND {which}"
        )
        return cursor.rowcount


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_an_import_does_not_wait_for_ever_for_another_writer(
    database: Connection,
    shell: dict[str, str],
    address: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loading, "LOCK_WAIT", 1)
    other = psycopg2.connect(address)
    with other.cursor() as cursor:
        cursor.execute("LOCK TABLE parcel IN ROW EXCLUSIVE MODE")
    result = run(write_json(tmp_path / "a.geojson", ROWS), *MAP)
    other.close()
    assert result.exit_code == 1
    assert "parcel" in result.output
    assert count(database) == 0


def test_a_reader_that_dies_is_a_refusal() -> None:
    context = multiprocessing.get_context("forkserver")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=os._exit, args=(9,))
    child.start()
    theirs.close()
    with pytest.raises(Refusal, match="reader_died") as refused:
        next(reading._messages(ours, child, "a.shp"))
    assert refused.value.values == {"name": "a.shp", "exit_code": 9}
    ours.close()


def test_a_reader_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SILENCE", 0.1)
    context = multiprocessing.get_context("forkserver")
    ours, theirs = context.Pipe(duplex=False)
    with pytest.raises(Refusal, match="reader_silent"):
        next(reading._messages(ours, context.Process(), "a.shp"))
    ours.close()
    theirs.close()


def test_a_file_that_takes_too_much_memory_brings_down_its_reader_only(tmp_path: Path) -> None:
    ring = [[107.0, 10.3], [107.1, 10.3], [107.1, 10.4], [107.0, 10.3]]
    shape = {"type": "Polygon", "arcs": [[0]], "properties": {"sheet": "1", "number": "1"}}
    content = {"type": "Topology", "arcs": [ring] * 300_000, "objects": {"a": shape}}
    path = tmp_path / "a.topojson"
    path.write_text(json.dumps(content))
    request = reading.Request(
        path=path,
        layer=CATALOG["parcel"],
        legal=legal_crs(5899),
        asked=Asked(crs=4326),
        memory=600 * 1024**2,
    )
    with pytest.raises(Refusal) as refused, reading.reading(request) as messages:
        list(messages)
    assert refused.value.code in ("out_of_memory", "reader_died", "unreadable")
