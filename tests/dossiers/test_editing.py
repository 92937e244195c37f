"""A dossier and the rights on its land go along with the changeset in which its parcels are changed."""

import re
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from werkzeug.test import TestResponse

from app.dossiers import editing, views, workflow
from app.dossiers.editing import CASE
from app.dossiers.models import Dossier, DossierEvent
from app.dossiers.statuses import Status
from app.edits import workflow as edits
from app.edits.drafts import changes_of
from app.edits.issues import Severity
from app.edits.models import Changeset, Claim
from app.edits.workflow import Blocked
from app.errors import Forbidden, Unprocessable
from app.land.models import AdministrativeSource
from app.land.register import held_by
from tests.dossiers.desk import Desk
from tests.land.holdings import person, right
from tests.people import Browser, add_user

S = Status
RECEIPT = ["received", "transition", "document", "document", "document"]
"""The timeline of a split that is at work and has its papers."""


@pytest.fixture(autouse=True)
def as_the_application_does(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Here changesets go with the case that the application hands over."""
    desk.case = CASE
    monkeypatch.setattr(views, "now", lambda: desk.now)


def lines(desk: Desk, dossier: Dossier) -> list[DossierEvent]:
    found = select(DossierEvent).where(DossierEvent.dossier_id == dossier.id).order_by(DossierEvent.id)
    return list(desk.session.scalars(found))


def kinds(desk: Desk, dossier: Dossier) -> list[str]:
    return [one.kind for one in lines(desk, dossier)]


def claims(desk: Desk) -> int:
    return desk.session.scalar(select(func.count()).select_from(Claim)) or 0


def shares(desk: Desk, parcel: UUID) -> dict[UUID, Fraction]:
    held = held_by(desk.session, [parcel], as_of=desk.now.date())[parcel]
    return {one.party_id: one.share for one in held.rights}


def blocking(refused: Blocked) -> list[str]:
    return [one.rule for one in refused.issues if one.severity is Severity.BLOCK]


def parcels(desk: Desk) -> set[UUID]:
    return set(desk.session.scalars(text("SELECT id FROM parcel")))


# From the draft to the register


def test_draft_is_that_of_its_dossier(desk: Desk) -> None:
    dossier = desk.begun()
    draft = editing.begin(desk.session, dossier, desk.officer)
    assert (draft.dossier, draft.dossier_code, draft.commune_code) == (dossier.id, dossier.code, "26506")
    assert draft.editors == [desk.officer.id]
    assert editing.begin(desk.session, dossier, desk.officer).id == draft.id
    assert kinds(desk, dossier) == RECEIPT, "a draft is nothing that happened to the dossier"


def test_dossier_is_submitted_and_done_with_its_changeset(desk: Desk) -> None:
    an, binh = person(desk.session, "An"), person(desk.session, "Bình")
    right(desk.session, desk.town.eleven, an, "1/3")
    right(desk.session, desk.town.eleven, binh, "2/3")
    whole = {an: Fraction(1, 3), binh: Fraction(2, 3)}
    dossier = desk.begun()

    changeset = desk.send(desk.drawn(dossier))
    assert (changeset.status, dossier.is_submitted) == ("submitted", True)
    assert (dossier.state, dossier.submitted_by) == (S.IN_PROGRESS, desk.officer.id)
    assert shares(desk, desk.town.eleven) == whole

    changeset = desk.approve(changeset)
    assert (changeset.status, dossier.state) == ("approved", S.DONE)
    assert dossier.decided_by == desk.approver.id
    children = [one.id for one in changes_of(changeset).made if one.layer == "parcel"]
    assert len(children) == 2
    assert parcels(desk) == {desk.town.twelve, desk.town.twelve_east, *children}
    assert shares(desk, desk.town.eleven) == {}
    assert [shares(desk, one) for one in children] == [whole, whole]

    assert kinds(desk, dossier) == [*RECEIPT, "submitted", "transition"]
    *_, sent, done = lines(desk, dossier)
    assert (sent.actor_id, done.actor_id) == (desk.officer.id, desk.approver.id)
    assert (done.payload["from"], done.payload["to"]) == ("4", "9")
    assert [one.version for one in lines(desk, dossier)] == list(range(1, dossier.version + 1))


def test_rights_of_the_children_rest_on_the_dossier(desk: Desk) -> None:
    right(desk.session, desk.town.eleven, person(desk.session, "An"))
    dossier = desk.begun()
    changeset = desk.approve(desk.send(desk.drawn(dossier)))
    children = [one.id for one in changes_of(changeset).made if one.layer == "parcel"]
    held = held_by(desk.session, children, as_of=desk.now.date())
    for child in children:
        (one,) = held[child].rights
        source = desk.session.get_one(AdministrativeSource, one.source_id)
        assert (source.kind, source.dossier, source.dated) == ("decision", dossier.code, desk.now.date())
        assert one.valid_from == desk.now.date()


def test_boundary_that_moves_leaves_the_rights_where_they_are(desk: Desk) -> None:
    an = person(desk.session, "An")
    right(desk.session, desk.town.eleven, an)
    dossier = desk.begun("boundary")
    workflow.publish_notice(desk.session, dossier.id, desk.act(dossier), "UBND", desk.now.date())
    desk.wait(days=31)
    desk.case = editing.case_of(lambda *about: desk.act(dossier, about[2]))
    desk.approve(desk.send(desk.drawn(dossier)))
    assert dossier.state is S.DONE
    assert shares(desk, desk.town.eleven) == {an: Fraction(1)}


def test_parcels_of_different_holders_are_not_merged(desk: Desk) -> None:
    for parcel, name in ((desk.town.eleven, "An"), (desk.town.twelve, "Bình")):
        right(desk.session, parcel, person(desk.session, name))
    dossier = desk.begun("merge")
    draft = desk.drawn(dossier)
    with pytest.raises(Blocked) as refused, desk.session.begin_nested():
        desk.send(draft)
    assert blocking(refused.value) == ["heirs"]
    assert (draft.status, dossier.is_submitted) == ("draft", False)


def test_right_that_came_up_meanwhile_stops_the_approval_and_nothing_is_written(desk: Desk) -> None:
    an = person(desk.session, "An")
    for parcel in (desk.town.eleven, desk.town.twelve):
        right(desk.session, parcel, an)
    dossier = desk.begun("merge")
    changeset = desk.send(desk.drawn(dossier))
    right(desk.session, desk.town.twelve, person(desk.session, "Bình"))
    before = parcels(desk), dossier.version
    with pytest.raises(Blocked) as refused, desk.session.begin_nested():
        desk.approve(changeset)
    assert sorted(blocking(refused.value)) == ["heirs", "shares"]
    assert (changeset.status, dossier.state) == ("submitted", S.IN_PROGRESS)
    assert (parcels(desk), dossier.version) == before


# Back again


def test_what_is_returned_gives_the_dossier_back(desk: Desk) -> None:
    dossier = desk.begun()
    changeset = desk.send_back(desk.send(desk.drawn(dossier)), "ranh chưa khép")
    assert (changeset.status, claims(desk)) == ("draft", 0)
    assert (dossier.state, dossier.is_submitted, dossier.submitted_by) == (S.IN_PROGRESS, False, None)
    assert kinds(desk, dossier) == [*RECEIPT, "submitted", "given_back"]
    back = lines(desk, dossier)[-1]
    assert (back.actor_id, back.payload) == (desk.approver.id, {"reason": "ranh chưa khép"})
    desk.approve(desk.send(changeset))
    assert dossier.state is S.DONE


def test_what_is_withdrawn_gives_the_dossier_back(desk: Desk) -> None:
    dossier = desk.begun()
    changeset = desk.withdraw(desk.send(desk.drawn(dossier)))
    assert (changeset.status, claims(desk)) == ("withdrawn", 0)
    assert (dossier.state, dossier.is_submitted, dossier.submitted_by) == (S.IN_PROGRESS, False, None)
    assert kinds(desk, dossier) == [*RECEIPT, "submitted", "given_back"]
    back = lines(desk, dossier)[-1]
    assert (back.actor_id, back.payload) == (desk.officer.id, {"reason": workflow.WITHDRAWN})
    again = desk.send(desk.drawn(dossier))
    assert again.id != changeset.id
    assert dossier.is_submitted


def test_draft_that_is_withdrawn_is_nothing_to_the_dossier(desk: Desk) -> None:
    dossier = desk.begun()
    desk.withdraw(desk.drawn(dossier))
    assert kinds(desk, dossier) == RECEIPT
    assert editing.changeset_of(desk.session, dossier) is None


def test_dossier_that_an_objection_took_back_is_not_given_back_twice(desk: Desk) -> None:
    dossier = desk.begun("boundary")
    workflow.publish_notice(desk.session, dossier.id, desk.act(dossier), "UBND", desk.now.date())
    desk.wait(days=31)
    desk.case = editing.case_of(lambda *about: desk.act(dossier, about[2]))
    changeset = desk.send(desk.drawn(dossier))
    workflow.object_to(desk.session, dossier.id, desk.act(dossier), "Bà Sáu", "ranh lấn 2 m")
    assert desk.send_back(changeset, "có phản đối").status == "draft"
    assert kinds(desk, dossier)[-2:] == ["submitted", "objection"]


# What is refused


def test_dossier_that_changes_parcels_is_not_submitted_without_a_changeset(desk: Desk) -> None:
    dossier = desk.begun()
    desk.drawn(dossier)  # a draft is not enough
    with pytest.raises(Unprocessable) as refused:
        workflow.submit(desk.session, dossier.id, desk.act(dossier))
    assert refused.value.code == "dossier_not_ready"
    assert [one["rule"] for one in refused.value.members["issues"]] == ["changes_missing"]
    assert not dossier.is_submitted


def test_dossier_that_changes_parcels_is_not_done_before_its_changeset_is_approved(desk: Desk) -> None:
    dossier = desk.submitted("split")
    with pytest.raises(Unprocessable) as refused:
        desk.to(dossier, S.DONE, by=desk.approver)
    assert [one["rule"] for one in refused.value.members["issues"]] == ["changes_missing"]
    assert (dossier.state, dossier.is_submitted) == (S.IN_PROGRESS, True)


def test_changeset_of_another_dossier_does_not_count(desk: Desk) -> None:
    other, dossier = desk.begun(), desk.begun()
    desk.send(desk.drawn(other))
    with pytest.raises(Unprocessable) as refused:
        workflow.submit(desk.session, dossier.id, desk.act(dossier))
    assert [one["rule"] for one in refused.value.members["issues"]] == ["changes_missing"]


def test_who_drew_or_submitted_does_not_approve(desk: Desk) -> None:
    desk.approver = add_user(desk.session, "both", {"officer": [], "approver": []})
    dossier = desk.begun()
    changeset = desk.send(desk.drawn(dossier, desk.approver))
    with pytest.raises(Forbidden) as refused:
        desk.approve(changeset)
    assert refused.value.code == "four_eyes"
    assert dossier.state is S.IN_PROGRESS


def test_paused_dossier_is_not_approved(desk: Desk) -> None:
    dossier = desk.begun()
    changeset = desk.send(desk.drawn(dossier))
    desk.to(dossier, S.SUPPLEMENT)
    with pytest.raises(Blocked) as refused, desk.session.begin_nested():
        desk.approve(changeset)
    assert blocking(refused.value) == ["dossier_not_in_progress"]
    assert (changeset.status, dossier.state) == ("submitted", S.SUPPLEMENT)
    assert desk.town.eleven in parcels(desk)


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("transfer", S.IN_PROGRESS, "no_map_work"),
        ("split", S.RECEIVED, "dossier_not_in_progress"),
        ("split", S.SUPPLEMENT, "dossier_not_in_progress"),
        ("split", S.DONE, "dossier_not_in_progress"),
    ],
)
def test_only_a_dossier_of_parcels_that_is_at_work_has_a_draft(
    desk: Desk, kind: str, status: Status, code: str
) -> None:
    dossier = desk.begun(kind)
    dossier.status = status.value
    desk.session.flush()
    with pytest.raises(Unprocessable) as refused:
        editing.begin(desk.session, dossier, desk.officer)
    assert refused.value.code == code
    assert edits.open_of(desk.session, dossier.id) is None


# Over HTTP


def sit(app: Flask, name: str) -> Browser:
    browser = Browser(app)
    assert browser.sign_in(name).status_code == 303
    return browser


def send(browser: Browser, path: str, said: object = None) -> TestResponse:
    """A request as the editor sends it."""
    return browser.client.post(
        f"/api/v1/{path}",
        json=said,
        headers={"X-CSRFToken": browser.token()},
        environ_base=browser.environ,
    )


def opened(browser: Browser, dossier: Dossier) -> TestResponse:
    return send(browser, f"dossiers/{dossier.id}/changesets")


@pytest.fixture
def officer(app: Flask, desk: Desk) -> Browser:
    return sit(app, "le.thi.t")


@pytest.fixture
def approver(app: Flask, desk: Desk) -> Browser:
    return sit(app, "pham.van.d")


def test_officer_begins_a_changeset_once(officer: Browser, desk: Desk) -> None:
    dossier = desk.begun()
    desk.session.commit()
    first = opened(officer, dossier)
    assert first.status_code == 201
    assert (first.json["dossier"], first.json["status"]) == (str(dossier.id), "draft")
    assert first.json["dossier_code"] == dossier.code
    assert first.json["may"]["edit"]
    second = opened(officer, dossier)
    assert (second.status_code, second.json["id"]) == (200, first.json["id"])
    assert desk.session.scalar(select(func.count()).select_from(Changeset)) == 1


def test_approver_gets_what_was_submitted_and_begins_nothing(
    officer: Browser, approver: Browser, desk: Desk
) -> None:
    dossier = desk.begun()
    desk.session.commit()
    refused = opened(approver, dossier)
    assert (refused.status_code, refused.json["code"]) == (403, "forbidden")
    assert desk.session.scalar(select(func.count()).select_from(Changeset)) == 0
    changeset = desk.send(desk.drawn(dossier))
    desk.session.commit()
    shown = opened(approver, dossier)
    assert (shown.status_code, shown.json["id"]) == (200, str(changeset.id))
    assert shown.json["status"] == "submitted"
    assert shown.json["may"]["approve"]
    assert not opened(officer, dossier).json["may"]["approve"]


def test_approved_changeset_stays_that_of_the_dossier(officer: Browser, desk: Desk) -> None:
    dossier = desk.begun()
    changeset = desk.approve(desk.send(desk.drawn(dossier)))
    desk.session.commit()
    shown = opened(officer, dossier)
    assert (shown.status_code, shown.json["id"]) == (200, str(changeset.id))
    assert shown.json["status"] == "approved"


def test_withdrawn_changeset_makes_room_for_another(officer: Browser, desk: Desk) -> None:
    dossier = desk.begun()
    changeset = desk.withdraw(desk.drawn(dossier))
    desk.session.commit()
    made = opened(officer, dossier)
    assert made.status_code == 201
    assert made.json["id"] != str(changeset.id)


def test_changeset_of_another_commune_is_not_there(app: Flask, desk: Desk) -> None:
    begun, dossier = desk.begun(), desk.begun()
    desk.drawn(begun)
    desk.session.commit()
    add_user(desk.session, "stranger", {"officer": ["26526"], "approver": ["26526"]})
    stranger = sit(app, "stranger")
    for one in (begun, dossier):
        assert (opened(stranger, one).status_code, opened(stranger, one).json["code"]) == (
            404,
            "unknown_dossier",
        )
    assert send(stranger, f"dossiers/{uuid4()}/changesets").status_code == 404
    assert edits.open_of(desk.session, dossier.id) is None


@pytest.mark.parametrize("role", ["planner", "administrator", "citizen"])
def test_other_people_open_no_changeset(app: Flask, desk: Desk, role: str) -> None:
    dossier = desk.begun()
    desk.session.commit()
    add_user(desk.session, "somebody", {role: []})
    assert opened(sit(app, "somebody"), dossier).status_code == 404
    assert opened(Browser(app), dossier).status_code == 401
    assert edits.open_of(desk.session, dossier.id) is None


@pytest.mark.parametrize(
    ("kind", "begun", "code"),
    [
        ("mortgage", True, "no_map_work"),
        ("split", False, "dossier_not_in_progress"),
    ],
)
def test_dossier_without_work_on_the_map_opens_none(
    officer: Browser, desk: Desk, kind: str, begun: bool, code: str
) -> None:
    dossier = desk.begun(kind) if begun else desk.receive(kind)
    desk.session.commit()
    refused = opened(officer, dossier)
    assert (refused.status_code, refused.json["code"]) == (422, code)
    assert edits.open_of(desk.session, dossier.id) is None


def test_changeset_without_papers_is_not_submitted_and_nothing_is_written(
    officer: Browser, desk: Desk
) -> None:
    dossier = desk.begun(papers=False)
    for paper in ("form", "certificate"):
        desk.attach(dossier, paper)
    draft = desk.drawn(dossier)
    desk.session.commit()
    before = dossier.version, draft.version, len(lines(desk, dossier))
    desk.session.commit()
    said = {"version": draft.version, "note": "theo bản vẽ"}
    checked = send(officer, f"changesets/{draft.id}/check", {}).json["issues"]
    refused = send(officer, f"changesets/{draft.id}/submit", said)
    assert (refused.status_code, refused.json["code"]) == (422, "issues_block")
    for issues in (checked, refused.json["issues"]):
        (issue,) = [one for one in issues if one["severity"] == "block"]
        assert issue["rule"] == "paper_missing"
        assert "Bản vẽ đo đạc" in issue["message"]
    desk.session.commit()
    assert (dossier.version, draft.version, len(lines(desk, dossier))) == before
    assert (draft.status, dossier.is_submitted, claims(desk)) == ("draft", False, 0)
    desk.attach(dossier, "survey")
    desk.session.commit()
    assert send(officer, f"changesets/{draft.id}/submit", said).json["status"] == "submitted"
    desk.session.commit()
    assert dossier.is_submitted


def test_all_that_is_missing_is_named_at_once(officer: Browser, desk: Desk) -> None:
    draft = desk.drawn(desk.begun("boundary", papers=False))
    desk.session.commit()
    refused = send(officer, f"changesets/{draft.id}/submit", {"version": draft.version, "note": "x"})
    rules = [one["rule"] for one in refused.json["issues"] if one["severity"] == "block"]
    assert rules == [*["paper_missing"] * 4, "notice_missing"]


def test_day_of_an_officer_and_an_approver(officer: Browser, approver: Browser, desk: Desk) -> None:
    """Begun, submitted, returned, submitted and approved as their browsers do it."""
    dossier = desk.begun()
    draft = desk.drawn(dossier)
    desk.session.commit()

    def do(browser: Browser, deed: str, **more: Any) -> str:
        done = send(browser, f"changesets/{draft.id}/{deed}", {"version": draft.version, **more})
        assert done.status_code == 200, done.json
        desk.session.commit()
        return str(done.json["status"])

    assert do(officer, "submit", note="theo bản vẽ") == "submitted"
    assert do(approver, "return", reason="đo lại góc đông") == "draft"
    assert "đo lại góc đông" in officer.get(f"/dossiers/{dossier.id}").text
    assert do(officer, "submit", note="đã đo lại") == "submitted"
    assert do(approver, "approve") == "approved"
    assert dossier.state is S.DONE
    assert kinds(desk, dossier) == [*RECEIPT, "submitted", "given_back", "submitted", "transition"]
    assert desk.town.eleven not in parcels(desk)


# The page of the dossier


@pytest.mark.parametrize("to", ["submission", "submission/return", "status"])
def test_page_leaves_it_to_the_editor(officer: Browser, approver: Browser, desk: Desk, to: str) -> None:
    """Also for who writes the form by hand: neither submitted nor returned nor approved there."""
    dossier = desk.begun() if to == "submission" else desk.submitted("split")
    desk.session.commit()
    before = dossier.version, dossier.is_submitted
    browser = officer if to == "submission" else approver
    form = {
        "csrf_token": browser.token(),
        "version": dossier.version,
        "form_token": str(uuid4()),
        "to": "9",
        "reason": "xem lại",
    }
    action = f"/dossiers/{dossier.id}/{to}"
    refused = browser.client.post(
        action, data=form, headers={"Accept": "application/json"}, environ_base=browser.environ
    )
    assert (refused.status_code, refused.json["code"]) == (422, "in_editor")
    assert browser.client.post(
        action, data=form, headers=browser.headers, environ_base=browser.environ
    ).status_code == 422  # fmt: skip
    desk.session.commit()
    assert (dossier.version, dossier.is_submitted, dossier.state) == (*before, S.IN_PROGRESS)


def test_page_leads_to_the_editor_instead(officer: Browser, approver: Browser, desk: Desk) -> None:
    dossier = desk.begun()
    desk.session.commit()

    def shown(browser: Browser) -> tuple[str, list[str]]:
        """What the page calls the editor, and the forms on it that it should not have."""
        page = browser.get(f"/dossiers/{dossier.id}").text
        link = re.search(rf'href="/dossiers/{dossier.id}/edit">([^<]+)', page)
        assert link
        return link[1], re.findall(r'action="[^"]*/(submission[^"]*)"|name="to" value="(9)"', page)

    assert shown(officer) == ("Mở trình sửa bản đồ", [])
    changeset = desk.send(desk.drawn(dossier))
    desk.session.commit()
    assert shown(officer) == ("Mở trình sửa bản đồ", [])
    assert shown(approver) == ("Xem trước, sau và duyệt", [])
    desk.approve(changeset)
    desk.session.commit()
    assert shown(officer) == ("Xem thay đổi trên bản đồ", [])
    assert shown(approver) == ("Xem thay đổi trên bản đồ", [])


def test_stopping_a_dossier_ends_its_claims(desk: Desk) -> None:
    dossier = desk.submitted("split")
    assert claims(desk) > 0
    desk.to(dossier, S.STOPPED, by=desk.approver)
    assert claims(desk) == 0
    assert editing.changeset_of(desk.session, dossier) is None, "a withdrawn changeset is nobody's any more"


def test_any_editor_withdraws_what_a_colleague_submitted(desk: Desk) -> None:
    colleague = add_user(desk.session, "tran.van.e", {"officer": ["26506"]})
    dossier = desk.begun("split")
    draft = desk.drawn(dossier)
    desk.withdraw(desk.send(draft, by=colleague))
    assert not dossier.is_submitted
    assert claims(desk) == 0


def test_land_that_the_dossier_is_not_about_is_for_the_approver_to_see(desk: Desk) -> None:
    dossier = desk.begun("split")
    draft = desk.drawn(dossier)
    dossier.parcels[0].parcel_id = uuid4()
    desk.session.flush()
    found = edits.checked(desk.session, draft, changes_of(draft), CASE)
    assert [one.severity for one in found if one.rule == "other_parcel"] == [Severity.REVIEW]
