"""The command ``diaba import``: the edge of importing, which reads options, commits and prints."""

import os
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.db import layer_tables, legal_crs, make_engine, make_session
from app.i18n import translate
from app.transfer.sentences import REFUSALS, Refusal
from app.transfer.sources import Asked
from config import LANGUAGES, Config
from layers import CATALOG
from layers.layer import N_, Layer

if TYPE_CHECKING:
    from app.transfer.load import Order, Report
    from app.transfer.report import ReportFolder, Say

NOTHING = N_("Không có dòng nào được nhận, nên chưa ghi gì.")
WRITTEN = N_("Đã ghi vào lớp {layer} trong {seconds} giây ({rate} dòng mỗi giây).")
TRIED = N_("Chạy thử với lớp {layer} xong trong {seconds} giây ({rate} dòng mỗi giây); chưa ghi gì.")
REPORTED = N_("Báo cáo và các dòng không nhận: {path}")
STOPPED = N_("Đã dừng; chưa ghi gì.")
STAGES = {"read": N_("Đọc"), "write": N_("Ghi"), "overlaps": N_("Tìm chồng lấn")}
_SECONDS = 0.2 if sys.stderr.isatty() else 10.0
"""Between two lines of progress."""


def _epsg(_context: click.Context, _parameter: click.Parameter, value: str | None) -> int | None:
    if value is None:
        return None
    authority, _, number = value.upper().rpartition(":")
    if authority not in ("", "EPSG") or not number.isdigit():
        raise click.BadParameter("write EPSG:5899")
    return int(number)


