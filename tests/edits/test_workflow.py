"""From a draft to the register: submitting, claiming, four eyes, approving, and what is left behind."""

import json
from datetime import date, timedelta

import pytest
import shapely
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.audit.chain import verify
from app.audit.models import AuditEntry
from app.edits import register, workflow
from app.edits.drafts import changes_of
from app.edits.refusal import OperationError
from app.edits.workflow import Blocked, RegisterMoved, Stale
from app.errors import Conflict, Forbidden, Unprocessable
from tests.edits.land import COMMUNE, START, Office, at, make_office, parcel_ids
from tests.people import add_user
from tests.shapes import E, N, add, add_parcel, multi, square


@pytest.fixture
def office(session: Session) -> Office:
    return make_office(session)


# Drafting


def test_a_draft_stands_apart_from_the_register(office: Office) -> None:
    before = parcel_ids(office.session)
    draft = office.split(office.begin())
    assert len(changes_of(draft)) == 3 + 1, "one ends, two begin, and the road gets a vertex"
    assert parcel_ids(office.session) == before
    assert office.count("parcel_history") == 0


def test_a_dossier_has_one_open_changeset(office: Office) -> None:
    one = office.begin()
    again = workflow.begin(
        office.session, office.colleague, dossier=one.dossier, code="HS-1", commune=COMMUNE
    )
    assert again.id == one.id


def test_steps_build_on_one_another_and_undo_goes_back_through_all(office: Office) -> None:
    draft = office.split(office.begin())
    pieces = [one.key for one in changes_of(draft).made]
    office.parcels |= {"west": pieces[0], "east": pieces[1]}
    draft = office.step(draft, "merge", "west", "east")
    (event,) = changes_of(draft).events()
    assert (event.kind, event.parents) == ("renewal", (office.parcels["1"],))
    for expected in (3, 0):
        draft = workflow.undo(office.session, office.officer, draft.id, version=draft.version)
        assert len(changes_of(draft).made) + len(changes_of(draft).retired) == expected
    again = workflow.undo(office.session, office.officer, draft.id, version=draft.version)
    assert again.version == draft.version, "there is nothing more to undo"
    for _ in range(2):
        draft = workflow.redo(office.session, office.officer, draft.id, version=draft.version)
    assert changes_of(draft).events() == (event,)


def test_a_new_step_takes_the_place_of_what_was_undone(office: Office) -> None:
    draft = office.split(office.begin())
    draft = workflow.undo(office.session, office.officer, draft.id, version=draft.version)
    draft = office.split(draft, "2", 30)
    assert [step["selection"][0]["id"] for step in draft.steps] == [str(office.parcels["2"].id)]


def test_an_old_version_is_refused_with_the_current_one(office: Office) -> None:
    draft = office.begin()
    seen = draft.version
    office.split(draft)
    with pytest.raises(Stale) as caught:
        workflow.undo(office.session, office.officer, draft.id, version=seen)
    assert caught.value.current.version == seen + 1
    assert caught.value.current.done == 1


def test_who_may_not_read_learns_nothing_from_an_old_version(office: Office) -> None:
    draft = office.split(office.begin())
    stranger = add_user(office.session, "dan", {"citizen": []})
    for deed in (workflow.undo, workflow.withdraw, workflow.approve):
        with pytest.raises(Forbidden):
            deed(office.session, stranger, draft.id, version=0)


def test_who_may_not_edit_in_the_commune_cannot_draft_there(office: Office) -> None:
    draft = office.begin()
    with pytest.raises(Forbidden):
        office.step(draft, "split_by_line", "1", by=office.approver, line=at((10, -1), (10, 41)))


def test_a_limit_to_a_commune_binds_the_parcels_and_not_the_draft_alone(office: Office) -> None:
    add(office.session, "commune", multi(square(400, 0)), code="26560", name="Bà Rịa", kind="ward")
    here = add_user(office.session, "here", {"officer": [COMMUNE]})
    decides = add_user(office.session, "decides", {"approver": [COMMUNE]})
    office.session.execute(text("UPDATE parcel SET commune_code = '26560' WHERE number = '2'"))
    draft = office.begin(by=here)
    with pytest.raises(Forbidden, match="other_commune"):
        office.step(draft, "split_by_line", "2", by=here, line=at((30, -1), (30, 41)))
    draft = office.submit(office.split(draft, "2", 30))
    with pytest.raises(Forbidden, match="other_commune"):
        workflow.approve(office.session, decides, draft.id, version=draft.version)


