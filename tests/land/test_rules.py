"""Each rule of land finds what it is for, and nothing where all is well."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.edits.changes import Changes, Feature
from app.edits.issues import Issue, Severity
from app.land import register
from app.land.minima import land_group, minima, minimum_for
from app.land.models import Block, BlockKind, BlockLevel, Dispute, PartyKind
from app.land.rules import LAND_RULES, check_land
from tests.land.drafts import altered, child, parcel, turned
from tests.land.holdings import BEGIN, TODAY, mortgage, person, right, source_of, use
from tests.shapes import E, N, add, add_parcel, multi, square

UNDER_44 = date(2024, 9, 15)
"""The last day of Decision 44/2023."""


@pytest.fixture
def one(session: Session) -> UUID:
    """A parcel of 10 m × 10 m with one holder and one use."""
    id_ = add_parcel(session, "1", square(), legal_area=100, land_use="ODT")
    right(session, id_, person(session, "An"))
    use(session, id_, "ODT", 100)
    return id_


def halved(session: Session, one: UUID, **attributes: object) -> Changes:
    """The parcel divided 4 : 6."""
    children = [
        child("2", square(0, 0, 4, 10), legal_area=40, **{"land_use": "ODT"} | attributes),
        child("3", square(4, 0, 6, 10), legal_area=60, **{"land_use": "ODT"} | attributes),
    ]
    return turned([parcel(session, one)], children)


def found(session: Session, changes: Changes, on: date = TODAY) -> list[Issue]:
    """The issues of a change, but for the split that no table rules."""
    listed = check_land(session, changes, on)
    return [issue for issue in listed if (issue.rule, issue.severity) != ("split_minimum", Severity.REVIEW)]


def said(issues: Sequence[Issue]) -> list[tuple[Severity, str]]:
    return [(issue.severity, issue.rule) for issue in issues]


def state(session: Session, parcel_id: UUID) -> dict[str, object]:
    return {"parcel_id": parcel_id, "valid_from": BEGIN, "source_id": source_of(session)}


def test_sound_split_has_no_issue(session: Session, one: UUID) -> None:
    assert found(session, halved(session, one)) == []


def test_every_rule_is_declared_once_with_its_reference() -> None:
    assert len({rule.id for rule in LAND_RULES}) == len(LAND_RULES)
    assert all(rule.legal_reference and rule.title for rule in LAND_RULES)


def test_rule_out_of_force_is_not_checked(
    session: Session, one: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    register.record(session, Dispute(content="…", **state(session, one)))
    later = [replace(rule, valid_from=date(2026, 3, 2)) for rule in LAND_RULES]
    monkeypatch.setattr("app.land.rules.LAND_RULES", tuple(later))
    assert check_land(session, halved(session, one), TODAY) == ()
    assert said(found(session, halved(session, one), date(2026, 3, 2))) == [(Severity.BLOCK, "dispute")]


# Shares


def test_three_thirds_pass(session: Session) -> None:
    id_ = add_parcel(session, "1", square(), legal_area=100, land_use="ODT")
    for name in ("An", "Bình", "Chi"):
        right(session, id_, person(session, name), "1/3")
    assert found(session, halved(session, id_)) == []


def test_three_times_333_of_1000_are_refused(session: Session) -> None:
    id_ = add_parcel(session, "1", square(), legal_area=100, land_use="ODT")
    for name in ("An", "Bình", "Chi"):
        right(session, id_, person(session, name), "333/1000")
    (issue,) = found(session, halved(session, id_))
    assert (issue.severity, issue.rule, issue.values) == (
        Severity.BLOCK,
        "shares",
        {"parcel": "1/1", "total": "999/1000"},
    )
    assert issue.geometry is not None
    assert issue.geometry.area == pytest.approx(100)


def test_shares_of_another_day_do_not_count(session: Session, one: UUID) -> None:
    right(session, one, person(session, "Bình"), "1/2", valid_from=date(2026, 3, 2))
    assert found(session, halved(session, one)) == []
    assert said(found(session, halved(session, one), date(2026, 3, 2))) == [(Severity.BLOCK, "shares")]


def test_parcel_without_holders_is_only_noted(session: Session) -> None:
    id_ = add_parcel(session, "1", square(), legal_area=100, land_use="ODT")
    assert said(found(session, halved(session, id_))) == [(Severity.NOTE, "shares")]


# Disputes, blocks, mortgages


def test_open_dispute_blocks_and_a_settled_one_does_not(session: Session, one: UUID) -> None:
    dispute = register.record(session, Dispute(content="Ranh phía bắc", **state(session, one)))
    assert said(found(session, halved(session, one))) == [(Severity.BLOCK, "dispute")]
    register.end(session, dispute, TODAY, source_of(session))
    assert found(session, halved(session, one)) == []


@pytest.mark.parametrize("kind", list(BlockKind))
def test_block_attachment_and_injunction_block_until_released(
    session: Session, one: UUID, kind: BlockKind
) -> None:
    block = register.record(
        session, Block(kind=kind, level=BlockLevel.TRANSACTION, reason="…", **state(session, one))
    )
    (issue,) = found(session, readdressed(session, one))
    assert (issue.severity, issue.rule) == (Severity.BLOCK, "blocked")
    assert issue.values["since"] == BEGIN.isoformat()
    register.end(session, block, TODAY, source_of(session))
    assert found(session, readdressed(session, one)) == []


def readdressed(session: Session, one: UUID) -> Changes:
    """The parcel with another address."""
    return altered(parcel(session, one), address="12 Trần Phú")


def test_mortgage_blocks_until_the_creditor_agrees(session: Session, one: UUID) -> None:
    bank = person(session, "Ngân hàng", kind=PartyKind.ORGANISATION, user_kind="TKT")
    loan = mortgage(session, one, bank)
    assert said(found(session, halved(session, one))) == [(Severity.BLOCK, "mortgage")]
    assert found(session, readdressed(session, one)) == []
    loan = register.correct(session, loan, loan.source_id, consent_source_id=source_of(session, "consent"))
    assert found(session, halved(session, one)) == []


def test_discharged_mortgage_does_not_block(session: Session, one: UUID) -> None:
    bank = person(session, "Ngân hàng", kind=PartyKind.ORGANISATION, user_kind="TKT")
    loan = mortgage(session, one, bank)
    register.end(session, loan, TODAY, source_of(session, "discharge"))
    assert found(session, halved(session, one)) == []


def test_neighbour_that_only_gets_a_vertex_is_left_alone(session: Session, one: UUID) -> None:
    """#  1 │ 2: parcel 2 is divided, and parcel 1 gets the end of the line on its boundary."""
    register.record(session, Dispute(content="…", **state(session, one)))
    bank = person(session, "Ngân hàng", kind=PartyKind.ORGANISATION, user_kind="TKT")
    mortgage(session, one, bank)
    with_vertex = f"POLYGON(({E} {N},{E + 10} {N},{E + 10} {N + 5},{E + 10} {N + 10},{E} {N + 10},{E} {N}))"
    assert found(session, altered(parcel(session, one), with_vertex)) == []
    moved = f"POLYGON(({E} {N},{E + 10} {N},{E + 9} {N + 5},{E + 10} {N + 10},{E} {N + 10},{E} {N}))"
    issues = found(session, altered(parcel(session, one), moved))
    assert said(issues) == [(Severity.BLOCK, "dispute"), (Severity.BLOCK, "mortgage")]


