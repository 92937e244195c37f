"""The register of rights keeps what was known when, and refuses what cannot be."""

from datetime import date
from fractions import Fraction
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, event, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.errors import Conflict, Unprocessable
from app.land import register
from app.land.models import (
    STATEMENTS,
    Certificate,
    IdentityPaper,
    LandUse,
    PaperKind,
    Party,
    Right,
    Statement,
    private_columns,
)
from tests.land.holdings import BEGIN, TODAY, person, right, source_of, use
from tests.shapes import add_parcel, square


@pytest.fixture
def parcel(session: Session) -> UUID:
    return add_parcel(session, "1", square())


def shares(session: Session, parcel: UUID, as_of: date = TODAY) -> dict[str, Fraction]:
    """Name of each holder and their share."""
    found = register.statements_of(session, [parcel], as_of=as_of)
    return {found.parties[one.party_id].name: one.share for one in found.of[parcel].rights}


def age_record(session: Session, row: Statement, days: int = 10) -> None:
    """Let a row have been recorded some time ago. Tests alone may do this: the trigger is put to rest."""
    session.execute(select(func.set_config("session_replication_role", "replica", True)))
    model = type(row)
    moved = model.recorded_from - func.make_interval(0, 0, 0, days)
    session.execute(update(model).where(model.row == row.row).values(recorded_from=moved))
    session.execute(select(func.set_config("session_replication_role", "origin", True)))
    session.expire_all()


def test_three_thirds_are_exactly_one(session: Session, parcel: UUID) -> None:
    for name in ("An", "Bình", "Chi"):
        right(session, parcel, person(session, name), "1/3")
    held = register.held_by(session, [parcel], as_of=TODAY)[parcel]
    assert register.sums_of_shares(held.rights) == {("use", None): Fraction(1)}


def test_share_is_kept_in_lowest_terms(session: Session, parcel: UUID) -> None:
    made = right(session, parcel, person(session, "An"), "50/100")
    assert (made.share_numerator, made.share_denominator) == (1, 2)


@pytest.mark.parametrize("share", ["0/1", "-1/2", "3/2", "1/0"])
def test_share_that_is_none_is_refused(session: Session, parcel: UUID, share: str) -> None:
    with pytest.raises(Unprocessable, match="share_wrong"):
        right(session, parcel, person(session, "An"), share)


def test_share_of_one_use_counts_with_the_shares_of_the_whole(session: Session, parcel: UUID) -> None:
    house, garden = use(session, parcel, "ODT", 60), use(session, parcel, "CLN", 40)
    an, binh = person(session, "An"), person(session, "Bình")
    right(session, parcel, an, "1/2")
    right(session, parcel, binh, "1/2", land_use_id=garden.id)
    held = register.held_by(session, [parcel], as_of=TODAY)[parcel]
    sums = register.sums_of_shares(held.rights, held.uses)
    assert sums == {("use", garden.id): 1, ("use", house.id): Fraction(1, 2)}


def test_right_that_was_ended_holds_until_the_day_before(session: Session, parcel: UUID) -> None:
    old = right(session, parcel, person(session, "An"))
    register.end(session, old, date(2026, 2, 1), source_of(session))
    right(session, parcel, person(session, "Bình"), valid_from=date(2026, 2, 1))
    assert shares(session, parcel, date(2026, 1, 31)) == {"An": 1}
    assert shares(session, parcel, date(2026, 2, 1)) == {"Bình": 1}
    assert shares(session, parcel, date(2020, 5, 4)) == {}
    assert shares(session, parcel, date(2020, 5, 5)) == {"An": 1}


def test_what_was_recorded_at_a_moment_stays_readable(session: Session, parcel: UUID) -> None:
    seen = right(session, parcel, person(session, "An"), "1/2")
    age_record(session, seen)
    register.correct(session, seen, source_of(session), share_numerator=1, share_denominator=1)
    now = session.scalar(select(func.now()))
    assert now is not None
    yesterday = session.scalar(select(func.now() - func.make_interval(0, 0, 0, 1)))
    before = register.held_by(session, [parcel], as_of=TODAY, recorded_at=yesterday)[parcel]
    after = register.held_by(session, [parcel], as_of=TODAY, recorded_at=now)[parcel]
    assert [one.share for one in before.rights] == [Fraction(1, 2)]
    assert [one.share for one in after.rights] == [1]
    rows = register.history_of(session, Right, seen.id)
    assert [one.recorded_to is None for one in rows] == [False, True]
    assert rows[0].recorded_to == rows[1].recorded_from


def test_name_that_changes_keeps_its_past(session: Session, parcel: UUID) -> None:
    right(session, parcel, person(session, "Công ty Cũ"))
    found = register.statements_of(session, [parcel], as_of=TODAY)
    (party,) = found.parties.values()
    register.change(session, party, date(2025, 7, 1), source_of(session), name="Công ty Mới")
    assert shares(session, parcel, date(2025, 6, 30)) == {"Công ty Cũ": 1}
    assert shares(session, parcel, date(2025, 7, 1)) == {"Công ty Mới": 1}


