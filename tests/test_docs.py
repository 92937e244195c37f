"""The documentation is whole and true: the reference is fresh, links lead somewhere, commands exist."""

import importlib.util
import re
from collections.abc import Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path

import click
import pytest

from app.accounts.roles import ROLES, Permission
from app.cli import diaba
from config import ROOT, Config
from layers import CATALOG
from layers.codes import CODE_LISTS

loader = SourceFileLoader("reference", str(ROOT / "bin" / "reference"))
reference = importlib.util.module_from_spec(importlib.util.spec_from_loader("reference", loader))
loader.exec_module(reference)

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
EACH_PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))

NOT_SETTINGS = {"DIABA_TEST_DATA", "DIABA_LONG", "DIABA_DATABASE_PASSWORD"}
"""Variables of the tests and of docker/compose.yml, which the application does not read."""


def made(name: str) -> str:
    return (reference.REFERENCE / f"{name}.md").read_text()


def commands(group: click.Group, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        yield (*words, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*words, name))


def prose(page: Path) -> str:
    """A page without its code blocks."""
    return re.sub(r"^ *```.*?^ *```", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub and others make them."""
    titles = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("name", reference.PAGES)
def test_reference_says_what_the_sources_say(name: str) -> None:
    assert made(name) == reference.page(name), "run bin/reference"


def test_reference_has_no_page_that_is_not_made() -> None:
    assert {path.stem for path in reference.REFERENCE.iterdir()} == set(reference.PAGES)


def test_every_setting_is_in_the_reference() -> None:
    names = {"DATABASE_URL" if n == "database_url" else f"DIABA_{n.upper()}" for n in Config.model_fields}
    assert {name for name in names if f"`{name}`" not in made("settings")} == set()


def test_every_permission_and_role_is_in_the_reference() -> None:
    names = [*(one.value for one in Permission), *(role.code for role in ROLES)]
    assert [name for name in names if f"`{name}`" not in made("permissions")] == []


def test_every_layer_with_its_fields_and_every_code_list_is_in_the_reference() -> None:
    sections = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", made("layers"), re.DOTALL | re.MULTILINE))
    assert set(sections) == set(CATALOG)
    for layer in CATALOG.values():
        assert [f.name for f in layer.fields if f"| `{f.name}` |" not in sections[layer.id]] == []
    assert {name for name in CODE_LISTS if f"## {name}\n" not in made("codes")} == set()


def test_every_command_is_in_the_reference() -> None:
    leaves = set(commands(diaba)) - {words[:-1] for words in commands(diaba)}
    assert [words for words in leaves if f"### diaba {' '.join(words)}\n" not in made("commands")] == []


@EACH_PAGE
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        path, _, anchor = target.partition("#")
        if re.match(r"\w+:", target):
            continue
        file = page.parent / path if path else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert not broken


@EACH_PAGE
def test_commands_and_settings_that_a_page_names_exist(page: Path) -> None:
    text = page.read_text()
    known = set(commands(diaba))
    named = re.findall(r"(?:^|[`/ ])diaba ([a-z]+)(?: ([a-z]+))?", text, re.MULTILINE)
    groups = {words[0] for words in known if len(words) > 1}
    wrong = [words for words in named if (words if words[0] in groups else words[:1]) not in known]
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    wrong += [
        ("make", word) for word in re.findall(r"`(?:\w+=\S+ )?make ([a-z-]+)", text) if word not in targets
    ]
    settings = {f"DIABA_{name.upper()}" for name in Config.model_fields} | NOT_SETTINGS
    wrong += [(word,) for word in re.findall(r"\bDIABA_[A-Z0-9_]+\b", text) if word not in settings]
    assert not wrong
