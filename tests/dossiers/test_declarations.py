"""Kinds, statuses and their steps are whole: a wrong declaration fails when it is imported."""

from decimal import Decimal

import pytest

from app.accounts.roles import Permission
from app.dossiers.kinds import CORRECTION, FIRST_REGISTRATION, FORM, KINDS, MERGE, SPLIT, Fee, Kind
from app.dossiers.statuses import CLOSED, NEXT, PAUSED, TONES, TRANSITIONS, Status, steps_from, transition

S = Status


def test_every_kind_of_the_issue_is_there() -> None:
    assert {kind.code for kind in KINDS} == set(
        "split merge boundary land_use first_registration transfer mortgage discharge restriction block "
        "release correction renumbering extract".split()
    )


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_kind_has_papers_a_time_and_a_basis_that_says_so(kind: Kind) -> None:
    assert kind.required
    assert 1 <= kind.working_days <= 60
    assert kind.needs_notice == (kind.notice_days == 30)
    assert all(fee.basis for fee in kind.fees)


def test_kinds_take_as_many_parcels_as_they_are_about() -> None:
    assert [SPLIT.takes(n) for n in (0, 1, 2)] == [False, True, False]
    assert [MERGE.takes(n) for n in (1, 2, 9)] == [False, True, True]
    assert [FIRST_REGISTRATION.takes(n) for n in (0, 1)] == [True, True]
    assert not CORRECTION.takes(0)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"papers": (FORM, FORM)}, "a paper stands in it twice"),
        ({"papers": ()}, "asks for no paper"),
        ({"working_days": 0}, "a time of at least a day"),
        ({"notice_days": 15}, "30 days"),
        ({"parcels": (2, 1)}, "no number of parcels"),
    ],
)
def test_wrong_kind_is_refused_with_a_sentence(wrong: dict[str, object], says: str) -> None:
    whole = {"code": "x", "title": "X", "papers": (FORM,), "fees": (), "working_days": 3}
    Kind(**whole)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=says):
        Kind(**whole | wrong)  # type: ignore[arg-type]


def test_fee_is_an_amount_or_a_share() -> None:
    with pytest.raises(ValueError, match="not both"):
        Fee(code="x", title="X", basis="Y", amount=1, rate=Decimal("0.1"))


def test_steps_are_these_and_no_others() -> None:
    allowed = {(one.source, one.target) for one in TRANSITIONS}
    assert len(allowed) == len(TRANSITIONS)
    assert allowed == {
        (S.REGISTERED, S.RECEIVED),
        (S.REGISTERED, S.REFUSED),
        (S.REGISTERED, S.WITHDRAWAL),
        (S.RECEIVED, S.IN_PROGRESS),
        (S.RECEIVED, S.SUPPLEMENT),
        (S.RECEIVED, S.WITHDRAWAL),
        (S.RECEIVED, S.STOPPED),
        (S.IN_PROGRESS, S.SUPPLEMENT),
        (S.IN_PROGRESS, S.PAYMENT),
        (S.IN_PROGRESS, S.WITHDRAWAL),
        (S.IN_PROGRESS, S.STOPPED),
        (S.IN_PROGRESS, S.DONE),
        (S.SUPPLEMENT, S.IN_PROGRESS),
        (S.SUPPLEMENT, S.WITHDRAWAL),
        (S.SUPPLEMENT, S.STOPPED),
        (S.PAYMENT, S.IN_PROGRESS),
        (S.PAYMENT, S.WITHDRAWAL),
        (S.PAYMENT, S.STOPPED),
        (S.WITHDRAWAL, S.IN_PROGRESS),
        (S.WITHDRAWAL, S.STOPPED),
        (S.STOPPED, S.RETURNED),
        (S.DONE, S.RETURNED),
    }


def test_every_open_status_leads_to_an_end() -> None:
    reached = {S.REFUSED, S.RETURNED}
    for _ in Status:
        reached |= {one.source for one in TRANSITIONS if one.target in reached}
    assert reached == set(Status)
    assert not steps_from(S.REFUSED)
    assert not steps_from(S.RETURNED)


def test_only_approvers_decide_and_what_hurts_the_citizen_has_a_reason() -> None:
    decisive = {one.target for one in TRANSITIONS if one.permission is Permission.PARCELS_APPROVE}
    assert decisive == {S.DONE, S.STOPPED}
    reasoned = {S.REFUSED, S.SUPPLEMENT, S.PAYMENT, S.STOPPED}
    assert all(one.reason for one in TRANSITIONS if one.target in reasoned)


def test_clock_is_paused_in_five_and_six() -> None:
    assert {status.value for status in PAUSED} == {"5", "6"}
    assert {status.value for status in CLOSED} == {"3", "8", "9", "10"}
    assert set(TONES) == set(NEXT) == set(Status)
    assert S.SUPPLEMENT.label == "Yêu cầu bổ sung giấy tờ"
    assert transition(S.RETURNED, S.IN_PROGRESS) is None