def test_states_of_one_statement_do_not_overlap_in_time(session: Session) -> None:
    id_ = person(session, "An")
    (old,) = register.history_of(session, Party, id_)
    later = register.change(session, old, date(2025, 7, 1), source_of(session), name="An Mới")
    with pytest.raises(Unprocessable, match="days_overlap"):
        register.correct(session, later, source_of(session), valid_from=date(2025, 1, 1))


def test_second_writer_of_what_has_changed_is_refused(session: Session, parcel: UUID) -> None:
    seen = right(session, parcel, person(session, "An"))
    register.correct(session, seen, source_of(session), kind="manage")
    with pytest.raises(Conflict, match="statement_moved"):
        register.end(session, seen, TODAY, source_of(session))


def test_statement_that_never_held_is_taken_back_and_stays_in_the_history(
    session: Session, parcel: UUID
) -> None:
    seen = right(session, parcel, person(session, "An"))
    register.annul(session, seen)
    assert shares(session, parcel) == {}
    assert len(register.history_of(session, Right, seen.id)) == 1


def test_end_before_the_beginning_is_refused(session: Session, parcel: UUID) -> None:
    seen = right(session, parcel, person(session, "An"))
    with pytest.raises(Unprocessable, match="ends_too_early"):
        register.end(session, seen, BEGIN, source_of(session))


@pytest.mark.parametrize("model", STATEMENTS, ids=lambda model: model.__tablename__)
def test_database_has_the_guard_on_every_table_of_statements(
    session: Session, model: type[Statement]
) -> None:
    table = model.__tablename__  # type: ignore[attr-defined]
    query = "SELECT count(*) FROM pg_trigger WHERE tgname = :name AND tgrelid = CAST(:table AS regclass)"
    assert session.scalar(text(query), {"name": f"{table}_kept", "table": table}) == 1


def test_database_refuses_to_change_or_delete_a_statement(session: Session, parcel: UUID) -> None:
    made = right(session, parcel, person(session, "An"))
    for statement in (
        update(Right).where(Right.row == made.row).values(share_denominator=2),
        update(Right).where(Right.row == made.row).values(recorded_to=func.now(), share_denominator=2),
        delete(Right).where(Right.row == made.row),
    ):
        with pytest.raises(IntegrityError, match="never changed"), session.begin_nested():
            session.execute(statement)


def test_right_in_a_parcel_that_never_was_is_refused(session: Session) -> None:
    with pytest.raises(Unprocessable, match="parcel_unknown"):
        right(session, uuid4(), person(session, "An"))


def test_right_of_nobody_or_of_a_certificate_is_refused(session: Session, parcel: UUID) -> None:
    made = register.record(
        session,
        Certificate(serial="BA 123456", issued_on=BEGIN, valid_from=BEGIN, source_id=source_of(session)),
    )
    for party in (uuid4(), made.id):
        with pytest.raises(Unprocessable, match="statement_unknown"):
            right(session, parcel, party)


def test_unknown_codes_are_refused(session: Session, parcel: UUID) -> None:
    with pytest.raises(Unprocessable, match="code_unknown"):
        use(session, parcel, "XYZ", 10)
    with pytest.raises(Unprocessable, match="code_unknown"):
        use(session, parcel, "ODT", 10, origin="CNQ-CTT+NOPE")
    with pytest.raises(Unprocessable, match="code_unknown"):
        person(session, "An", user_kind="ZZZ")
    assert isinstance(use(session, parcel, "ODT", 10, origin="NCQ-8+CNQ-CTT"), LandUse)


def test_one_cmnd_number_of_two_persons_is_accepted(session: Session) -> None:
    person(session, "An", "271450001")
    person(session, "Bình", "271450001")
    query = select(func.count()).where(IdentityPaper.number == "271450001")
    assert session.scalar(query) == 2


def test_identity_number_is_checked_when_it_is_recorded(session: Session) -> None:
    id_ = person(session, "An")
    paper = IdentityPaper(
        party_id=id_,
        kind=PaperKind.PERSONAL_NUMBER,
        number="07708500001",
        valid_from=BEGIN,
        source_id=source_of(session),
    )
    with pytest.raises(Unprocessable, match="identity_number_wrong"):
        register.record(session, paper)


def test_what_is_said_of_many_parcels_takes_no_more_queries(session: Session) -> None:
    ids = [add_parcel(session, str(number), square(20 * number)) for number in range(20)]
    for id_ in ids:
        right(session, id_, person(session, f"Người {id_}"))
    counted: list[str] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *given: counted.append(given[2]))
    session.expire_all()
    found = register.statements_of(session, ids, as_of=TODAY)
    assert len(found.parties) == 20
    assert len(counted) <= 12


def test_personal_data_is_marked() -> None:
    marked = {
        f"{one.__tablename__}.{column.name}"  # type: ignore[attr-defined]
        for one in STATEMENTS
        for column in private_columns(one)
    }
    wanted = {
        "party.name",
        "party.birth_year",
        "party.address",
        "identity_paper.number",
        "land_right.party_id",
    }
    assert wanted <= marked
    for one in STATEMENTS:
        assert bool(private_columns(one)) == ("Private:" in (one.__doc__ or "")), one
