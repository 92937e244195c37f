"""Children take over the rights of their parents, exactly and from the day of the change."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.edits.changes import Change, Changes
from app.edits.issues import Severity
from app.land import register, succession
from app.land.models import Asset, Block, BlockKind, BlockLevel, Certificate, Right
from tests.land.drafts import altered, child, parcel, turned, write
from tests.land.holdings import BEGIN, TODAY, mortgage, person, right, source_of, use
from tests.shapes import add_parcel, square

#   ┌───┬───┐
#   │ 1 │ 2 │     PAIR: two parcels of 10 m × 10 m
#   └───┴───┘
LATER = date(2026, 4, 1)
YESTERDAY = date(2026, 2, 28)


def apply(session: Session, changes: Changes, on: date = TODAY) -> list[str]:
    """Carry a change out; the rules of the issues found."""
    write(session, changes)
    found = succession.apply(session, changes, on, source_of(session, "decision"))
    return [f"{one.severity}:{one.rule}" for one in found]


def shares(session: Session, id_: UUID, as_of: date = TODAY) -> dict[UUID, Fraction]:
    held = register.held_by(session, [id_], as_of=as_of)[id_]
    return {one.party_id: one.share for one in held.rights}


def pair(session: Session) -> tuple[UUID, UUID]:
    return (
        add_parcel(session, "1", square(0), legal_area=100, land_use="ODT"),
        add_parcel(session, "2", square(10), legal_area=100, land_use="ODT"),
    )


def halves() -> tuple[str, str]:
    return square(0, 0, 4, 10), square(4, 0, 6, 10)


def test_split_gives_every_child_all_holders(session: Session) -> None:
    one, _ = pair(session)
    an, binh = person(session, "An"), person(session, "Bình")
    right(session, one, an, "1/3")
    right(session, one, binh, "2/3")
    use(session, one, "ODT", 100)
    children = [child("3", halves()[0], legal_area=40), child("4", halves()[1], legal_area=60)]
    assert apply(session, turned([parcel(session, one)], children)) == []
    for feature in children:
        assert shares(session, feature.id) == {an: Fraction(1, 3), binh: Fraction(2, 3)}
        assert shares(session, feature.id, YESTERDAY) == {}
    assert shares(session, one) == {}
    assert shares(session, one, YESTERDAY) == {an: Fraction(1, 3), binh: Fraction(2, 3)}
    held = register.held_by(session, [feature.id for feature in children], as_of=TODAY)
    assert [held[feature.id].uses[0].area for feature in children] == [40, 60]
    assert all(held[feature.id].uses[0].is_main for feature in children)


def test_children_of_several_uses_need_their_areas(session: Session) -> None:
    one, _ = pair(session)
    right(session, one, person(session, "An"))
    use(session, one, "ODT", 60)
    use(session, one, "CLN", 40)
    said = [{"code": "ODT", "area": 40.0}]
    changes = turned(
        [parcel(session, one)], [child("3", halves()[0], land_uses=said), child("4", halves()[1])]
    )
    assert apply(session, changes) == ["block:use_areas"]
    assert len(shares(session, one)) == 1
    assert shares(session, changes.made[0].id) == {}


def test_said_uses_keep_the_term_of_their_code(session: Session) -> None:
    one, _ = pair(session)
    garden_holder = person(session, "Bình")
    house = use(session, one, "ODT", 60)
    garden = use(session, one, "CLN", 40, term_kind="until", term_to=date(2070, 1, 1), origin="CNQ-KTT")
    right(session, one, person(session, "An"), land_use_id=house.id)
    right(session, one, garden_holder, land_use_id=garden.id)
    both = [{"code": "ODT", "area": 20.0}, {"code": "CLN", "area": 40.0}]
    children = [
        child("3", halves()[0], land_uses=[{"code": "ODT", "area": 40.0}]),
        child("4", halves()[1], land_uses=both),
    ]
    assert apply(session, turned([parcel(session, one)], children)) == []
    held = register.held_by(session, [feature.id for feature in children], as_of=TODAY)
    mixed = held[children[1].id]
    assert [(u.code, u.area, u.term_to, u.origin, u.is_main) for u in mixed.uses] == [
        ("ODT", 20, None, None, False),
        ("CLN", 40, date(2070, 1, 1), "CNQ-KTT", True),
    ]
    # Who holds the garden only has nothing in the parcel without garden.
    assert garden_holder not in {one.party_id for one in held[children[0].id].rights}
    for feature in children:
        sums = register.sums_of_shares(held[feature.id].rights, held[feature.id].uses)
        assert set(sums.values()) == {Fraction(1)}


def test_merge_of_the_same_holders_joins_their_shares(session: Session) -> None:
    one, two = pair(session)
    an, binh = person(session, "An"), person(session, "Bình")
    certificates = [
        register.record(
            session,
            Certificate(serial=serial, issued_on=BEGIN, valid_from=BEGIN, source_id=source_of(session)),
        )
        for serial in ("BA 123456", "BA 123457")
    ]
    for id_, paper in ((one, certificates[0]), (two, certificates[1])):
        # An's half is in two papers, which are still one half.
        right(session, id_, an, "1/4", certificate_id=paper.id)
        right(session, id_, an, "1/4", certificate_id=paper.id)
        right(session, id_, binh, "1/2", certificate_id=certificates[0].id)
        use(session, id_, "ODT", 100)
    merged = child("3", square(0, 0, 20, 10), legal_area=200)
    assert apply(session, turned([parcel(session, one), parcel(session, two)], [merged])) == []
    held = register.held_by(session, [merged.id], as_of=TODAY)[merged.id]
    assert shares(session, merged.id) == {an: Fraction(1, 2), binh: Fraction(1, 2)}
    assert {r.party_id: r.certificate_id for r in held.rights} == {an: None, binh: certificates[0].id}
    assert [(u.code, u.area) for u in held.uses] == [("ODT", 200)]


def test_merge_of_different_shares_writes_nothing(session: Session) -> None:
    one, two = pair(session)
    an, binh = person(session, "An"), person(session, "Bình")
    right(session, one, an, "1/2")
    right(session, one, binh, "1/2")
    right(session, two, an, "1/3")
    right(session, two, binh, "2/3")
    before = session.scalar(select(func.count()).select_from(Right))
    merged = child("3", square(0, 0, 20, 10))
    assert apply(session, turned([parcel(session, one), parcel(session, two)], [merged])) == ["block:heirs"]
    assert session.scalar(select(func.count()).select_from(Right)) == before
    assert len(shares(session, one)) == 2


def test_merge_of_different_uses_adds_them_up_and_asks_somebody_to_look(session: Session) -> None:
    one, two = pair(session)
    an = person(session, "An")
    for id_, code in ((one, "ODT"), (two, "CLN")):
        right(session, id_, an)
        use(session, id_, code, 100)
    merged = child("3", square(0, 0, 20, 10), legal_area=200)
    assert apply(session, turned([parcel(session, one), parcel(session, two)], [merged])) == ["review:heirs"]
    held = register.held_by(session, [merged.id], as_of=TODAY)[merged.id]
    assert {(u.code, u.area) for u in held.uses} == {("ODT", 100), ("CLN", 100)}


def test_mortgage_block_and_assets_go_over_and_consent_does_not(session: Session) -> None:
    one, _ = pair(session)
    right(session, one, person(session, "An"))
    bank = person(session, "Ngân hàng", kind="organisation", user_kind="TKT")
    mortgage(session, one, bank, consent_source_id=source_of(session, "consent"))
    facts = {"parcel_id": one, "valid_from": BEGIN, "source_id": source_of(session)}
    register.record(session, Block(kind=BlockKind.BLOCK, level=BlockLevel.CHANGE, reason="…", **facts))
    register.record(session, Asset(kind="Nhà ở", storeys=2, **facts))
    children = [child("3", halves()[0]), child("4", halves()[1])]
    assert apply(session, turned([parcel(session, one)], children)) == []
    held = register.held_by(session, [feature.id for feature in children], as_of=TODAY)
    for feature in children:
        mine = held[feature.id]
        assert [(m.creditor_id, m.contract_number) for m in mine.mortgages] == [(bank, "HĐTC-7")]
        assert mine.mortgages[0].consent_source_id is None
        assert mine.mortgages[0].registered_at.year == 2021
        assert len(mine.blocks) == len(mine.assets) == 1


def test_right_that_ends_or_begins_later_keeps_its_day(session: Session) -> None:
    one, _ = pair(session)
    an, binh = person(session, "An"), person(session, "Bình")
    register.end(session, right(session, one, an), LATER, source_of(session))
    right(session, one, binh, valid_from=LATER)
    children = [child("3", halves()[0]), child("4", halves()[1])]
    apply(session, turned([parcel(session, one)], children))
    for feature in children:
        assert shares(session, feature.id) == {an: 1}
        assert shares(session, feature.id, LATER) == {binh: 1}
    assert shares(session, one, LATER) == {}


def test_two_changes_on_one_day_follow_one_another(session: Session) -> None:
    one, _ = pair(session)
    an = person(session, "An")
    right(session, one, an)
    use(session, one, "ODT", 100)
    children = [child("3", halves()[0]), child("4", halves()[1])]
    apply(session, turned([parcel(session, one)], children))
    again = child("5", square(0), legal_area=100)
    assert apply(session, turned([parcel(session, c.id) for c in children], [again])) == []
    assert shares(session, again.id) == {an: 1}
    assert [shares(session, feature.id) for feature in children] == [{}, {}]
    uses = register.held_by(session, [again.id], as_of=TODAY)[again.id].uses
    assert [u.area for u in uses] == [100]


def test_uses_said_of_a_parcel_that_stays_replace_those_it_had(session: Session) -> None:
    one, _ = pair(session)
    old = use(session, one, "CLN", 100, origin="CNQ-KTT")
    an = person(session, "An")
    right(session, one, an, land_use_id=old.id)
    said = [{"code": "ODT", "area": 60.5}, {"code": "CLN", "area": 39.5}]
    changes = altered(parcel(session, one), land_uses=said)
    assert succession.apply(session, changes, TODAY, source_of(session)) == ()
    held = register.held_by(session, [one], as_of=TODAY)[one]
    assert {(u.code, u.area, u.origin) for u in held.uses} == {
        ("ODT", Decimal("60.5"), None),
        ("CLN", Decimal("39.5"), "CNQ-KTT"),
    }
    before = register.held_by(session, [one], as_of=YESTERDAY)[one]
    assert [u.id for u in before.uses] == [old.id] == [r.land_use_id for r in before.rights]
    garden = next(u for u in held.uses if u.code == "CLN")
    assert [r.land_use_id for r in held.rights] == [garden.id]


def test_use_of_which_somebody_has_a_share_does_not_vanish(session: Session) -> None:
    one, _ = pair(session)
    old = use(session, one, "CLN", 100)
    right(session, one, person(session, "An"), land_use_id=old.id)
    changes = altered(parcel(session, one), land_uses=[{"code": "ODT", "area": 100.0}])
    found = succession.apply(session, changes, TODAY, source_of(session))
    assert [(one.severity, one.rule) for one in found] == [(Severity.BLOCK, "use_areas")]
    assert [u.code for u in register.held_by(session, [one], as_of=TODAY)[one].uses] == ["CLN"]


def test_rights_of_a_parcel_that_ends_without_a_child_end(session: Session) -> None:
    one, _ = pair(session)
    right(session, one, person(session, "An"))
    changes = Changes.of([Change.retired(parcel(session, one))])
    assert apply(session, changes) == []
    assert shares(session, one) == {}
    assert len(shares(session, one, YESTERDAY)) == 1
