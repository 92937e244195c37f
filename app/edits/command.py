"""The command ``diaba coverage``."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db import crs_of, layer_tables, legal_crs, make_engine, make_session
from app.edits.changes import Feature
from app.edits.coverage import Defect, communes, defects
from config import Config


@click.group("coverage")
def coverage_command() -> None:
    """The coverage of parcels, roads and water."""


@coverage_command.command("check")
@click.option("--commune", "codes", multiple=True, help="Code of a commune; may be given several times.")
@click.option("--limit", default=20, show_default=True, help="Defects to print for each commune.")
def check_command(codes: tuple[str, ...], limit: int) -> None:
    """List overlaps and gaps. Exits with 1 when there are any.

    A gap is enclosed land of less than a hectare that is nobody's; more has not been surveyed yet.

    Areas are m², positions metres of the legal CRS, X to the north and Y to the east.
    """
    total = 0
    with _session() as session:
        click.echo(f"Legal CRS {crs_of(session).code}")
        for code in codes or communes(session):
            count = 0
            for one in defects(session, code):
                count += 1
                if count <= limit:
                    click.echo(_line(one))
            click.echo(f"{code}: {count} defects" + (f", {limit} printed" if count > limit else ""))
            total += count
    sys.exit(1 if total else 0)


@contextmanager
def _session() -> Iterator[Session]:
    config = Config()
    crs, engine = legal_crs(config), make_engine(config)
    try:
        with make_session(engine, crs, layer_tables(crs)) as session:
            session.execute(text("SET statement_timeout = 0"))
            yield session
    finally:
        engine.dispose()


def _line(defect: Defect) -> str:
    point = defect.geometry.representative_point()
    named = " / ".join(map(_named, defect.features))
    return f"{defect.kind:8} {defect.area:12.2f} m²  X {point.y:.2f}  Y {point.x:.2f}  {named}"


def _named(feature: Feature) -> str:
    sheet, number = feature.attributes.get("sheet"), feature.attributes.get("number")
    return f"{sheet}/{number}" if number else feature.layer