# Land uses


@pytest.mark.parametrize(("area", "blocked"), [(60.0, False), (60.1, False), (60.2, True), (59.8, True)])
def test_uses_sum_to_the_legal_area_within_a_tenth(
    session: Session, one: UUID, area: float, blocked: bool
) -> None:
    uses = [{"code": "ODT", "area": 40.0}, {"code": "CLN", "area": area}]
    issues = found(session, altered(parcel(session, one), land_uses=uses))
    assert said(issues) == ([(Severity.BLOCK, "use_areas")] if blocked else [])


def test_legal_area_that_leaves_the_recorded_uses_behind_is_blocked(session: Session, one: UUID) -> None:
    issues = found(session, altered(parcel(session, one), legal_area=101.0))
    assert said(issues) == [(Severity.BLOCK, "use_areas")]
    assert issues[0].values["off"] == -1


def test_children_of_several_uses_need_their_areas(session: Session, one: UUID) -> None:
    use(session, one, "CLN", 20)
    issues = found(session, halved(session, one))
    assert said(issues) == [(Severity.BLOCK, "use_areas")] * 2


# Merging


def merged(session: Session, one: UUID, other: UUID) -> Changes:
    new = child("3", square(0, 0, 20, 10), legal_area=200, land_use="ODT")
    return turned([parcel(session, one), parcel(session, other)], [new])


def test_merge_of_one_holder_has_no_issue(session: Session, one: UUID) -> None:
    other = add_parcel(session, "2", square(10), legal_area=100, land_use="ODT")
    (an,) = {r.party_id for r in register.held_by(session, [one], as_of=TODAY)[one].rights}
    right(session, other, an)
    use(session, other, "ODT", 100)
    assert found(session, merged(session, one, other)) == []