def test_a_feature_that_is_gone_cannot_be_selected(office: Office) -> None:
    draft = office.split(office.begin())
    with pytest.raises(OperationError, match="feature_not_there"):
        office.split(draft)


# Submitting


def test_an_empty_draft_is_not_submitted(office: Office) -> None:
    with pytest.raises(Unprocessable, match="nothing_changed"):
        office.submit(office.begin())


def test_the_second_to_submit_hears_of_the_first_and_keeps_the_draft(office: Office) -> None:
    first, second = office.split(office.begin("HS-1")), office.split(office.begin("HS-2"), east=5)
    assert [one.dossier_code for one in workflow.others_over(office.session, first, changes_of(first))] == [
        "HS-2"
    ]
    office.submit(first)
    office.session.commit()
    with pytest.raises(Conflict, match="parcels_claimed") as caught:
        office.submit(second)
    assert caught.value.values["dossiers"] == "HS-1"
    office.session.rollback()
    assert (second.status, second.done) == ("draft", 1)


def test_a_neighbour_whose_boundary_moves_is_claimed_too(office: Office) -> None:
    #   1 │ 2: their boundary goes 2 m to the east
    draft = office.step(
        office.begin(), "move_boundary", "1", "2", distance=2, into=str(office.parcels["2"].id)
    )
    office.submit(draft)
    other = office.split(office.begin("HS-2"), "2", 30)
    with pytest.raises(Conflict, match="parcels_claimed"):
        office.submit(other)


def test_dossiers_along_one_road_do_not_wait_for_each_other(office: Office) -> None:
    """Each gives the road a vertex; the road as it has become has the vertices of all."""
    drafts = [office.split(office.begin(f"HS-{one}"), str(one), 20 * one - 10) for one in (1, 2, 3)]
    assert workflow.others_over(office.session, drafts[0], changes_of(drafts[0])) == []
    for draft in [office.submit(draft) for draft in drafts]:
        office.approve(draft)
    road = register.features(office.session, [office.road])[office.road]
    assert road.version == 4
    assert {(east - E, north - N) for east, north in shapely.get_coordinates(road.geometry)} >= {
        (10, 0), (30, 0), (50, 0),
    }  # fmt: skip


def test_a_road_that_moved_away_is_a_conflict(office: Office) -> None:
    draft = office.split(office.begin())
    office.session.execute(
        text("UPDATE road_surface SET geom = ST_Translate(geom, 0, -1) WHERE id = :id"),
        {"id": office.road.id},
    )
    with pytest.raises(RegisterMoved) as caught:
        office.submit(draft)
    assert [change.key for change, _ in caught.value.conflicts] == [office.road]


def test_a_claim_ends_after_its_time(office: Office) -> None:
    office.submit(office.split(office.begin()))
    office.session.execute(text("UPDATE claim SET until = now() - interval '1 second'"))
    assert office.submit(office.split(office.begin("HS-2"), east=5)).status == "submitted"


def test_a_withdrawn_changeset_frees_what_it_claimed(office: Office) -> None:
    draft = office.submit(office.split(office.begin()))
    workflow.withdraw(office.session, office.officer, draft.id, version=draft.version)
    assert office.count("claim") == 0
    assert office.submit(office.split(office.begin("HS-2"), east=5)).status == "submitted"


def test_what_has_to_be_looked_at_needs_a_reason(office: Office) -> None:
    #   the middle third of parcel 1 has no road: it is cut off from the south
    draft = office.step(office.begin(), "split_by_line", "1", line=at((-1, 20), (21, 20)))
    office.session.commit()
    with pytest.raises(Blocked) as caught:
        office.submit(draft, note=" ")
    assert caught.value.code == "reason_missing"
    assert {one.rule for one in caught.value.issues} == {"no_access"}
    office.session.rollback()
    assert office.submit(draft, note="có lối đi chung").reason == "có lối đi chung"


def test_a_taken_number_blocks(office: Office) -> None:
    draft = office.step(office.begin(), "renumber", "1", sheet="1", number="2")
    with pytest.raises(Blocked) as caught:
        office.submit(draft)
    assert [(one.severity.value, one.rule) for one in caught.value.issues] == [("block", "number_taken")]


