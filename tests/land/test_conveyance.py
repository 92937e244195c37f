"""A right is passed on whole: nothing of it is lost and nothing comes out of nowhere."""

from datetime import date
from fractions import Fraction
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.errors import Conflict, Unprocessable
from app.land import register
from app.land.conveyance import convey
from tests.land.holdings import TODAY, person, right, source_of
from tests.shapes import add_parcel, square


def shares(session: Session, parcel: UUID, as_of: date) -> dict[str, Fraction]:
    found = register.statements_of(session, [parcel], as_of=as_of)
    return {found.parties[one.party_id].name: one.share for one in found.of[parcel].rights}


def test_part_of_a_share_is_sold(session: Session) -> None:
    parcel = add_parcel(session, "1", square())
    an, binh, chi = (person(session, name) for name in ("An", "Bình", "Chi"))
    half = right(session, parcel, an, "1/2")
    right(session, parcel, binh, "1/2")
    convey(session, half, TODAY, source_of(session), to={an: Fraction(1, 4), chi: Fraction(1, 4)})
    before, after = (shares(session, parcel, day) for day in (date(2026, 2, 28), TODAY))
    assert before == {"An": Fraction(1, 2), "Bình": Fraction(1, 2)}
    assert after == {"An": Fraction(1, 4), "Bình": Fraction(1, 2), "Chi": Fraction(1, 4)}
    assert register.wrong_sums(register.held_by(session, [parcel], as_of=TODAY)[parcel]) == []


@pytest.mark.parametrize("share", [Fraction(333, 1000), Fraction(1, 3), Fraction(1), Fraction(0)])
def test_other_than_the_whole_share_is_refused(session: Session, share: Fraction) -> None:
    parcel = add_parcel(session, "1", square())
    half = right(session, parcel, person(session, "An"), "1/2")
    with pytest.raises(Unprocessable, match="conveyance_sum"):
        convey(session, half, TODAY, source_of(session), to={person(session, "Chi"): share})
    assert shares(session, parcel, TODAY) == {"An": Fraction(1, 2)}


def test_right_cannot_be_sold_twice(session: Session) -> None:
    parcel = add_parcel(session, "1", square())
    whole = right(session, parcel, person(session, "An"))
    convey(session, whole, TODAY, source_of(session), to={person(session, "Chi"): Fraction(1)})
    with pytest.raises(Conflict, match="statement_moved"):
        convey(session, whole, TODAY, source_of(session), to={person(session, "Dung"): Fraction(1)})
