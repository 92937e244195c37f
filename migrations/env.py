"""How Alembic runs here: on the database of the settings, with the tables of all declarations.

Before the migrations run, the ground (extensions, CRS rows, functions) is laid; after them the
triggers of the layers are written anew. Both follow from the declarations and may be repeated.
"""

from collections.abc import Iterable
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from geoalchemy2 import Geometry
from sqlalchemy import Connection, MetaData
from sqlalchemy.schema import SchemaItem

import app.models  # noqa: F401 - every model must be known
from app.db import Base, layer_tables, legal_crs, make_engine
from config import Config
from layers import CATALOG
from layers.tables import ground_statements, trigger_statements

settings: Config = context.config.attributes.get("config") or Config()
crs = legal_crs(settings)
context.config.attributes["crs"] = crs
layers_metadata = MetaData()
tables = layer_tables(crs, layers_metadata)


def include_object(
    item: SchemaItem, name: str | None, type_: str, reflected: bool, compare_to: SchemaItem | None
) -> bool:
    """Pass over what is not ours: PostGIS' own tables and layers over existing tables."""
    if type_ == "table":
        return name != "spatial_ref_sys" and item.info.get("owned", True) is not False
    return True


def render_item(type_: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write geometry columns with the deployment's SRID instead of the number of this one."""
    if type_ == "type" and isinstance(item, Geometry):
        srid = "srid" if item.srid == crs.srid else str(item.srid)
        return f"Geometry({item.geometry_type!r}, srid={srid}, spatial_index=False)"
    return False


def run(connection: Connection, statements: Iterable[str]) -> None:
    """Run statements as they are, percent signs and colons included."""
    for statement in statements:
        connection.exec_driver_sql(statement.replace("%", "%%"))


def upgrade(connection: Connection) -> None:
    """Lay the ground, run the migrations and write the triggers, in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=[Base.metadata, layers_metadata],
        include_object=include_object,
        render_item=render_item,
        compare_server_default=False,
        # Checks are compared by name, and their names hash what they say (`layers.tables`).
        autogenerate_plugins=["alembic.autogenerate.*", "alembic.ext.checkconstraint_byname"],
    )
    with context.begin_transaction():
        run(connection, ground_statements(crs))
        context.run_migrations()
        for layer in CATALOG.values():
            if connection.dialect.has_table(connection, layer.id):
                run(connection, trigger_statements(layer, tables[layer.id]))


engine = make_engine(settings)
with engine.connect() as connection:
    upgrade(connection)
    connection.commit()
engine.dispose()
