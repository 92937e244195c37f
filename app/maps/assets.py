"""The files of the built front end: which hashed file stands for which source."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

DIST = Path(__file__).parent.parent / "static" / "dist"


@dataclass(frozen=True)
class Asset:
    """A script and the style sheets that belong to it, as addresses."""

    js: str
    css: tuple[str, ...]


def asset(source: str) -> Asset:
    """What the build made of an entry point, ``src/main.ts`` for one.

    RuntimeError when the front end has not been built, KeyError when it has no such entry.
    """
    manifest = DIST / ".vite" / "manifest.json"
    if not manifest.exists():
        raise RuntimeError("the front end is not built: npm --prefix frontend run build")
    entries = _read(manifest, manifest.stat().st_mtime_ns)
    sheets = dict.fromkeys(_sheets(entries, source))
    return Asset(f"/static/dist/{entries[source]['file']}", tuple(f"/static/dist/{one}" for one in sheets))


def page_sheets() -> tuple[str, ...]:
    """The style sheet of pages without the map. None where the front end has not been built: such pages,
    errors above all, can be read without it."""
    manifest = DIST / ".vite" / "manifest.json"
    if not manifest.exists():
        return ()
    return (f"/static/dist/{_read(manifest, manifest.stat().st_mtime_ns)['src/styles/pages.css']['file']}",)


def _sheets(entries: dict[str, dict[str, Any]], name: str) -> Iterator[str]:
    """The style sheets of an entry after those of what it shares with others, which it builds upon."""
    for shared in entries[name].get("imports", ()):
        yield from _sheets(entries, shared)
    yield from entries[name].get("css", ())


@lru_cache(maxsize=2)
def _read(manifest: Path, _changed: int) -> dict[str, dict[str, Any]]:
    entries: dict[str, dict[str, Any]] = json.loads(manifest.read_text(encoding="utf-8"))
    return entries
