"""Many desks at once: numbers without gap or repeat, and one form is one dossier also when it is sent twice
at the same moment."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from app.accounts.models import User
from app.dossiers import workflow
from app.dossiers.models import Dossier, DossierEvent
from app.dossiers.reception import Request, receive
from app.dossiers.workflow import Act, Stale
from tests.app import town
from tests.app.conftest import Opened
from tests.dossiers.desk import MONDAY, UNIT
from tests.people import add_user

THREADS = 16
EACH = 5


@pytest.fixture
def office(opened: Opened) -> tuple[Opened, int, UUID]:
    """A database of its own with the town and an officer, both committed."""
    session = opened()
    parcel = town.build(session).eleven
    session.commit()
    return opened, add_user(session, "officer", {"officer": []}).id, parcel


def one_dossier(opened: Opened, officer: int, parcel: UUID, token: UUID, *, keep: bool = True) -> str:
    with opened() as session:
        actor = session.get(User, officer)
        assert actor
        request = Request(kind="extract", parcels=[parcel], applicant_name="Trần Văn Bình")
        made = receive(session, request, actor=actor, at=MONDAY, token=token, unit=UNIT)
        code = made.code
        session.commit() if keep else session.rollback()
        return code


def test_sixteen_desks_number_without_gap_or_repeat(office: tuple[Opened, int, UUID]) -> None:
    """Every third one changes its mind before it commits: its number is given to the next."""
    start = Barrier(THREADS)

    def work(desk: int) -> None:
        start.wait()
        for n in range(EACH):
            one_dossier(*office, uuid4(), keep=(desk + n) % 3 != 0)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))
    codes = office[0]().scalars(select(Dossier.code)).all()
    kept = sum((desk + n) % 3 != 0 for desk in range(THREADS) for n in range(EACH))
    assert sorted(int(code[-4:]) for code in codes) == list(range(1, kept + 1))
    assert all(re.fullmatch(r"000\.00\.01\.H29-260302-\d{4}", code) for code in codes)


def test_form_sent_sixteen_times_at_once_is_one_dossier(office: tuple[Opened, int, UUID]) -> None:
    token, start = uuid4(), Barrier(THREADS)

    def work(_: int) -> str:
        start.wait()
        return one_dossier(*office, token)

    with ThreadPoolExecutor(THREADS) as pool:
        codes = set(pool.map(work, range(THREADS)))
    assert len(codes) == 1
    assert one_dossier(*office, uuid4()).endswith("-0002")


def test_one_of_many_writes_on_the_same_version_wins(office: tuple[Opened, int, UUID]) -> None:
    opened, officer, parcel = office
    one_dossier(opened, officer, parcel, uuid4())
    start = Barrier(THREADS)

    def work(n: int) -> bool:
        with opened() as session:
            dossier = session.scalar(select(Dossier))
            actor = session.get(User, officer)
            assert dossier
            assert actor
            act = Act(actor=actor, at=MONDAY, version=dossier.version, token=uuid4())
            session.rollback()
            start.wait()
            try:
                workflow.note(session, dossier.id, act, f"lời {n}")
            except Stale:
                return False
            session.commit()
            return True

    with ThreadPoolExecutor(THREADS) as pool:
        won = list(pool.map(work, range(THREADS)))
    assert won.count(True) == 1
    session = opened()
    assert session.scalar(select(func.count()).where(DossierEvent.kind == "note")) == 1
    assert session.scalar(select(Dossier.version)) == 2