def test_land_outside_the_commune_blocks(office: Office) -> None:
    rings = [at((390, 0), (410, 0), (410, 20), (390, 20))]
    draft = office.step(
        office.begin(),
        "draw",
        rings=rings,
        attributes={"sheet": "1", "commune_code": COMMUNE, "land_use": "ODT"},
    )
    with pytest.raises(Blocked) as caught:
        office.submit(draft)
    (issue,) = [one for one in caught.value.issues if one.rule == "outside_commune"]
    assert issue.geometry is not None
    assert issue.geometry.area == pytest.approx(200)


# Deciding


def test_approving_writes_the_register_at_once(office: Office) -> None:
    draft = office.approved(office.split(office.begin()), date(2026, 3, 5))
    assert draft.status == "approved"
    assert office.numbers() == ["2", "3", "4", "5"]
    parent = office.parcels["1"]
    came, went = register.lineage(office.session, parent)
    assert came == []
    assert [(one.kind, one.on, one.parents, len(one.children)) for one in went] == [
        ("split", date(2026, 3, 5), (parent,), 2)
    ]
    for child in went[0].children:
        assert register.lineage(office.session, child) == (went, [])
    codes = office.session.execute(
        text("SELECT parcel_code FROM parcel WHERE number IN ('4', '5')")
    ).scalars()
    assert all(len(code) == 12 and code.startswith("w3u4") for code in codes)
    assert office.count("claim") == 0


def test_shared_boundaries_have_the_same_vertices_afterwards(office: Office) -> None:
    office.approved(office.split(office.begin()))
    areas = register.areas_in(office.session, [(0, 0, 1e6, 1e7)])
    shapes = [part for one in areas for part in shapely.get_parts(one.geometry)]
    assert shapely.coverage_is_valid(shapes)
    assert sum(one.area for one in shapes) == pytest.approx(60 * 50)


def test_the_tiles_of_what_changed_are_put_into_the_outbox(office: Office) -> None:
    office.approved(office.split(office.begin()))
    rows = office.session.execute(
        text("SELECT layer, old_box IS NOT NULL, new_box IS NOT NULL FROM tile_outbox ORDER BY 1, 2, 3")
    ).all()
    made, gone = ("parcel", False, True), ("parcel", True, False)
    assert [tuple(row) for row in rows] == [made, made, gone, ("road_surface", True, True)]
    assert office.count("parcel_tile") == office.count("parcel") == 4


def test_the_audit_has_what_was_done(office: Office) -> None:
    draft = office.approved(office.split(office.begin()))
    (entry,) = office.session.scalars(select(AuditEntry))
    assert (entry.actor, entry.action, entry.subject) == (office.approver.id, "approve", str(draft.id))
    assert len(json.loads(entry.payload)["changes"]) == 4
    assert verify(office.session) == (1, None)


def test_nobody_decides_on_their_own_work(office: Office) -> None:
    lan = office.officer
    draft = office.split(office.begin())
    draft = workflow.take_step(
        office.session, office.colleague, draft.id, version=draft.version, operation="set_attributes",
        selection=[office.parcels["2"]], parameters={"values": {"address": "5 Lê Lợi"}},
    )  # fmt: skip
    draft = office.submit(draft)
    for one in (lan, office.colleague):
        with pytest.raises(Forbidden, match="four_eyes"):
            workflow.approve(office.session, one, draft.id, version=draft.version)
    assert office.approve(draft).approver_id == office.approver.id


def test_the_database_itself_keeps_four_eyes(office: Office) -> None:
    draft = office.submit(office.split(office.begin()))
    statement = text("UPDATE changeset SET status = 'approved', approver_id = author_id WHERE id = :id")
    with pytest.raises(IntegrityError, match="ck_changeset_four_eyes"):
        office.session.execute(statement, {"id": draft.id})


def test_a_returned_draft_says_why_and_can_be_submitted_again(office: Office) -> None:
    draft = office.submit(office.split(office.begin()))
    draft = workflow.send_back(
        office.session, office.approver, draft.id, version=draft.version, reason="Thiếu bản vẽ"
    )
    assert (draft.status, draft.reason, office.count("claim")) == ("draft", "Thiếu bản vẽ", 0)
    assert office.approved(draft).status == "approved"


