"""``diaba seed``: fill an empty database with the demo province."""

import time
from datetime import datetime
from zoneinfo import ZoneInfo

import click
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db import layer_tables, legal_crs, make_engine, make_session
from app.demo.dossiers import add_dossiers, clear_dossiers
from app.demo.people import add_sign_ins
from app.demo.seeding import Progress, clear, holds_data, seed
from app.dossiers.files import MB, Store
from config import Config

PARCELS = 60_000


@click.command("seed")
@click.option(
    "--parcels", default=PARCELS, show_default=True, type=click.IntRange(2_000, 2_000_000), help="How many."
)
@click.option("--seed", "number", default=1, show_default=True, help="The same number makes the same data.")
@click.option("--replace", is_flag=True, help="Throw an earlier demo away and make a new one.")
def seed_command(parcels: int, number: int, replace: bool) -> None:
    """Fill an empty database with a made-up Bà Rịa – Vũng Tàu, and make sign-ins for it.

    All or nothing: when it is interrupted, the database is as before. A database that has data is
    left alone.
    """
    config = Config()
    crs = legal_crs(config)
    with make_session(make_engine(config), crs, layer_tables(crs)) as session:
        # Only one seeding or import at a time; a second one waits and then finds the first one's data.
        session.execute(text("LOCK TABLE data_source IN EXCLUSIVE MODE"))
        unneeded = _clear(session) if replace else []
        if not replace and holds_data(session):
            click.echo("The database has data already; nothing was done.", err=True)
            return
        now = datetime.now(ZoneInfo(config.timezone))
        report = seed(session, parcels=parcels, seed=number, now=now, progress=_progress())
        sign_ins = list(add_sign_ins(session))
        files = Store(config.var_dir / "attachments", config.attachment_mb * MB, config.dossier_mb * MB)
        added = add_dossiers(session, files, unit=config.dossier_unit, now=now, seed=number)
        report.counts["dossier"] = added
        session.commit()
    for name in unneeded:
        files.drop(name)
    for table, count in report.counts.items():
        click.echo(f"{table:20} {count:>10,}", err=True)
    for name, password in sign_ins:
        click.echo(f"{name:20} {password}")


def _clear(session: Session) -> list[str]:
    """Throw the earlier demo away; the files that nobody needs once this is committed."""
    try:
        clear(session)
        return clear_dossiers(session)
    except RuntimeError as error:
        raise click.ClickException(str(error)) from error


def _progress() -> Progress:
    begun = time.monotonic()

    def show(table: str, count: int) -> None:
        if table in ("parcel", "indexes"):
            click.echo(f"{time.monotonic() - begun:6.1f} s  {table} {count:,}", err=True)

    return show
