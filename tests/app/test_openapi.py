"""The description of the API says what there is, no more and no less."""

import re

from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import validate

from app.openapi.document import OPERATIONS
from layers import CATALOG


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
