"""Where the data of a layer comes from, how old it is, and about how much of it there is."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.features.formats import Wording
from app.features.models import DataSource
from layers import CATALOG
from layers.layer import N_, Layer

SYNTHETIC = N_("Số liệu minh họa, không phải số liệu thật")


@dataclass(frozen=True, kw_only=True)
class Source:
    """What stands below every fact: who says so, as of which day (ISO), and with what reservation."""

    attribution: str
    date: str | None
    note: str | None


def sources(session: Session, wording: Wording) -> Mapping[str, Source]:
    """The source of every layer by id: that of its data, or where there is none, of its declaration."""
    known = {one.layer: one for one in session.scalars(select(DataSource))}
    return {layer.id: _source(layer, known.get(layer.id), wording) for layer in CATALOG.values()}


def _source(layer: Layer, data: DataSource | None, wording: Wording) -> Source:
    if data is None:
        return Source(attribution=wording.say(layer.attribution), date=None, note=None)
    note = data.note or (SYNTHETIC if data.synthetic else "")
    return Source(
        attribution=wording.say(data.attribution),
        date=data.data_date.isoformat() if data.data_date else None,
        note=wording.say(note) if note else None,
    )


def feature_counts(session: Session) -> Mapping[str, int]:
    """About how many current features each layer has, as the database last estimated it."""
    rows = session.execute(
        text(
            "SELECT relname, reltuples::bigint FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND reltuples >= 0"
        )
    )
    return {name: count for name, count in rows if name in CATALOG}
