"""``diaba rights …``: the national form in and out, for whoever runs the deployment."""

import csv
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db import layer_tables, legal_crs, make_engine, make_session
from app.errors import Problem
from app.i18n import translate
from app.land.form import harmless, read, write
from app.land.form_export import Written, rows_of
from app.land.form_import import Outcome, take_in
from config import LANGUAGES, Config
from layers.layer import N_

READ = N_("Đọc {read} dòng = nhận {accepted} + không nhận {rejected}.")
TRIED = N_("Chạy thử: chưa ghi gì.")
NOTHING = N_("Không có dòng nào được nhận, nên chưa ghi gì.")
REPORTED = N_("Lý do từng dòng: {path}")
EXPORTED = N_("Đã ghi {rows} dòng của {parcels} thửa; {empty} thửa chưa ghi ai có quyền.")
LEFT_OUT = N_("Biểu không đủ chỗ cho {count} loại đất hoặc tài sản.")
PRIVATE = N_("Tệp này chứa thông tin cá nhân. Giữ và xóa theo quy định.")

LANGUAGE = click.option("--lang", type=click.Choice(list(LANGUAGES)), help="Language of the messages.")
FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))


@click.group("rights")
def rights() -> None:
    """Parties and rights: the national form of 49 columns."""


@rights.command("import")
@FILE
@click.option("--dry-run", is_flag=True, help="Do everything, then undo it.")
@click.option("--report", type=click.Path(path_type=Path), help="Where to write why rows stayed out (CSV).")
@LANGUAGE
def import_command(file: Path, *, dry_run: bool, report: Path | None, lang: str | None) -> None:
    """Take the rows of FILE (CSV or XLSX) into the register of rights.

    One transaction: all accepted rows or, when it fails, none. Exits with 1 when no row was accepted.
    """
    config = Config()
    language = lang or config.default_language
    now = datetime.now(ZoneInfo(config.timezone))
    with _session(config, language) as session:
        session.execute(text("SET LOCAL statement_timeout = 0"))
        # Two imports at a time would both find a parcel empty.
        session.execute(text("LOCK TABLE land_right IN SHARE ROW EXCLUSIVE MODE"))
        outcome = take_in(session, read(file), now.date())
        if dry_run or not outcome.accepted:
            session.rollback()
        else:
            session.commit()
    path = report or config.var_dir / "imports" / f"rights-{now:%Y%m%d-%H%M%S}.csv"
    _report(path, outcome, language)
    _print(outcome, path, language, dry_run=dry_run)
    if not outcome.accepted:
        raise SystemExit(1)


@rights.command("export")
@FILE
@click.option("--commune", required=True, metavar="CODE", help="Code of the commune.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Day as of which the rights hold.")
@LANGUAGE
def export_command(file: Path, *, commune: str, as_of: datetime | None, lang: str | None) -> None:
    """Write the rights in a commune's parcels to FILE (CSV or XLSX by its name).

    The file holds personal data and can be read by you alone.
    """
    config = Config()
    language = lang or config.default_language
    day = (as_of or datetime.now(ZoneInfo(config.timezone))).date()
    counts = Written()
    with _session(config, language) as session:
        session.execute(text("SET LOCAL statement_timeout = 0"))
        file.touch(mode=0o600)
        file.chmod(0o600)
        write(file, rows_of(session, commune, day, counts))
    values = {"rows": counts.rows, "parcels": counts.parcels, "empty": counts.parcels_left_out}
    click.echo(translate(EXPORTED, language, **values))
    if counts.left_out:
        click.echo(translate(LEFT_OUT, language, count=counts.left_out))
    click.echo(translate(PRIVATE, language))


def _report(path: Path, outcome: Outcome, language: str) -> None:
    """Every row that stayed out with its reason, and every doubt. No cell of it is personal data."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        table = csv.writer(file)
        table.writerow(("row", "state", "code", "reason"))
        for row, reason in sorted(outcome.rejected.items()):
            said = translate(reason.sentence, language, **reason.values)
            table.writerow((row, "rejected", reason.code, harmless(said)))
        for row, message, values in sorted(outcome.doubts, key=lambda one: one[0]):
            table.writerow((row, "doubt", "", harmless(translate(message, language, **values))))


def _print(outcome: Outcome, path: Path, language: str, *, dry_run: bool) -> None:
    counts = {"read": outcome.read, "accepted": len(outcome.accepted), "rejected": len(outcome.rejected)}
    click.echo(translate(READ, language, **counts))
    for code, count in Counter(one.code for one in outcome.rejected.values()).most_common():
        row, first = next((row, one) for row, one in outcome.rejected.items() if one.code == code)
        said = translate(first.sentence, language, **first.values)
        click.echo(f"  {count} × {code}: {said} ({row})")
    if not outcome.accepted:
        click.echo(translate(NOTHING, language))
    elif dry_run:
        click.echo(translate(TRIED, language))
    click.echo(translate(REPORTED, language, path=path))


@contextmanager
def _session(config: Config, language: str) -> Iterator[Session]:
    """A session of the command, and its refusals as sentences."""
    crs = legal_crs(config)
    engine = make_engine(config)
    try:
        with make_session(engine, crs, layer_tables(crs)) as session:
            yield session
    except Problem as problem:
        raise click.ClickException(translate(problem.sentence, language, **problem.values)) from problem
    finally:
        engine.dispose()
