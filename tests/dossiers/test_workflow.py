"""A dossier from the desk to its result: who may do what, in which order, and what stands in the way."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.dossiers import workflow
from app.dossiers.approval import approval_issues, is_open, state_of
from app.dossiers.kinds import EXTRACT, SPLIT, TRANSFER
from app.dossiers.models import Dossier, DossierEvent, DossierNumber
from app.dossiers.reception import Request, receive
from app.dossiers.statuses import TRANSITIONS, Status, transition
from app.dossiers.workflow import Stale
from app.edits.issues import Severity
from app.edits.workflow import Blocked
from app.errors import Conflict, Forbidden, NotFound, Unprocessable
from tests.dossiers.desk import JPEG, PDF, UNIT, Desk, store_in
from tests.people import add_user

S = Status


def lines(desk: Desk, dossier: Dossier) -> list[str]:
    events = desk.session.scalars(
        select(DossierEvent.kind).where(DossierEvent.dossier_id == dossier.id).order_by(DossierEvent.id)
    )
    return list(events)


def blocking(refused: Blocked) -> list[str]:
    return [one.rule for one in refused.issues if one.severity is Severity.BLOCK]


# Reception


def test_request_at_the_desk_gets_code_commune_deadline_and_officer(desk: Desk) -> None:
    dossier = desk.receive(applicant_phone="0912 345 678")
    assert dossier.code == "000.00.01.H29-260302-0001"
    assert (dossier.state, dossier.version, dossier.commune_code) == (S.RECEIVED, 1, "26506")
    assert [(one.number, one.sheet) for one in dossier.parcels] == [("11", "5")]
    clock = dossier.clock(desk.now)
    assert (clock.running, clock.left, clock.day) == (True, SPLIT.working_days, date(2026, 3, 23))
    assert dossier.assignee_id == desk.officer.id
    assert dossier.applicant_phone == "0912345678"
    assert lines(desk, dossier) == ["received"]


def test_codes_count_from_one_each_day(desk: Desk) -> None:
    first, second = desk.receive().code, desk.receive().code
    desk.wait(days=1)
    third = desk.receive().code
    assert [code[-11:] for code in (first, second, third)] == ["260302-0001", "260302-0002", "260303-0001"]


def test_code_grows_when_a_day_has_more_than_9999(desk: Desk) -> None:
    desk.session.add(DossierNumber(unit=UNIT, day=desk.now.date(), last=9999))
    desk.session.flush()
    assert desk.receive().code == "000.00.01.H29-260302-10000"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"kind": "nonsense"}, "kind_unknown"),
        ({"applicant_name": "  "}, "applicant_name"),
        ({"applicant_name": "x" * 201}, "applicant_name"),
        ({"applicant_phone": "gọi tôi"}, "applicant_phone"),
        ({"parcels": []}, "wrong_parcels"),
        ({"parcels": [], "kind": "merge"}, "too_few_parcels"),
        ({"parcels": [uuid4()]}, "parcel_gone"),
        ({"parcels": [], "kind": "first_registration"}, "commune_unknown"),
        ({"parcels": [], "kind": "first_registration", "commune": "99999"}, "commune_unknown"),
        ({"parcels": [uuid4() for _ in range(201)]}, "too_many_parcels"),
    ],
)
def test_request_that_must_be_mended_says_what(desk: Desk, fields: dict[str, object], code: str) -> None:
    with pytest.raises(Unprocessable) as refused:
        desk.receive(**fields)
    assert refused.value.code == code
    assert desk.receive().code.endswith("-0001")


def test_parcels_of_two_communes_need_two_dossiers(desk: Desk) -> None:
    with pytest.raises(Unprocessable) as refused:
        desk.receive("merge", parcels=[desk.town.eleven, desk.town.twelve_east])
    assert refused.value.code == "parcels_apart"


def test_first_registration_needs_no_parcel_but_a_commune(desk: Desk) -> None:
    dossier = desk.receive("first_registration", parcels=[], commune="26506")
    assert (dossier.commune_code, dossier.parcels) == ("26506", [])


def test_officer_takes_in_nothing_of_another_commune(desk: Desk) -> None:
    with pytest.raises(Forbidden) as refused:
        desk.receive(parcels=[desk.town.twelve_east])
    assert refused.value.code == "foreign_commune"
    with pytest.raises(Forbidden):
        desk.receive("first_registration", parcels=[], commune="26526")


def test_same_form_sent_twice_makes_one_dossier(desk: Desk) -> None:
    token = uuid4()
    assert desk.receive(token=token).id == desk.receive(token=token).id
    with pytest.raises(Conflict) as refused:
        desk.receive(token=token, applicant_name="Người khác")
    assert refused.value.code == "form_used"
    assert desk.receive().code.endswith("-0002")


def test_form_of_somebody_else_is_another_form(desk: Desk) -> None:
    token = uuid4()
    mine = desk.receive(token=token)
    desk.officer = add_user(desk.session, "second", {"officer": []})
    assert desk.receive(token=token).id != mine.id


def test_request_sent_in_has_no_deadline_until_it_is_received(desk: Desk) -> None:
    dossier = desk.receive(online=True)
    assert (dossier.state, dossier.due_at, dossier.assignee_id) == (S.REGISTERED, None, None)
    desk.wait(days=3)
    desk.to(dossier, S.RECEIVED)
    assert dossier.clock(desk.now).left == SPLIT.working_days
    assert dossier.assignee_id == desk.officer.id


# Transitions


@pytest.mark.parametrize("source", Status)
@pytest.mark.parametrize("target", Status)
def test_only_declared_steps_can_be_taken(desk: Desk, source: Status, target: Status) -> None:
    dossier = desk.begun("transfer")
    dossier.status = source.value
    if source is S.IN_PROGRESS:
        dossier.submitted_at, dossier.submitted_by = desk.now, desk.officer.id
    desk.session.flush()
    step = transition(source, target)
    by = desk.approver if step and step.decides else desk.officer
    if step:
        assert desk.to(dossier, target, by=by).state is target
    else:
        with pytest.raises(Unprocessable) as refused:
            desk.to(dossier, target, by=by)
        assert refused.value.code == "no_such_step"
        assert dossier.state is source


@pytest.mark.parametrize("step", [one for one in TRANSITIONS if one.reason], ids=lambda one: one.title)
def test_step_that_hurts_needs_a_reason(desk: Desk, step: object) -> None:
    dossier = desk.receive()
    dossier.status = step.source.value  # type: ignore[attr-defined]
    desk.session.flush()
    by = desk.approver if step.decides else desk.officer  # type: ignore[attr-defined]
    with pytest.raises(Unprocessable) as refused:
        desk.to(dossier, step.target, "  ", by=by)  # type: ignore[attr-defined]
    assert refused.value.code == "reason_needed"


def test_clock_stands_while_the_citizen_has_to_act(desk: Desk) -> None:
    dossier = desk.begun()
    due = dossier.due_at
    assert due
    desk.wait(days=1, hours=2)
    desk.to(dossier, S.SUPPLEMENT, "thiếu bản vẽ")
    desk.wait(days=30)
    assert not dossier.clock(desk.now).running
    assert dossier.clock(desk.now).left == SPLIT.working_days - 1
    desk.to(dossier, S.IN_PROGRESS)
    assert dossier.clock(desk.now).running
    assert dossier.due_at
    # From Tuesday 3 March 11:30 to Thursday 2 April 11:30 there are 22 working days.
    assert dossier.due_at - due == timedelta(days=30)
    assert dossier.clock(desk.now).left == SPLIT.working_days - 1
    desk.to(dossier, S.PAYMENT, "nộp thuế")
    assert not dossier.clock(desk.now).running


def test_clock_stops_for_good_at_the_end(desk: Desk) -> None:
    dossier = desk.submitted()
    desk.to(dossier, S.DONE, by=desk.approver)
    stopped = dossier.stopped_at
    desk.wait(days=100)
    desk.to(dossier, S.RETURNED)
    assert dossier.stopped_at == stopped
    assert not dossier.clock(desk.now).overdue
    assert not is_open(dossier)


def test_late_dossier_stays_late_when_it_is_done(desk: Desk) -> None:
    dossier = desk.submitted("extract")
    desk.wait(days=30)
    assert dossier.clock(desk.now).overdue
    desk.to(dossier, S.DONE, by=desk.approver)
    late = dossier.clock(desk.now).late
    desk.wait(days=30)
    assert dossier.clock(desk.now).late == late > 0


# Decision


def test_approver_decides_what_an_officer_submitted(desk: Desk) -> None:
    dossier = desk.submitted()
    assert dossier.is_submitted
    desk.to(dossier, S.DONE, by=desk.approver)
    assert (dossier.state, dossier.decided_by) == (S.DONE, desk.approver.id)
    assert lines(desk, dossier) == [
        "received",
        "transition",
        *["document"] * len(TRANSFER.required),
        "submitted",
        "transition",
    ]


def test_officer_cannot_decide(desk: Desk) -> None:
    dossier = desk.submitted()
    for target in (S.DONE, S.STOPPED):
        with pytest.raises(Forbidden):
            desk.to(dossier, target)
    assert dossier.state is S.IN_PROGRESS


def test_nobody_decides_what_they_submitted_themselves(desk: Desk) -> None:
    desk.officer = add_user(desk.session, "both", {"officer": [], "approver": []})
    dossier = desk.submitted()
    for target in (S.DONE, S.STOPPED):
        with pytest.raises(Forbidden) as refused:
            desk.to(dossier, target)
        assert refused.value.code == "four_eyes"
    desk.to(dossier, S.DONE, by=desk.approver)
    with pytest.raises(IntegrityError, match="ck_dossier_four_eyes"), desk.session.begin_nested():
        desk.session.execute(update(Dossier).values(decided_by=desk.officer.id))


def test_what_was_not_submitted_is_not_approved(desk: Desk) -> None:
    dossier = desk.begun()
    with pytest.raises(Unprocessable) as refused:
        desk.to(dossier, S.DONE, by=desk.approver)
    assert refused.value.code == "not_submitted"


def test_approver_returns_a_dossier_with_a_reason(desk: Desk) -> None:
    dossier = desk.submitted()
    with pytest.raises(Unprocessable):
        workflow.give_back(desk.session, dossier.id, desk.act(dossier, desk.approver), " ")
    workflow.give_back(desk.session, dossier.id, desk.act(dossier, desk.approver), "ranh chưa khép")
    assert not dossier.is_submitted
    workflow.submit(desk.session, dossier.id, desk.act(dossier))
    assert dossier.is_submitted


def test_officer_takes_back_only_what_is_their_own(desk: Desk) -> None:
    dossier = desk.submitted()
    other = add_user(desk.session, "other", {"officer": []})
    with pytest.raises(Forbidden):
        workflow.give_back(desk.session, dossier.id, desk.act(dossier, other), "x")
    workflow.give_back(desk.session, dossier.id, desk.act(dossier), "tôi còn sửa")
    assert not dossier.is_submitted


def test_missing_papers_block_and_are_named(desk: Desk) -> None:
    dossier = desk.begun("mortgage", papers=False)
    desk.attach(dossier, "form")
    issues = approval_issues(desk.session, dossier.id, desk.now.date())
    assert [(one.rule, one.severity) for one in issues] == [("paper_missing", Severity.BLOCK)] * 2
    assert [one.values["paper"] for one in issues] == [
        "Giấy chứng nhận đã cấp",
        "Hợp đồng hoặc văn bản đã công chứng, chứng thực",
    ]
    with pytest.raises(Unprocessable) as refused:
        workflow.submit(desk.session, dossier.id, desk.act(dossier))
    assert refused.value.code == "dossier_not_ready"
    assert [one["rule"] for one in refused.value.members["issues"]] == ["paper_missing"] * 2


def test_public_notice_blocks_until_its_thirty_days_are_over(desk: Desk) -> None:
    dossier = desk.begun("boundary")

    def rules() -> list[str]:
        return [one.rule for one in approval_issues(desk.session, dossier.id, desk.now.date())]

    assert rules() == ["notice_missing"]
    workflow.publish_notice(
        desk.session, dossier.id, desk.act(dossier), "UBND phường Vũng Tàu", desk.now.date()
    )
    assert rules() == ["notice_running"]
    assert state_of(desk.session, dossier.id, desk.now.date()).notice_until == date(2026, 4, 1)
    desk.wait(days=29)
    assert rules() == ["notice_running"]
    desk.wait(days=1)
    assert rules() == []
    assert state_of(desk.session, dossier.id, desk.now.date()).notice_over


@pytest.mark.parametrize("days", [-40, 1])
def test_notice_can_be_posted_neither_in_the_future_nor_before_the_dossier(desk: Desk, days: int) -> None:
    dossier = desk.begun("boundary")
    day = desk.now.date() + timedelta(days=days)
    with pytest.raises(Unprocessable) as refused:
        workflow.publish_notice(desk.session, dossier.id, desk.act(dossier), "UBND", day)
    assert refused.value.code == "notice_day"


def test_kind_without_notice_takes_none(desk: Desk) -> None:
    dossier = desk.begun()
    with pytest.raises(Unprocessable) as refused:
        workflow.publish_notice(desk.session, dossier.id, desk.act(dossier), "UBND", desk.now.date())
    assert refused.value.code == "no_notice_needed"


def test_open_objection_blocks_where_there_is_a_notice(desk: Desk) -> None:
    dossier = desk.begun("boundary")
    workflow.publish_notice(desk.session, dossier.id, desk.act(dossier), "UBND", desk.now.date())
    desk.wait(days=31)
    changeset = desk.send(desk.drawn(dossier))
    assert dossier.is_submitted
    workflow.object_to(desk.session, dossier.id, desk.act(dossier), "Bà Sáu", "ranh lấn 2 m")
    assert not dossier.is_submitted
    with pytest.raises(Blocked) as refused, desk.session.begin_nested():
        desk.approve(changeset)
    assert blocking(refused.value) == ["objection_open"]
    desk.send_back(changeset, "còn phản đối")
    with pytest.raises(Blocked) as refused, desk.session.begin_nested():
        desk.send(changeset)
    assert blocking(refused.value) == ["objection_open"]
    (objection,) = dossier.objections
    workflow.resolve(
        desk.session, dossier.id, desk.act(dossier), objection.id, outcome="settled", resolution="đã đo lại"
    )
    desk.approve(desk.send(changeset))
    assert (dossier.state, dossier.decided_by) == (S.DONE, desk.approver.id)


def test_objection_to_another_kind_is_for_the_approver_to_see(desk: Desk) -> None:
    dossier = desk.submitted()
    workflow.object_to(desk.session, dossier.id, desk.act(dossier), "Bà Sáu", "ranh lấn 2 m")
    (issue,) = approval_issues(desk.session, dossier.id, desk.now.date())
    assert (issue.rule, issue.severity) == ("objection_open", Severity.REVIEW)
    assert dossier.is_submitted
    desk.to(dossier, S.DONE, by=desk.approver)


def test_objection_ends_once_and_in_a_declared_way(desk: Desk) -> None:
    dossier = desk.begun()
    workflow.object_to(desk.session, dossier.id, desk.act(dossier), "Bà Sáu", "ranh lấn 2 m")
    number = dossier.objections[0].id
    for wrong, outcome in ((number + 1, "settled"), (number, "nonsense")):
        with pytest.raises(Unprocessable):
            workflow.resolve(
                desk.session, dossier.id, desk.act(dossier), wrong, outcome=outcome, resolution="x"
            )
    act = desk.act(dossier)
    workflow.resolve(desk.session, dossier.id, act, number, outcome="withdrawn", resolution="tự rút")
    workflow.resolve(desk.session, dossier.id, act, number, outcome="withdrawn", resolution="tự rút")
    with pytest.raises(Unprocessable) as refused:
        workflow.resolve(
            desk.session, dossier.id, desk.act(dossier), number, outcome="settled", resolution="x"
        )
    assert refused.value.code == "already_resolved"


# Versions and forms


def test_write_on_an_old_version_is_refused_with_the_current_one(desk: Desk) -> None:
    dossier = desk.receive()
    seen = dossier.version
    desk.to(dossier, S.IN_PROGRESS)
    before = lines(desk, dossier)
    with pytest.raises(Stale) as refused:
        workflow.note(desk.session, dossier.id, desk.act(dossier, version=seen), "tôi chậm tay")
    assert refused.value.status == 409
    assert refused.value.current == {
        "id": str(dossier.id),
        "code": dossier.code,
        "status": "4",
        "version": seen + 1,
        "changed_at": desk.now.isoformat(),
        "changed_by": "Người le.thi.t",
    }
    assert lines(desk, dossier) == before


def test_every_write_counts_one_version(desk: Desk) -> None:
    dossier = desk.submitted()
    events = desk.session.scalars(
        select(DossierEvent.version).where(DossierEvent.dossier_id == dossier.id).order_by(DossierEvent.id)
    ).all()
    assert list(events) == list(range(1, dossier.version + 1))


def test_same_form_sent_twice_is_done_once(desk: Desk) -> None:
    dossier = desk.begun()
    act = desk.act(dossier)
    for _ in range(3):
        workflow.note(desk.session, dossier.id, act, "đã gọi điện")
    assert lines(desk, dossier).count("note") == 1
    with pytest.raises(Stale):
        workflow.note(desk.session, dossier.id, act, "một lời khác")


def test_same_objection_sent_twice_is_one_and_another_text_is_not_lost(desk: Desk) -> None:
    dossier = desk.begun()
    act = desk.act(dossier)
    for _ in range(2):
        workflow.object_to(desk.session, dossier.id, act, "Bà Sáu", "ranh lấn 2 m")
    assert len(dossier.objections) == 1
    with pytest.raises(Stale):
        workflow.object_to(desk.session, dossier.id, act, "Bà Sáu", "ranh lấn 3 m")


def test_timeline_cannot_be_rewritten(desk: Desk) -> None:
    desk.receive()
    for statement in (
        update(DossierEvent).values(kind="x"),
        delete(DossierEvent),
        text("TRUNCATE dossier_event"),
    ):
        with pytest.raises(DBAPIError, match="only added to"), desk.session.begin_nested():
            desk.session.execute(statement)


# People


@pytest.fixture
def stranger(session: Session) -> User:
    return add_user(session, "stranger", {"officer": ["26526"], "approver": ["26526"]})


def test_dossier_of_another_commune_is_not_there(desk: Desk, stranger: User) -> None:
    dossier = desk.receive()
    assert workflow.get(desk.session, dossier.id, desk.officer) is dossier
    for refused in (dossier.id, uuid4()):
        with pytest.raises(NotFound):
            workflow.get(desk.session, refused, stranger)
        with pytest.raises(NotFound):
            workflow.note(desk.session, refused, desk.act(dossier, stranger), "xin chào")


@pytest.mark.parametrize("grants", [{}, {"planner": []}, {"administrator": []}, {"citizen": []}])
def test_other_people_see_no_dossier(desk: Desk, grants: dict[str, list[str]]) -> None:
    other = add_user(desk.session, "somebody", grants)
    with pytest.raises(NotFound):
        workflow.get(desk.session, desk.receive().id, other)


def test_approver_sees_and_notes_but_does_not_prepare(desk: Desk) -> None:
    dossier = desk.receive()
    act = desk.act(dossier, desk.approver)
    with pytest.raises(Forbidden):
        workflow.transition(desk.session, dossier.id, act, S.IN_PROGRESS)
    workflow.note(desk.session, dossier.id, act, "làm sớm nhé")


def test_dossier_is_given_to_an_officer_of_its_commune_only(desk: Desk, stranger: User) -> None:
    dossier = desk.receive()
    colleague = add_user(desk.session, "colleague", {"officer": ["26506"]})
    for wrong in (stranger.id, desk.approver.id, 10**9):
        with pytest.raises(Unprocessable) as refused:
            workflow.assign(desk.session, dossier.id, desk.act(dossier), wrong)
        assert refused.value.code == "officer_unknown"
    workflow.delegate(desk.session, dossier.id, desk.act(dossier), colleague.id)
    with pytest.raises(Unprocessable):
        workflow.delegate(desk.session, dossier.id, desk.act(dossier), desk.officer.id)
    workflow.assign(desk.session, dossier.id, desk.act(dossier), colleague.id)
    assert (dossier.assignee_id, dossier.delegate_id) == (colleague.id, None)
    assert lines(desk, dossier) == ["received", "delegated", "assigned"]


# Documents


def test_document_is_kept_with_its_hash_and_its_own_name(desk: Desk) -> None:
    dossier = desk.begun(papers=False)
    desk.attach(dossier, "form", JPEG, "../../Đơn.JPEG")
    (document,) = dossier.documents
    assert (document.name, document.media_type, document.size) == ("Đơn.jpg", "image/jpeg", len(JPEG))
    assert desk.store.path(document.stored).read_bytes() == JPEG


def test_document_of_no_paper_of_the_kind_is_refused(desk: Desk) -> None:
    dossier = desk.begun(papers=False)
    with pytest.raises(Unprocessable) as refused:
        desk.attach(dossier, "consent")
    assert refused.value.code == "paper_unknown"
    assert not desk.store.folder.exists()


def test_documents_of_a_dossier_are_bounded_together(desk: Desk) -> None:
    desk.store = store_in(desk.store.folder.parent, most=2 * len(PDF))
    dossier = desk.begun(papers=False)
    desk.attach(dossier, "form")
    desk.attach(dossier, "other")
    with pytest.raises(Unprocessable) as refused:
        desk.attach(dossier, "other", PDF)
    assert refused.value.code == "dossier_full"
    assert len(list(desk.store.folder.iterdir())) == 2


def test_file_goes_when_its_transaction_is_rolled_back_and_stays_when_it_commits(desk: Desk) -> None:
    dossier = desk.begun(papers=False)
    desk.session.commit()
    desk.attach(dossier, "form")
    desk.session.rollback()
    assert list(desk.store.folder.iterdir()) == []
    desk.attach(dossier, "form")
    desk.session.commit()
    desk.session.rollback()
    assert len(list(desk.store.folder.iterdir())) == 1


def test_closed_dossier_takes_nothing_but_notes(desk: Desk) -> None:
    dossier = desk.submitted()
    desk.to(dossier, S.DONE, by=desk.approver)
    with pytest.raises(Unprocessable) as refused:
        desk.attach(dossier, "other")
    assert refused.value.code == "dossier_closed"
    with pytest.raises(Unprocessable):
        workflow.object_to(desk.session, dossier.id, desk.act(dossier), "Bà Sáu", "x")
    workflow.note(desk.session, dossier.id, desk.act(dossier), "dân đã nhận")


def test_dossiers_of_a_parcel_are_found(desk: Desk) -> None:
    first = desk.submitted()
    desk.to(first, S.DONE, by=desk.approver)
    desk.wait(hours=1)
    second = desk.receive("extract")
    find = workflow.dossiers_of_parcel
    assert [one.id for one in find(desk.session, desk.town.eleven)] == [second.id, first.id]
    assert [one.id for one in find(desk.session, desk.town.eleven, only_open=True)] == [second.id]
    assert find(desk.session, desk.town.twelve) == []


def test_receive_is_what_the_office_promises_for_the_kind(desk: Desk) -> None:
    dossier = receive(
        desk.session,
        Request(kind="extract", parcels=[desk.town.eleven], applicant_name="Bà Sáu"),
        actor=desk.officer,
        at=desk.now,
        token=uuid4(),
        unit=UNIT,
    )
    assert dossier.clock(desk.now).left == EXTRACT.working_days
