"""Overlaps in a coverage: known defects, kept in the layer `coverage_defect` and shown on the map.

Real cadastres have thousands of them. An import neither refuses nor mends them; it says where they are.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

from layers.layer import Layer, NoOverlap, Unique

DEFECTS = "coverage_defect"


def forget_overlaps(session: Session) -> None:
    """Take out the overlaps recorded so far, when the features in which they are go too."""
    session.execute(text(f"DELETE FROM {DEFECTS} WHERE kind = 'overlap'"))


def record_overlaps(
    session: Session, layer: Layer, rule: NoOverlap, *, files: list[str], first: int, last: int
) -> int:
    """Record where imported rows with ids `first` to `last` overlap one another or what was there.

    The rows are in the layer and in the table ``incoming`` (see `staging`). Each pair counts once.
    Areas are square metres of the plane of the legal CRS. Returns the number of pairs.
    """
    result = session.connection().execute(
        text(f"""
INSERT INTO {DEFECTS} (kind, parcels, area, found_in, geom)
SELECT 'overlap', {_name(layer, "new")} || ' – ' || {_name(layer, "old")}, ST_Area(shape),
       (CAST(:files AS text[]))[import_file + 1], ST_Multi(shape)
FROM (
  SELECT new, old, new.import_file, ST_CollectionExtract(ST_Intersection(new.geom, old.geom), 3) AS shape
  FROM incoming new JOIN {layer.id} old ON new.geom && old.geom
  WHERE new.fid BETWEEN :first AND :last
    AND (old.fid < new.fid OR NOT EXISTS (SELECT FROM incoming WHERE incoming.fid = old.fid))
    -- Neighbours that only touch are by far the most; telling them is cheaper than cutting them.
    AND ST_Relate(new.geom, old.geom, 'T********')
  OFFSET 0
) pairs WHERE ST_Area(shape) > :tolerance"""),
        {"files": files, "first": first, "last": last, "tolerance": rule.tolerance},
    )
    return result.rowcount


def _name(layer: Layer, row: str) -> str:
    """SQL for the short name of a feature, ``sheet/number``: what makes it unique, as its title has it."""
    unique = {name for one in layer.constraints if isinstance(one, Unique) for name in one.fields}
    shown = [
        field.name for field in layer.fields if field.name in unique and f"{{{field.name}}}" in layer.name
    ]
    return f"concat_ws('/', {', '.join(f'({row}).{name}' for name in shown or ['fid'])})"
