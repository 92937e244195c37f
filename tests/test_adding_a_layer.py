"""Adding a layer is one declaration and one generated migration, as docs/howto/add-a-layer.md says.

The declaration is read from that page and added to a copy of the project. There, in a process of
its own, the migration is generated and run, a tree is planted, and every address is asked for it.
"""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
from typing import Any

import mapbox_vector_tile
import pytest

from config import ROOT
from tests.conftest import MakeDatabase

COPIED = ("app", "bin", "layers", "migrations", "tiles")
PAGE = (ROOT / "docs" / "howto" / "add-a-layer.md").read_text()
DECLARATION, MIGRATION = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)

SCRIPT = """
import base64, json, runpy
from pathlib import Path
from alembic import command
from sqlalchemy import text
from app import create_app
from app.db import alembic_config, make_engine, migrate
from config import ROOT, Config

config = Config()
command.revision(alembic_config(config), "add heritage trees", autogenerate=True, rev_id="added")
command.upgrade(alembic_config(config), "head")
command.check(alembic_config(config))
with make_engine(config).begin() as connection:
    connection.execute(text(
        "INSERT INTO heritage_tree (species, girth, geom)"
        " VALUES ('Đa', 5.5, ST_SetSRID(ST_MakePoint(430000, 1145000), 5899))"
    ))
    connection.execute(text("UPDATE heritage_tree SET girth = 5.6"))
    lon, lat, x, y = connection.execute(text(
        "SELECT ST_X(w), ST_Y(w), ST_X(m), ST_Y(m)"
        " FROM (SELECT legal_to_wgs84(geom) AS w, legal_to_mercator(geom) AS m FROM heritage_tree) q"
    )).one()
    counts = {
        table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
        for table in ("heritage_tree", "heritage_tree_history", "heritage_tree_tile")
    }

half, size = 20037508.342789244, 40075016.685578488 / 2**14
client = create_app(config).test_client()

def ask(address):
    response = client.get(address, headers={"Accept-Language": "vi"})
    assert response.status_code == 200, (address, response.status_code, response.text)
    return response

column, row = int((x + half) // size), int((half - y) // size)
tile = ask(f"/tiles/heritage_tree/14/{column}/{row}.mvt")
migration, = Path(ROOT, "migrations", "versions").glob("added*")
print(json.dumps({
    "migration": migration.read_text(),
    "counts": counts,
    "tile": base64.b64encode(tile.data).decode(),
    "tilejson": ask("/tiles/heritage_tree.json").json,
    "style": ask("/styles/environment.json").json,
    "catalogue": ask("/api/v1/catalogue").json,
    "openapi": ask("/api/v1/openapi.json").json,
    "identify": ask(f"/api/v1/identify?lon={lon}&lat={lat}&zoom=15&layers=heritage_tree").json,
    "card": ask("/api/v1/features/heritage_tree/1").json,
    "search": ask("/api/v1/search?q=da").json,
    "page": ask("/layers/heritage_tree").text,
    "reference": runpy.run_path(str(ROOT / "bin" / "reference"))["page"]("layers"),
}))
"""


@pytest.fixture(scope="module")
def added(make_database: MakeDatabase, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the copy of the project with the new layer says."""
    tree = tmp_path_factory.mktemp("project")
    for name in COPIED:
        shutil.copytree(ROOT / name, tree / name)
    for name in ("alembic.ini", "config.py"):
        shutil.copy(ROOT / name, tree)
    (tree / "layers" / "heritage.py").write_text(DECLARATION)
    environment = os.environ | {
        "PYTHONPATH": str(tree),
        "DATABASE_URL": make_database("adding_a_layer"),
        "DIABA_SECRET_KEY": "not secret",
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=tree, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def by_id(many: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in many}


def test_migration_is_the_one_that_the_page_shows(added: Any) -> None:
    assert added["migration"].endswith(MIGRATION)


def test_table_keeps_the_tree_its_history_and_its_place_in_tiles(added: Any) -> None:
    assert added["counts"] == {"heritage_tree": 1, "heritage_tree_history": 1, "heritage_tree_tile": 1}


def test_tile_carries_the_tree_with_its_declared_fields(added: Any) -> None:
    tile = mapbox_vector_tile.decode(base64.b64decode(added["tile"]))
    (feature,) = tile["heritage_tree"]["features"]
    assert (feature["id"], feature["properties"]) == (1, {"species": "Đa"})


def test_tilejson_describes_it(added: Any) -> None:
    (layer,) = added["tilejson"]["vector_layers"]
    assert (layer["id"], layer["minzoom"], list(layer["fields"])) == ("heritage_tree", 12, ["species"])


def test_style_draws_it_and_leaves_it_off_at_first(added: Any) -> None:
    drawn = [one for one in added["style"]["layers"] if one.get("source-layer") == "heritage_tree"]
    assert [one["type"] for one in drawn] == ["circle", "symbol", "symbol"]
    assert {one["layout"]["visibility"] for one in drawn} == {"none"}


def test_catalogue_has_it_with_fields_and_legend(added: Any) -> None:
    layer = by_id(added["catalogue"]["layers"])["heritage_tree"]
    assert (layer["title"], layer["theme"]) == ("Cây di sản", "environment")
    assert [field["name"] for field in layer["fields"]] == ["species", "girth", "recognised_on"]
    (entry,) = layer["legend"]
    assert (entry["label"], entry["kind"], entry["color"]) == ("Cây di sản", "circle", "#1B6B3A")


def test_api_description_has_its_schema(added: Any) -> None:
    schemas = added["openapi"]["components"]["schemas"]
    assert "heritage_tree" in schemas["LayerId"]["enum"]
    assert schemas["heritage_tree"]["required"] == ["species"]
    assert schemas["heritage_tree"]["properties"]["girth"] == {
        "type": "number", "title": "Chu vi thân", "x-unit": "m", "minimum": 0,
    }  # fmt: skip


def test_card_names_the_tree_and_its_girth(added: Any) -> None:
    card = added["card"]
    assert (card["title"], card["version"]) == ("Cây di sản: Đa", 2)
    assert {row["field"]: row["value"] for row in card["rows"]}["girth"] == "5,6\N{NO-BREAK SPACE}m"


def test_tree_is_found_at_its_point_and_by_search(added: Any) -> None:
    assert [hit["title"] for hit in added["identify"]["hits"]] == ["Cây di sản: Đa"]
    found = [one for group in added["search"]["groups"] for one in group["results"]]
    assert added["card"]["id"] in [one["id"] for one in found if one["layer"] == "heritage_tree"]


def test_page_and_reference_show_it(added: Any) -> None:
    assert "Cây di sản" in added["page"]
    assert "## heritage_tree" in added["reference"]