def test_merge_of_two_holders_is_blocked(session: Session, one: UUID) -> None:
    other = add_parcel(session, "2", square(10), legal_area=100, land_use="ODT")
    right(session, other, person(session, "An"))  # another person of that name
    use(session, other, "ODT", 100)
    assert said(found(session, merged(session, one, other))) == [(Severity.BLOCK, "heirs")]


# The least size


@pytest.fixture
def ward(session: Session) -> None:
    area = multi(square(-100, -100, 300))
    add(session, "commune", area, code="26506", name="Phường Vũng Tàu", kind="ward")


@pytest.mark.usefixtures("ward")
def test_today_no_table_is_in_force_and_somebody_has_to_look(session: Session, one: UUID) -> None:
    (issue,) = check_land(session, halved(session, one), TODAY)
    assert (issue.severity, issue.rule) == (Severity.REVIEW, "split_minimum")
    assert "chưa xác minh: chưa có quy định đang hiệu lực" in issue.message


@pytest.mark.usefixtures("ward")
def test_child_too_small_for_the_table_then_in_force_is_blocked(session: Session, one: UUID) -> None:
    (issue,) = check_land(session, halved(session, one), UNDER_44)
    assert (issue.severity, issue.rule) == (Severity.BLOCK, "split_minimum")
    assert issue.values == {"parcel": "1/2", "is": 40.0, "least": 60, "reference": "44/2023/QĐ-UBND"}


@pytest.mark.usefixtures("ward")
def test_frontage_and_depth_are_measured_from_the_road(session: Session) -> None:
    """#  The road lies south. 2 is 4 m wide at it, 3 is 20 m wide and 30 m deep."""
    id_ = add_parcel(session, "1", square(0, 0, 24, 30), legal_area=720, land_use="ODT")
    right(session, id_, person(session, "An"))
    use(session, id_, "ODT", 720)
    add(session, "road_surface", multi(square(-10, -6, 60, 6)), name="Trần Phú")
    children = [
        child("2", square(0, 0, 4, 30), legal_area=120, land_use="ODT"),
        child("3", square(4, 0, 20, 30), legal_area=600, land_use="ODT"),
    ]
    (issue,) = check_land(session, turned([parcel(session, id_)], children), UNDER_44)
    assert "mặt tiền" in issue.message
    assert issue.values == {"parcel": "1/2", "is": 4.0, "least": 5, "reference": "44/2023/QĐ-UBND"}


@pytest.mark.usefixtures("ward")
def test_shallow_child_at_the_road_is_blocked(session: Session) -> None:
    """#  3 behind 2, and 2 leaves only 4 m between road and 3."""
    id_ = add_parcel(session, "1", square(0, 0, 24, 30), legal_area=720, land_use="ODT")
    right(session, id_, person(session, "An"))
    use(session, id_, "ODT", 720)
    add(session, "road_surface", multi(square(-10, -6, 60, 6)), name="Trần Phú")
    children = [
        child("2", square(0, 0, 24, 4), legal_area=96, land_use="ODT"),
        child("3", square(0, 4, 24, 26), legal_area=624, land_use="ODT"),
    ]
    (issue,) = check_land(session, turned([parcel(session, id_)], children), UNDER_44)
    assert "sâu" in issue.message
    assert (issue.values["is"], issue.values["least"]) == (4.0, 5)


def test_rows_of_the_replaced_decision_end_when_it_was_replaced() -> None:
    assert {row.valid_to for row in minima() if row.legal_ref.startswith("44/2023")} == {date(2024, 9, 16)}
    assert minimum_for("agricultural", "rural", "26545", UNDER_44) is not None
    assert minimum_for("agricultural", "rural", "26545", date(2024, 9, 16)) is None


def test_row_of_a_commune_goes_before_the_general_one() -> None:
    general = next(row for row in minima() if (row.land_group, row.area_kind) == ("residential", "urban"))
    own = replace(general, min_area=45, commune_code="26732")
    assert minimum_for("residential", "urban", "26732", UNDER_44, [general, own]) is own
    assert minimum_for("residential", "urban", "26506", UNDER_44, [general, own]) is general


@pytest.mark.parametrize(
    ("code", "group"),
    [("ODT", "residential"), ("TMD", "commercial"), ("CLN", "agricultural"), ("DGT", None), (None, None)],
)
def test_land_uses_have_the_group_of_the_table(code: str | None, group: str | None) -> None:
    assert land_group(code) == group


def test_labels_name_the_parcel_as_people_do(session: Session, one: UUID) -> None:
    feature: Feature = parcel(session, one)
    register.record(session, Dispute(content="…", **state(session, one)))
    (issue,) = found(session, altered(feature, address="x"))
    assert issue.values["parcel"] == "1/1"
    assert issue.feature == feature.key
