"""Alive, ready, and what is said when something is not as it should be."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.health.checks import findings
from config import Config


def test_sound_deployment_is_ready(client: FlaskClient, session: Session, config: Config) -> None:
    assert client.get("/healthz").get_json() == {"status": "ok"}
    assert client.get("/readyz").get_json() == {"status": "ok", "findings": []}
    assert findings(session, config) == []


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        ("UPDATE alembic_version SET version_num = '0001'", "schema_old"),
        ("DROP TRIGGER parcel_insert ON parcel; DROP TRIGGER parcel_update ON parcel;"
         " DROP TRIGGER parcel_delete ON parcel; DROP TRIGGER parcel_truncate ON parcel;"
         " DROP TRIGGER parcel_counted ON parcel", "triggers_missing"),
        ("CREATE OR REPLACE FUNCTION legal_to_wgs84(geometry) RETURNS geometry LANGUAGE sql AS"
         " 'SELECT ST_Transform($1, 4326)'", "transformation_differs"),
        ("SELECT UpdateGeometrySRID('parcel', 'geom', 9210)", "legal_crs_differs"),
    ],
)  # fmt: skip
def test_damage_is_named_and_the_service_is_not_ready(
    client: FlaskClient, session: Session, damage: str, code: str
) -> None:
    session.execute(text(damage))
    session.commit()
    response = client.get("/readyz")
    assert response.status_code == 503
    assert code in [one["code"] for one in response.get_json()["findings"]]
    assert client.get("/healthz").status_code == 200
