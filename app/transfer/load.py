"""Getting the rows of files into a layer: all of the accepted ones, in one transaction, or none."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm import Session

from app.db import crs_of
from app.features.models import DataSource
from app.transfer.geometries import Problem
from app.transfer.overlaps import DEFECTS, forget_overlaps, record_overlaps
from app.transfer.reading import Finished, Opened, Request, reading
from app.transfer.rows import Batch
from app.transfer.sentences import Refusal
from app.transfer.sources import Asked
from app.transfer.staging import Box, Staging
from layers.layer import Layer, NoOverlap, Unique

LOCK_WAIT = 30
"""Seconds to wait for somebody else who is writing to the layer."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is to be imported. `replace` takes out what the layer holds; its history keeps that."""

    layer: Layer
    files: tuple[Path, ...]
    asked: Asked
    replace: bool = False
    attribution: str | None = None
    data_date: date | None = None


@dataclass(frozen=True)
class RejectedRow:
    """A row that stays out: its file, its number there (from 1) and why."""

    file: str
    row: int
    problem: Problem


@dataclass
class Report:
    """What became of an import: read = accepted + rejected.

    `reasons` counts rejected rows by code, `examples` has the first of each; `emptied` counts values
    that are in no code list, by (field, value); `overlaps` the pairs that share more than the layer's
    tolerance; `bounds` is the box of the accepted rows in the legal CRS; `peak_memory` is that of the
    reading process, in bytes.
    """

    files: dict[str, Opened] = field(default_factory=dict)
    read: int = 0
    accepted: int = 0
    replaced: int = 0
    overlaps: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    examples: dict[str, RejectedRow] = field(default_factory=dict)
    notes: Counter[str] = field(default_factory=Counter)
    emptied: Counter[tuple[str, str]] = field(default_factory=Counter)
    bounds: Box | None = None
    peak_memory: int = 0

    @property
    def rejected(self) -> int:
        return self.read - self.accepted


Reject = Callable[[RejectedRow], None]
Progress = Callable[[str, int, int | None], None]
"""Told how it goes: what is being done (``read``, ``write``, ``overlaps``), rows done, rows in all."""


def load(session: Session, order: Order, *, reject: Reject, progress: Progress) -> Report:
    """Import files into a layer; `reject` is told of every row that stays out.

    The caller commits, or rolls back to undo everything. When no row is accepted the layer is left
    alone, also with `replace`. Refusal when a file cannot be read as it is, or the database refuses
    what it holds.
    """
    if not order.layer.owns_table:
        raise Refusal("layer_read_only", layer=order.layer.id)
    report = Report()

    def rejected(file: int, row: int, problem: Problem) -> None:
        one = RejectedRow(order.files[file].name, row, problem)
        report.reasons[problem.code] += 1
        report.examples.setdefault(problem.code, one)
        reject(one)

    # It takes the time it takes, and it blocks no reader; for other writers it does not wait for ever.
    session.execute(text(f"SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '{LOCK_WAIT}s'"))
    staging = Staging(session, order.layer)
    for number in range(len(order.files)):
        _read(session, order, staging, report, number=number, rejected=rejected, progress=progress)
    # From here on nobody else writes to the layer, so what is unique now stays so until the end.
    _lock(session, order.layer)
    _drop_duplicates(order, staging, report, rejected)
    report.bounds = staging.bounds()
    if report.accepted:
        try:
            _write(session, order, staging, report, progress)
        except (IntegrityError, DataError) as error:
            raise Refusal("database_refused", detail=str(error.orig).splitlines()[0]) from error
    return report


def _lock(session: Session, layer: Layer) -> None:
    try:
        session.execute(text(f"LOCK TABLE {layer.id} IN SHARE ROW EXCLUSIVE MODE"))
    except OperationalError as error:
        if getattr(error.orig, "pgcode", None) != "55P03":
            raise
        raise Refusal("layer_busy", layer=layer.id, seconds=LOCK_WAIT) from error


def _read(
    session: Session,
    order: Order,
    staging: Staging,
    report: Report,
    *,
    number: int,
    rejected: Callable[[int, int, Problem], None],
    progress: Progress,
) -> None:
    """Read one file into the staging table."""
    path = order.files[number]
    request = Request(path=path, layer=order.layer, legal=crs_of(session), asked=order.asked)
    staging.begin_file(number)
    before = report.read
    with reading(request) as messages:
        for message in messages:
            if isinstance(message, Opened):
                opened = report.files[path.name] = message
            elif isinstance(message, Batch):
                staging.copy(opened.fields, message.copy)
                _count(report, message)
                for row, problem in message.rejected:
                    rejected(number, row, problem)
                progress("read", report.read - before, opened.total)
            elif isinstance(message, Finished):
                report.peak_memory = max(report.peak_memory, message.peak_memory)


def _count(report: Report, batch: Batch) -> None:
    report.read += batch.read
    report.accepted += batch.accepted
    report.notes += batch.notes
    report.emptied += batch.emptied


def _drop_duplicates(
    order: Order, staging: Staging, report: Report, rejected: Callable[[int, int, Problem], None]
) -> None:
    """Keep the first row of each key, and none whose key the layer has (unless that is replaced)."""
    for unique in (one for one in order.layer.constraints if isinstance(one, Unique)):
        labels = ", ".join(unique.fields)
        for one in staging.drop_duplicates(unique, replace=order.replace):
            values: dict[str, object] = {"fields": labels, "values": one.key}
            code = "duplicate_existing"
            if one.first_file is not None:
                code = "duplicate_key"
                values |= {"file": order.files[one.first_file].name, "row": one.first_row}
            rejected(one.file, one.row, Problem(code, values))
            report.accepted -= 1


def _write(session: Session, order: Order, staging: Staging, report: Report, progress: Progress) -> None:
    """Move the staged rows into the layer, note its source and what overlaps."""
    rules = [one for one in order.layer.constraints if isinstance(one, NoOverlap)]
    if order.replace:
        report.replaced = staging.empty_layer()
        if rules:
            forget_overlaps(session)
    done = 0
    for first, last in staging.chunks():
        done += staging.insert(first, last)
        progress("write", done, report.accepted)
    _note_source(session, order)
    changed = {order.layer.id, f"{order.layer.id}_tile", *((DEFECTS, f"{DEFECTS}_tile") if rules else ())}
    session.execute(text(f"ANALYZE incoming, {order.layer.id}"))
    names = [path.name for path in order.files]
    for rule in rules:
        done = 0
        for first, last in staging.chunks():
            report.overlaps += record_overlaps(
                session, order.layer, rule, files=names, first=first, last=last
            )
            done += last - first + 1
            progress("overlaps", min(done, report.accepted), report.accepted)
    session.execute(text(f"ANALYZE {', '.join(sorted(changed))}"))


def _note_source(session: Session, order: Order) -> None:
    """Keep where the layer's data comes from; made-up data that stays in the layer goes on being said."""
    known = session.get(DataSource, order.layer.id)
    source = known or DataSource(layer=order.layer.id)
    if order.attribution or known is None:
        source.attribution = order.attribution or order.layer.attribution
    source.data_date = order.data_date
    source.synthetic = known is not None and known.synthetic and not order.replace
    source.note = ", ".join(path.name for path in order.files)
    source.imported_at = datetime.now(UTC)
    session.add(source)