def _mapping(
    _context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """``column=field``; the last sign counts, since a column may have one in its name."""
    return tuple(_split(value, *value.rpartition("=")) for value in values)


def _setting(
    _context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """``field=value``; the first sign counts."""
    return tuple(_split(value, *value.partition("=")) for value in values)


def _coding(
    _context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]
) -> tuple[tuple[str, str, str], ...]:
    """``field:value=code``."""
    pairs = [_split(value, *value.rpartition("=")) for value in values]
    return tuple((*_split(left, *left.partition(":")), code) for left, code in pairs)


def _split(whole: str, left: str, sign: str, right: str) -> tuple[str, str]:
    if not (left and sign and right):
        raise click.BadParameter(f"{whole!r} says nothing on one side")
    return left.strip(), right.strip()


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@click.option("--layer", required=True, metavar="ID", help="Layer to import into.")
@click.option("--crs", callback=_epsg, metavar="EPSG:n", help="CRS of the files, whatever they say.")
@click.option("--encoding", metavar="NAME", help="Encoding of a DBF: UTF-8, CP1258, TCVN3, CP1252 …")
@click.option(
    "--map",
    "columns",
    callback=_mapping,
    multiple=True,
    metavar="COLUMN=FIELD",
    help="Fill a field from a column; a+b joins two with a hyphen.",
)
@click.option(
    "--set",
    "constants",
    callback=_setting,
    multiple=True,
    metavar="FIELD=VALUE",
    help="Fill a field (or valid_from) with one value.",
)
@click.option(
    "--code",
    "codes",
    callback=_coding,
    multiple=True,
    metavar="FIELD:VALUE=CODE",
    help="Which code a value of the file stands for.",
)
@click.option("--source", metavar="NAME", help="Which layer of a file that holds several.")
@click.option("--replace", is_flag=True, help="Take out what the layer holds; its history keeps it.")
@click.option("--attribution", metavar="TEXT", help="Who made the data, as readers see it.")
@click.option("--data-date", type=click.DateTime(["%Y-%m-%d"]), help="Day as of which the data is right.")
@click.option("--dry-run", is_flag=True, help="Do everything, then undo it.")
@click.option("--lang", type=click.Choice(list(LANGUAGES)), help="Language of the messages.")
def import_command(  # noqa: PLR0913 - one parameter for each option
    *,
    files: tuple[Path, ...],
    layer: str,
    crs: int | None,
    encoding: str | None,
    columns: tuple[tuple[str, str], ...],
    constants: tuple[tuple[str, str], ...],
    codes: tuple[tuple[str, str, str], ...],
    source: str | None,
    replace: bool,
    attribution: str | None,
    data_date: datetime | None,
    dry_run: bool,
    lang: str | None,
) -> None:
    """Import files into a layer: all accepted rows in one transaction, or none.

    Formats: GeoJSON, GeoPackage, Shapefile, FlatGeobuf, TopoJSON, also in a zip. Prints
    read = accepted + rejected and leaves every rejected row with its reason under var/imports. Exits
    with 1 when nothing was accepted.
    """
    from app.transfer.load import Order

    config = Config()
    language = lang or _language(config)

    def say(message: str, **values: object) -> str:
        return translate(message, language, **values)

    ended = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        order = Order(
            layer=_layer(layer),
            files=files,
            asked=Asked(
                crs=crs, encoding=encoding, columns=columns, constants=constants, codes=codes, source=source
            ),
            replace=replace,
            attribution=attribution,
            data_date=data_date.date() if data_date else None,
        )
        accepted = run(config, order, say, dry_run=dry_run)
    except Refusal as refusal:
        raise click.ClickException(say(REFUSALS[refusal.code], **refusal.values)) from refusal
    except KeyboardInterrupt:
        click.echo(f"\n{say(STOPPED)}", err=True)
        sys.exit(130)
    except OperationalError as error:
        raise click.ClickException(f"the database cannot be reached: {error.orig}") from error
    except ProgrammingError as error:
        if getattr(error.orig, "pgcode", None) != "42P01":
            raise
        raise click.ClickException("the database has no such table yet: run diaba migrate") from error
    finally:
        signal.signal(signal.SIGTERM, ended)
    sys.exit(0 if accepted else 1)


def run(config: Config, order: "Order", say: "Say", *, dry_run: bool) -> int:
    """One import in one transaction; prints what became of it and returns how many rows were accepted.

    Whatever stops it, an interrupt included, leaves neither rows nor a report behind.
    """
    from app.transfer.load import load
    from app.transfer.report import ReportFolder

    crs = legal_crs(config)
    started = datetime.now(UTC)
    folder = ReportFolder(
        config.var_dir / "imports" / f"{started:%Y%m%dT%H%M%S.%fZ}-{order.layer.id}", crs, say
    )
    progress = Progress(say)
    engine = make_engine(config)
    try:
        with make_session(engine, crs, layer_tables(crs)) as session:
            report = load(session, order, reject=folder.reject, progress=progress)
            if report.accepted and not dry_run:
                session.commit()
    except BaseException:
        folder.discard()
        raise
    finally:
        engine.dispose()
        progress.close()
    _conclude(order, report, folder, say, seconds=progress.seconds, dry_run=dry_run)
    return report.accepted


def _conclude(
    order: "Order", report: "Report", folder: "ReportFolder", say: "Say", *, seconds: float, dry_run: bool
) -> None:
    """Write the report and print it."""
    folder.finish(report, layer=order.layer.id, dry_run=dry_run, seconds=round(seconds, 1))
    for line in folder.lines(report):
        click.echo(line)
    if not report.accepted:
        click.echo(say(NOTHING), err=True)
    else:
        values = {"layer": order.layer.id, "seconds": f"{seconds:.1f}", "rate": round(report.read / seconds)}
        click.echo(say(TRIED if dry_run else WRITTEN, **values))
    click.echo(say(REPORTED, path=folder.path))


class Progress:
    """Prints how far an import is: on a terminal in place, into a log every ten seconds."""

    def __init__(self, say: "Say") -> None:
        self._say = say
        self._begun = self._printed = time.monotonic()
        self._stage, self._stage_begun = "", self._begun
        self._open = False

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._begun

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._stage_begun = stage, now
        if now - self._printed < _SECONDS:
            return
        self._printed = now
        of_all = f" / {total}" if total else ""
        rate = f"{done / max(now - self._stage_begun, 0.1):.0f}/s"
        line = f"{self._say(STAGES[stage])}: {done}{of_all} ({rate})"
        click.echo(f"\r{line:<60}" if sys.stderr.isatty() else line, err=True, nl=not sys.stderr.isatty())
        self._open = sys.stderr.isatty()

    def close(self) -> None:
        """End the line that was written in place."""
        if self._open:
            click.echo(err=True)


def _layer(name: str) -> Layer:
    if name not in CATALOG:
        raise Refusal("layer_unknown", layer=name, layers=", ".join(CATALOG))
    return CATALOG[name]


def _language(config: Config) -> str:
    """The language of the shell where it is one of ours, else that of the settings."""
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(variable, "")[:2] in LANGUAGES:
            return os.environ[variable][:2]
    return config.default_language
