"""Changesets over HTTP, as the editor calls them."""

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.edits.case import ALONE
from app.edits.models import Changeset
from tests.edits.land import Office, at, make_office
from tests.people import Browser, add_user
from tests.shapes import add, multi, square


@pytest.fixture
def office(session: Session) -> Office:
    return make_office(session)


class Editor:
    """Somebody's browser with a changeset open."""

    def __init__(self, app: Flask, name: str, changeset: Changeset) -> None:
        self.browser = Browser(app)
        self.browser.sign_in(name)
        self.csrf = self.browser.token()
        self.address = f"/api/v1/changesets/{changeset.id}"
        self.version = changeset.version

    def get(self, path: str = "") -> TestResponse:
        return self.browser.client.get(self.address + path, environ_base=self.browser.environ)

    def post(self, path: str, said: object) -> TestResponse:
        body = said if isinstance(said, str) else json.dumps(said)
        response = self.browser.client.post(
            f"{self.address}/{path}",
            data=body,
            content_type="application/json",
            headers={"X-CSRFToken": self.csrf},
            environ_base=self.browser.environ,
        )
        if response.status_code == 200 and "version" in response.json:
            self.version = response.json["version"]
        return response

    def step(self, office: Office, number: str = "1", **more: Any) -> TestResponse:
        return self.post("steps", {**split(office, number), "version": self.version, **more})


def split(office: Office, number: str = "1") -> dict[str, Any]:
    key = office.parcels[number]
    east = 20 * int(number) - 10
    return {
        "operation": "split_by_line",
        "selection": [{"layer": key.layer, "id": str(key.id)}],
        "parameters": {"line": at((east, -1), (east, 41))},
    }


@pytest.fixture
def lan(app: Flask, office: Office) -> Editor:
    """An officer with a draft that no dossier has a say in."""
    app.extensions["case"] = ALONE
    draft = office.begin()
    office.session.commit()
    return Editor(app, "lan", draft)


def approver_of(app: Flask, lan: Editor, name: str = "hoa") -> Editor:
    other = object.__new__(Editor)
    other.browser = Browser(app, "192.0.2.9")
    other.browser.sign_in(name)
    other.csrf, other.address, other.version = other.browser.token(), lan.address, lan.version
    return other


def test_a_day_of_an_officer_and_an_approver(app: Flask, office: Office, lan: Editor) -> None:
    made = lan.step(office).json
    assert [item["state"] for item in made["changes"]].count("made") == 2
    assert made["may"] == {"edit": True, "submit": True, "approve": False, "return": False, "withdraw": True}
    areas = [item["after"]["area"] for item in made["changes"] if item["state"] == "made"]
    assert areas == [400.0, 400.0]
    assert lan.post("check", {}).json == {"issues": []}
    assert lan.post("submit", {"version": lan.version}).json["status"] == "submitted"
    hoa = approver_of(app, lan)
    shown = hoa.get().json
    assert shown["may"]["approve"]
    assert not shown["may"]["edit"]
    done = hoa.post("approve", {"version": hoa.version}).json
    assert (done["status"], done["approver"]) == ("approved", "Người hoa")
    assert sorted(
        item["after"]["attributes"]["number"] for item in done["changes"] if item["state"] == "made"
    ) == [
        "4",
        "5",
    ]
    assert office.numbers() == ["2", "3", "4", "5"]


def test_preview_keeps_nothing(office: Office, lan: Editor) -> None:
    said = lan.post("preview", split(office)).json
    assert len(said["changes"]) == 4
    assert said["issues"] == []
    assert lan.get().json["steps"] == []


def test_undo_and_redo(office: Office, lan: Editor) -> None:
    lan.step(office)
    undone = lan.post("undo", {"version": lan.version}).json
    assert (undone["steps"], [one["title"] for one in undone["redo"]]) == ([], ["Tách theo đường vẽ"])
    assert len(lan.post("redo", {"version": lan.version}).json["steps"]) == 1


def test_a_second_window_gets_the_current_state_instead_of_winning(office: Office, lan: Editor) -> None:
    seen = lan.version
    lan.step(office)
    stale = lan.post("steps", {**split(office, "2"), "version": seen})
    assert (stale.status_code, stale.json["code"]) == (409, "changeset_stale")
    assert stale.json["current"]["version"] == lan.version
    assert len(lan.get().json["steps"]) == 1


def test_blocking_issues_come_back_with_their_place(office: Office, lan: Editor) -> None:
    key = office.parcels["1"]
    renumber = {
        "operation": "renumber",
        "selection": [{"layer": "parcel", "id": str(key.id)}],
        "parameters": {"sheet": "1", "number": "2"},
    }
    assert lan.post("steps", {**renumber, "version": lan.version}).status_code == 200
    refused = lan.post("submit", {"version": lan.version})
    assert (refused.status_code, refused.json["code"]) == (422, "issues_block")
    (issue,) = refused.json["issues"]
    assert issue["message"] == "Tờ 1 đã có thửa số 2."
    assert issue["geometry"]["type"] == "Polygon"


def test_a_moved_register_comes_back_with_mine_and_theirs(office: Office, lan: Editor) -> None:
    lan.step(office)
    other = office.begin("HS-2", office.colleague)
    other = office.step(other, "set_attributes", "1", by=office.colleague, values={"address": "1 Lê Lợi"})
    office.approved(other)
    office.session.commit()
    moved = lan.post("submit", {"version": lan.version})
    assert (moved.status_code, moved.json["code"]) == (409, "register_moved")
    (one,) = moved.json["conflicts"]
    assert (one["mine"], one["theirs"]["attributes"]["address"]) == (None, "1 Lê Lợi")
    choices = [{"layer": "parcel", "id": one["id"], "keep": "mine"}]
    assert lan.post("rebase", {"version": lan.version, "choices": choices}).status_code == 200
    assert lan.post("submit", {"version": lan.version}).json["status"] == "submitted"


