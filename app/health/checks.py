"""The checks of a deployment: each says what is wrong and how to mend it."""

from collections.abc import Callable
from dataclasses import dataclass

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.db import alembic_config, crs_of
from config import Config
from layers import CATALOG
from layers.crs import VN2000_CODES
from layers.layer import N_

TEST_VECTORS = (
    (427_000.0, 1_145_000.0, 107.085176259, 10.353230186),
    (436_000.0, 1_161_000.0, 107.167088192, 10.498047856),
    (478_000.0, 1_167_000.0, 107.550755088, 10.552769197),
    (374_000.0, 961_000.0, 106.606801236, 8.688454689),
)
"""E, N in EPSG:5899 and longitude, latitude in WGS 84 by Decision 05/2007/QĐ-BTNMT."""

TOLERANCE_DEGREES = 1e-8
"""About a millimetre."""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, as a code and a message id with values."""

    code: str
    sentence: str
    values: dict[str, object]


def schema(session: Session, config: Config) -> Finding | None:
    """The database is at the newest migration."""
    newest = ScriptDirectory.from_config(alembic_config(config)).get_current_head()
    current = MigrationContext.configure(session.connection()).get_current_revision()
    if current == newest:
        return None
    return Finding(
        "schema_old",
        N_("Cấu trúc cơ sở dữ liệu là {current}, cần {newest}. Chạy: diaba migrate"),
        {"current": current or "–", "newest": newest},
    )


def legal_crs(session: Session, _config: Config) -> Finding | None:
    """The tables are in the legal CRS that the settings name."""
    srid = session.scalar(text("SELECT Find_SRID('public', 'parcel', 'geom')"))
    if srid == crs_of(session).srid:
        return None
    return Finding(
        "legal_crs_differs",
        N_("Dữ liệu ở EPSG:{srid} nhưng cấu hình ghi {code}. Sửa DIABA_LEGAL_CRS cho khớp dữ liệu."),
        {"srid": srid, "code": crs_of(session).code},
    )


def transformation(session: Session, _config: Config) -> Finding | None:
    """PostGIS turns legal coordinates into WGS 84 as the pinned parameters do, to a millimetre."""
    crs = crs_of(session)
    centre = ((crs.bounds[0] + crs.bounds[2]) / 2, (crs.bounds[1] + crs.bounds[3]) / 2)
    vectors = [(*centre, *crs.to_wgs84(*centre))]
    if crs.epsg == 5899 and crs.epsg in VN2000_CODES:
        vectors = list(TEST_VECTORS)
    for easting, northing, lon, lat in vectors:
        point = session.execute(
            text(
                "SELECT ST_X(p), ST_Y(p) FROM (SELECT legal_to_wgs84("
                "ST_SetSRID(ST_MakePoint(:e, :n), :srid)) AS p) q"
            ),
            {"e": easting, "n": northing, "srid": crs.srid},
        ).one()
        if max(abs(point[0] - lon), abs(point[1] - lat)) > TOLERANCE_DEGREES:
            return Finding(
                "transformation_differs",
                N_("Phép chuyển VN-2000 sang WGS 84 sai tại E {e}, N {n}. Chạy: diaba migrate"),
                {"e": easting, "n": northing},
            )
    return None


def triggers(session: Session, _config: Config) -> Finding | None:
    """Every layer has the triggers that keep its history and its tile geometry."""
    query = text("SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid")
    kept = set(session.scalars(query))
    missing = [layer.id for layer in CATALOG.values() if layer.owns_table and layer.id not in kept]
    if not missing:
        return None
    return Finding(
        "triggers_missing",
        N_("Các bảng {tables} thiếu trigger. Chạy: diaba migrate"),
        {"tables": ", ".join(missing)},
    )


CHECKS: tuple[Callable[[Session, Config], Finding | None], ...] = (
    schema,
    legal_crs,
    transformation,
    triggers,
)


def findings(session: Session, config: Config) -> list[Finding]:
    """What is wrong with the deployment; empty when nothing is. A broken schema ends the round, since
    the other checks would only stumble over it."""
    found: list[Finding] = []
    for check in CHECKS:
        finding = check(session, config)
        if finding:
            found.append(finding)
            if check is schema:
                break
    return found
