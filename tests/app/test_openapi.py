"""The description of the API says what there is, no more and no less."""

import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate
from sqlalchemy.orm import Session

from app.edits.case import ALONE
from app.openapi.document import OPERATIONS
from layers import CATALOG
from tests.edits.land import make_office
from tests.edits.test_api import Editor, approver_of, split


def test_document_is_valid_openapi(client: FlaskClient) -> None:
    validate(client.get("/api/v1/openapi.json").get_json())


def test_every_address_for_programs_is_described_and_every_described_one_exists(app: Flask) -> None:
    there = {
        re.sub(r"<(?:\w+(?:\(.*?\))?:)?(\w+)>", r"{\1}", rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(("/api/", "/tiles/", "/styles/", "/healthz", "/readyz"))
    }
    assert there == {path for path, *_ in OPERATIONS}


def test_every_public_layer_has_a_schema_without_hidden_fields(client: FlaskClient) -> None:
    schemas = client.get("/api/v1/openapi.json").get_json()["components"]["schemas"]
    for name, layer in CATALOG.items():
        assert (name in schemas) == (layer.view is None)
        if layer.view is None:
            assert set(schemas[name]["properties"]) == {f.name for f in layer.fields if f.view is None}


def test_changesets_are_sent_and_answered_as_it_is_described(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    said = client.get("/api/v1/openapi.json").get_json()
    app.extensions["case"] = ALONE
    office = make_office(session)
    drafts = office.begin(), office.begin("HS-2")
    session.commit()
    lan, late = (Editor(app, "lan", one) for one in drafts)

    def answered(editor: Editor, path: str, body: Any = None, query: str = "", status: int = 200) -> None:
        one = said["paths"]["/api/v1/changesets/{changeset}" + path]
        response = editor.get(path + query) if body is None else editor.post(path[1:], body)
        assert response.status_code == status, response.json
        described = one["get" if body is None else "post"]
        if body and status == 200:
            assert_fits(body, described["requestBody"]["content"])
        assert_fits(response.json, described["responses"][str(status)]["content"])

    def assert_fits(value: Any, content: Any) -> None:
        (media,) = content.values()
        OAS31Validator(media["schema"] | {"components": said["components"]}).validate(value)

    answered(lan, "")
    answered(lan, "/operations", query=f"?selection=parcel:{office.parcels['1'].id}")
    answered(lan, "/features", query="?bbox=107,10,107.3,10.6")
    answered(lan, "/preview", split(office))
    answered(lan, "/steps", {**split(office), "version": lan.version})
    answered(lan, "/steps", {**split(office), "version": 0}, status=409)
    answered(lan, "/steps", {**split(office), "version": lan.version}, status=422)
    answered(lan, "/undo", {"version": lan.version})
    answered(lan, "/redo", {"version": lan.version})
    answered(lan, "/check", {})
    answered(lan, "/download")
    answered(late, "/steps", {**split(office), "version": late.version})
    answered(lan, "/submit", {"version": lan.version, "note": None})
    answered(late, "/submit", {"version": late.version}, status=409)
    hoa = approver_of(app, lan)
    answered(hoa, "/return", {"version": hoa.version, "reason": "Thiếu chữ ký"})
    lan.version = hoa.version
    answered(lan, "/submit", {"version": lan.version})
    hoa.version = lan.version
    answered(hoa, "/approve", {"version": hoa.version})
    answered(late, "/submit", {"version": late.version}, status=409)
    parcel = {"layer": "parcel", "id": str(office.parcels["1"].id), "keep": "theirs"}
    answered(late, "/rebase", {"version": late.version, "choices": [parcel]})
    answered(late, "/withdraw", {"version": late.version})
