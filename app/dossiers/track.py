"""What everybody may know of a dossier by its code: how it stands and when it is due, and no person."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, literal, select
from sqlalchemy.orm import Session

from app.accounts.throttle import Limit, network_of
from app.dossiers.models import Dossier, DossierLookup

WRONG_CODES = Limit(free=20, window=timedelta(hours=1))
"""Codes that do not exist, asked from one network: after these, each further look-up waits longer."""


@dataclass(frozen=True)
class Lookup:
    """The answer: a dossier, or none; or how many seconds to wait before asking again."""

    dossier: Dossier | None = None
    wait: int = 0


def look_up(session: Session, code: str, address: str) -> Lookup:
    """The dossier of a code as citizens write it. Those who try many wrong codes have to wait."""
    network = network_of(address)
    wait = WRONG_CODES.wait(*_wrong(session, network))
    if wait:
        return Lookup(wait=wait)
    dossier = session.scalar(select(Dossier).where(Dossier.code == written(code)))
    if dossier is None:
        session.add(DossierLookup(network=network))
        session.flush()
    return Lookup(dossier)


def written(typed: str) -> str:
    """A code as it is stored: without spaces, letters large, any dash as a hyphen."""
    dashes = str.maketrans({"–": "-", "—": "-", "\N{NON-BREAKING HYPHEN}": "-", "\0": ""})
    return "".join(typed.upper().translate(dashes).split())[:60]


def _wrong(session: Session, network: str) -> tuple[int, float]:
    now = func.clock_timestamp()
    old = DossierLookup.at < now - literal(WRONG_CODES.window)
    session.execute(delete(DossierLookup).where(old))
    since = func.extract("epoch", now - func.max(DossierLookup.at))
    query = select(func.count(), since).where(DossierLookup.network == network)
    count, seconds = session.execute(query).one()
    return count, float(seconds or 0)