def test_what_was_decided_stays(office: Office) -> None:
    draft = office.approved(office.split(office.begin()))
    with pytest.raises(Conflict, match="wrong_status"):
        office.approve(draft)
    with pytest.raises(Conflict, match="wrong_status"):
        workflow.withdraw(office.session, office.officer, draft.id, version=draft.version)


def test_a_register_that_moved_on_is_refused_at_approval_and_the_draft_can_be_put_upon_it(
    office: Office,
) -> None:
    draft = office.submit(office.split(office.begin()))
    office.session.execute(text("UPDATE parcel SET address = '1 Lê Lợi' WHERE number = '1'"))
    with pytest.raises(RegisterMoved) as caught:
        office.approve(draft)
    ((change, now),) = caught.value.conflicts
    assert (change.key, now and now.attributes["address"]) == (office.parcels["1"], "1 Lê Lợi")
    draft = workflow.send_back(
        office.session, office.approver, draft.id, version=draft.version, reason="Xem lại"
    )
    mine = {office.parcels["1"]: "mine"}
    draft = workflow.rebase(office.session, office.officer, draft.id, version=draft.version, keep=mine)
    assert office.approved(draft).status == "approved"
    assert office.numbers() == ["2", "3", "4", "5"]


def test_leaving_theirs_takes_the_parcel_out_of_the_draft(office: Office) -> None:
    draft = office.step(office.begin(), "set_attributes", "1", values={"address": "của tôi"})
    office.session.execute(text("UPDATE parcel SET address = 'của sổ' WHERE number = '1'"))
    draft = workflow.rebase(office.session, office.officer, draft.id, version=draft.version, keep={})
    assert len(changes_of(draft)) == 0


# Numbers


def test_numbers_follow_the_highest_that_the_sheet_ever_had(office: Office) -> None:
    add_parcel(office.session, "9", square(200, 0))
    office.session.execute(text("DELETE FROM parcel WHERE number = '9'"))
    office.approved(office.split(office.begin()))
    assert office.numbers() == ["2", "3", "10", "11"]
    office.approved(office.split(office.begin("HS-2"), "2", 30))
    assert office.numbers() == ["3", "10", "11", "12", "13"]


def test_a_number_that_an_officer_gave_is_not_given_again(office: Office) -> None:
    office.approved(office.split(office.begin()))
    office.approved(office.step(office.begin("HS-2"), "renumber", "3", sheet="1", number="6"))
    office.approved(office.split(office.begin("HS-3"), "2", 30))
    assert office.numbers() == ["4", "5", "6", "7", "8"]


# Time


def test_any_day_can_be_asked_for(office: Office) -> None:
    split_on = date(2026, 3, 5)
    draft = office.approved(office.split(office.begin()), split_on)
    parent = office.parcels["1"]
    (child, _) = (one.key for one in changes_of(draft).made)
    before = split_on - timedelta(days=1)
    begin = date.fromisoformat(START)
    valid = {
        (key, day): register.as_of(office.session, key, day) is not None
        for key in (parent, child)
        for day in (begin - timedelta(days=1), begin, before, split_on, date(2099, 1, 1))
    }
    assert [valid[parent, day] for day in (begin - timedelta(days=1), begin, before, split_on)] == [
        False, True, True, False,
    ]  # fmt: skip
    assert [valid[child, day] for day in (before, split_on, date(2099, 1, 1))] == [False, True, True]


def test_two_changes_on_one_day_leave_one_state_of_that_day(office: Office) -> None:
    day = date(2026, 3, 5)
    for address in ("một", "hai"):
        draft = office.step(office.begin(address), "set_attributes", "1", values={"address": address})
        office.approved(draft, day)
    states = register.states(office.session, office.parcels["1"])
    assert [one.feature.attributes["address"] for one in states if register.was_valid(one, day)] == ["hai"]
    assert [one.feature.attributes["address"] for one in states] == ["hai", "một", None]


def test_what_was_known_at_an_instant_can_be_asked_for(office: Office) -> None:
    key = office.parcels["1"]
    older = "UPDATE parcel SET recorded_from = now() - interval '2 hours'"
    office.session.execute(
        text(f"SET session_replication_role = replica; {older}; RESET session_replication_role")
    )
    earlier = register.states(office.session, key)[0].recorded_from + timedelta(hours=1)
    office.approved(office.split(office.begin()))
    day = workflow.today()
    assert register.as_of(office.session, key, day) is None
    assert register.as_of(office.session, key, day, recorded=earlier) is not None
