"""Contracts on imports that import-linter, which knows packages only, does not see."""

import ast

from config import ROOT


def test_settings_know_nothing_of_the_product() -> None:
    imported: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / "config.py").read_text())):
        if isinstance(node, ast.Import):
            imported |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    assert "pydantic" in imported
    assert not imported & {"app", "layers", "tiles"}
