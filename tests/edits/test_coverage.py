"""``diaba coverage check`` lists what overlaps and what is nobody's."""

import os

import psycopg2
import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from app.edits.command import coverage_command
from app.edits.coverage import communes, defects
from tests.conftest import MakeDatabase
from tests.edits.land import COMMUNE, Office, make_office
from tests.shapes import add_parcel, square


@pytest.fixture
def office(session: Session) -> Office:
    return make_office(session)


def test_a_whole_coverage_has_no_defects(office: Office) -> None:
    assert communes(office.session) == [COMMUNE]
    assert list(defects(office.session, COMMUNE)) == []


def test_overlaps_and_enclosed_gaps_are_found(office: Office) -> None:
    #   a parcel 2 m into parcel 3; and a ring of four parcels around 4 m² of nobody
    add_parcel(office.session, "7", square(58, 10, 20, 5))
    for number, (east, north, width, height) in enumerate(
        ((200, 0, 12, 5), (200, 7, 12, 5), (200, 5, 5, 2), (207, 5, 5, 2)), 20
    ):
        add_parcel(office.session, str(number), square(east, north, width, height))
    found = list(defects(office.session, COMMUNE))
    assert [(one.kind, round(one.area, 3)) for one in found] == [("overlap", 10.0), ("gap", 4.0)]
    assert sorted(str(one.attributes["number"]) for one in found[0].features) == ["3", "7"]


@pytest.mark.parametrize("overlap", [False, True])
def test_the_command_exits_with_one_when_there_are_any(
    make_database: MakeDatabase, monkeypatch: pytest.MonkeyPatch, overlap: bool
) -> None:
    address = make_database(f"coverage_{overlap}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}".lower())
    connection = psycopg2.connect(address)
    with connection, connection.cursor() as cursor:
        for number, east in enumerate((0, 9 if overlap else 10)):
            cursor.execute(
                "INSERT INTO parcel (commune_code, sheet, number, geom) "
                "VALUES (%s, '1', %s, ST_GeomFromText(%s, 5899))",
                (COMMUNE, str(number), square(east)),
            )
    connection.close()
    monkeypatch.setenv("DATABASE_URL", address)
    result: Result = CliRunner().invoke(coverage_command, ["check"])
    assert result.exit_code == int(overlap)
    assert f"{COMMUNE}: {int(overlap)} defects" in result.output
    assert ("10.00 m²" in result.output) is overlap