def test_the_draft_can_always_be_taken_away(office: Office, lan: Editor) -> None:
    lan.step(office)
    response = lan.get("/download")
    assert response.headers["Content-Disposition"].startswith("attachment;")
    said = json.loads(response.text)
    assert (said["crs"], len(said["steps"])) == ("EPSG:5899", 1)


def test_operations_say_why_they_cannot_be_done(office: Office, lan: Editor) -> None:
    none = {one["id"]: one for one in lan.get("/operations?selection=").json["operations"]}
    assert (none["draw"]["available"], none["merge"]["available"]) == (True, False)
    assert none["merge"]["reason"] == "Chọn ít nhất hai thửa."
    one = f"parcel:{office.parcels['1'].id}"
    assert not {op["id"]: op for op in lan.get(f"/operations?selection={one}").json["operations"]}["draw"][
        "available"
    ]


def test_areas_of_the_view_are_given_with_their_exact_corners(office: Office, lan: Editor) -> None:
    lan.step(office)
    bounds = lan.get().json["bounds"]
    said = lan.get("/features?bbox=" + ",".join(str(side) for side in bounds)).json
    labels = sorted(one["label"] for one in said["features"])
    assert labels == ["1/2", "1/3", "Lê Lợi", "Thửa mới", "Thửa mới"], "the road reaches along all of them"
    corners = {tuple(p) for one in said["features"] for ring in _rings(one["legal"]) for p in ring}
    assert tuple(at((10, 0))[0]) in corners


def _rings(legal: dict[str, Any]) -> list[Any]:
    parts = legal["coordinates"] if legal["type"] == "MultiPolygon" else [legal["coordinates"]]
    return [ring for part in parts for ring in part]


# Bad input: a sentence and a code, nothing written


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ("{", 422, "not_json"),
        ("[1]", 400, "not_json"),
        ('{"version": NaN}', 422, "not_json"),
        ('{"version": 1, "version": 2}', 422, "repeated_name"),
        ('{"version": 1}', 422, "wrong_members"),
        ('{"a":' * 100 + "1" + "}" * 100, 422, "too_deep"),
    ],
)
def test_strange_json_is_refused(office: Office, lan: Editor, said: str, status: int, code: str) -> None:
    response = lan.post("steps", said)
    assert (response.status_code, response.json["code"]) == (status, code)
    assert lan.get().json["steps"] == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"version": "1"}, "bad_version"),
        ({"operation": "drop table"}, "unknown_operation"),
        ({"selection": "parcel"}, "bad_selection"),
        ({"selection": [{"layer": "account", "id": "1"}]}, "bad_selection"),
        (
            {"selection": [{"layer": "parcel", "id": "00000000-0000-0000-0000-000000000000"}]},
            "feature_not_there",
        ),
        ({"parameters": {"line": [[1e400, 0], [0, 0]]}}, "not_json"),
        ({"parameters": {"line": [["430000", 1145000], [0, 0]]}}, "not_a_number"),
        ({"parameters": {"line": at((30, -1), (30, 41))}}, "line_misses"),
        ({"status": "approved"}, "wrong_members"),
    ],
)
def test_what_does_not_fit_is_named(office: Office, lan: Editor, change: dict[str, Any], code: str) -> None:
    response = lan.post("steps", {**split(office), "version": lan.version, **change})
    assert (response.status_code, response.json["code"]) == (422, code), response.text
    assert response.json["detail"]
    assert lan.get().json["steps"] == []


def test_a_million_vertices_are_refused_before_they_are_read(office: Office, lan: Editor) -> None:
    line = [[430_000 + n / 1000, 1_145_000] for n in range(60_000)]
    assert lan.step(office, parameters={"line": line}).json["code"] == "too_large"


# Who may


def test_strangers_see_nothing(app: Flask, office: Office, lan: Editor) -> None:
    assert app.test_client().get(lan.address).status_code == 401
    add(office.session, "commune", multi(square(1000, 0)), code="26560", name="Bà Rịa", kind="ward")
    add_user(office.session, "dan", {"citizen": []})
    add_user(office.session, "xa", {"officer": ["26560"]})
    for name in ("dan", "xa"):
        stranger = approver_of(app, lan, name)
        assert stranger.get().status_code == 403
        assert stranger.step(office).status_code == 403
        assert stranger.get("/download").status_code == 403


def test_a_request_from_elsewhere_is_refused(office: Office, lan: Editor) -> None:
    lan.csrf = "wrong"
    assert lan.step(office).status_code == 403


def test_author_cannot_approve_over_http(office: Office, lan: Editor) -> None:
    lan.step(office)
    lan.post("submit", {"version": lan.version})
    refused = lan.post("approve", {"version": lan.version})
    assert (refused.status_code, refused.json["code"]) == (403, "four_eyes")


def test_return_needs_a_reason(app: Flask, office: Office, lan: Editor) -> None:
    lan.step(office)
    lan.post("submit", {"version": lan.version})
    hoa = approver_of(app, lan)
    assert hoa.post("return", {"version": hoa.version, "reason": " "}).json["code"] == "reason_missing"
    assert hoa.post("return", {"version": hoa.version, "reason": "Thiếu bản vẽ"}).json["status"] == "draft"
