"""What the database does by itself for every layer: identity, history, tile geometry, refusals."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from app.db import tables_of
from layers import CATALOG
from layers.layer import Layer
from tests.shapes import add, add_parcel, multi, point, square

OWNED = [layer for layer in CATALOG.values() if layer.owns_table]


@pytest.mark.parametrize("layer", OWNED, ids=lambda one: one.id)
def test_current_and_history_tables_have_one_shape(session: Session, layer: Layer) -> None:
    columns = text(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = to_regclass(:t) AND attnum > 0 ORDER BY attnum"
    )
    current = session.execute(columns, {"t": layer.id}).all()
    history = session.execute(columns, {"t": f"{layer.id}_history"}).all()
    assert current == history
    assert [name for name, _ in current] == [
        column.name for column in tables_of(session)[layer.id].current.columns
    ]


def test_update_keeps_identity_counts_version_and_keeps_the_old_row(session: Session) -> None:
    parcel = add_parcel(session, "12", square())
    session.execute(text("UPDATE parcel SET number = '13', id = gen_random_uuid(), fid = 77, version = 99"))
    row = session.execute(text("SELECT id, number, version, fid, recorded_to FROM parcel")).one()
    old = session.execute(text("SELECT id, number, version, fid, recorded_to FROM parcel_history")).one()
    assert (row.id, row.number, row.version, row.recorded_to) == (parcel, "13", 2, None)
    assert (old.id, old.number, old.version, old.fid) == (parcel, "12", 1, row.fid)
    assert old.recorded_to is not None


@pytest.mark.parametrize("statement", ["DELETE FROM parcel", "TRUNCATE parcel"])
def test_removed_rows_stay_in_the_history_and_leave_the_tiles(session: Session, statement: str) -> None:
    add_parcel(session, "1", square())
    add_parcel(session, "2", square(east=10))
    session.execute(text(statement))
    assert session.scalar(text("SELECT count(*) FROM parcel_history")) == 2
    assert session.scalar(text("SELECT count(*) FROM parcel_tile")) == 0


def test_tile_geometry_follows_every_change(session: Session) -> None:
    add_parcel(session, "1", square())
    session.execute(text("UPDATE parcel SET geom = ST_Translate(geom, 100, 0)"))
    moved = session.scalar(
        text("SELECT ST_XMin(mercator_to_legal(t.geom)) - ST_XMin(p.geom) FROM parcel_tile t"
             " JOIN parcel p USING (fid)")
    )  # fmt: skip
    assert moved == pytest.approx(0, abs=1e-3)


def test_identifiers_are_never_given_twice(session: Session) -> None:
    add_parcel(session, "1", square())
    first = session.scalar(text("SELECT fid FROM parcel"))
    session.execute(text("DELETE FROM parcel"))
    add_parcel(session, "1", square())
    assert session.scalar(text("SELECT fid FROM parcel")) > first


#   a     c     BOWTIE: its edges cross in the middle
#   │ ╲ ╱ │
#   │ ╱ ╲ │
#   b     d
BOWTIE = "POLYGON((430000 1145000,430010 1145010,430010 1145000,430000 1145010,430000 1145000))"


@pytest.mark.parametrize(
    ("fields", "geometry"),
    [
        ({}, BOWTIE),
        ({}, "POLYGON EMPTY"),
        ({"land_use": "XYZ"}, square()),
        ({"legal_area": -1}, square()),
        ({"number": ""}, square()),
        ({"sheet": None}, square()),
        ({"valid_from": "2026-02-01", "valid_to": "2026-02-01"}, square()),
    ],
)
def test_database_refuses_what_would_make_the_register_wrong(
    session: Session, fields: dict[str, object], geometry: str
) -> None:
    with pytest.raises(IntegrityError):
        add_parcel(session, **{"number": "1", "geometry": geometry} | fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("geometry", [point(), multi(square()), "POLYGON Z((0 0 1,1 0 1,1 1 1,0 0 1))"])
def test_database_refuses_another_kind_of_geometry(session: Session, geometry: str) -> None:
    with pytest.raises(DBAPIError):
        add_parcel(session, "1", geometry)


def test_two_parcels_cannot_have_one_number_on_one_sheet(session: Session) -> None:
    add_parcel(session, "1", square())
    with pytest.raises(IntegrityError):
        add_parcel(session, "1", square(east=20))


def test_invalid_shape_on_a_layer_without_legal_force_is_mended_for_tiles_only(session: Session) -> None:
    add(session, "flood_area", multi(BOWTIE))
    kept = session.execute(
        text("SELECT ST_IsValid(f.geom), ST_IsValid(t.geom), ST_Area(t.geom) > 40 FROM flood_area f"
             " JOIN flood_area_tile t USING (fid)")
    ).one()  # fmt: skip
    assert tuple(kept) == (False, True, True)


def test_former_communes_are_closed_rows_and_not_corrections(session: Session) -> None:
    table = tables_of(session)["commune"].history
    assert table is not None
    for code, closed in (("1", "2025-07-01"), ("2", None)):
        session.execute(
            text("INSERT INTO commune_history (id, fid, version, valid_from, valid_to, code, name, geom)"
                 " VALUES (gen_random_uuid(), 1, 1, '2003-01-01', :closed, :code, 'Phường 1',"
                 " ST_Multi(ST_GeomFromText(:shape, 5899)))"),
            {"code": code, "closed": closed, "shape": square()},
        )  # fmt: skip
    add(session, "commune", multi(square()), code="26506", name="Phường Vũng Tàu")
    session.execute(text("UPDATE commune SET name = 'Phường Vũng Tàu (sửa)'"))
    assert session.scalars(text("SELECT code FROM former_commune")).all() == ["1"]


@pytest.mark.parametrize(
    "text_",
    ["Nguyễn Trãi", "nguyen trai", "NGUYỄN TRÃI", "Nguye\u0302\u0303n Tra\u0303i"],
)
def test_folding_ignores_case_marks_and_normal_form(session: Session, text_: str) -> None:
    assert session.scalar(text("SELECT fold(:t)"), {"t": text_}) == "nguyen trai"


def test_folding_takes_d_with_stroke_for_d(session: Session) -> None:
    assert session.scalar(text("SELECT fold('Đường Đồng Đen')")) == "duong dong den"
