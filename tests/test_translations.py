"""Every message of the sources has a translation that says the same and fits where it stands."""

import importlib.util
import re
from importlib.machinery import SourceFileLoader

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from config import LANGUAGES, ROOT

loader = SourceFileLoader("translations", str(ROOT / "bin" / "translations"))
translations = importlib.util.module_from_spec(importlib.util.spec_from_loader("translations", loader))
loader.exec_module(translations)

CHOICE = re.compile(r"{(\w+):[^{}|]*\|[^{}]*}")
"""A word chosen by a number, ``{n:result|results}``, which only the browser understands."""
PLACEHOLDER = re.compile(r"{(\w*)}|%\((\w+)\)[sd]")

EACH_LANGUAGE = pytest.mark.parametrize("language", translations.translated_languages())


@pytest.fixture(scope="module")
def sources() -> Catalog:
    return translations.gather()


def catalogue(language: str) -> Catalog:
    with translations.po_path(language).open("rb") as file:
        return read_po(file, locale=language)


def messages(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def placeholders(text: str) -> set[str]:
    return {match.group() for match in PLACEHOLDER.finditer(CHOICE.sub("", text))}


@EACH_LANGUAGE
def test_every_message_of_the_sources_is_translated(language: str, sources: Catalog) -> None:
    known = catalogue(language)
    missing = [m.id for m in messages(sources) if not (found := known.get(m.id)) or not found.string]
    assert not missing, "translate these: see docs/howto/add-a-language.md"


@EACH_LANGUAGE
def test_no_translation_is_left_over_or_unsure(language: str, sources: Catalog) -> None:
    known = catalogue(language)
    assert not known.obsolete
    assert [m.id for m in messages(known) if m.fuzzy or m.id not in sources] == []


@EACH_LANGUAGE
def test_translation_fills_the_same_placeholders(language: str) -> None:
    done = [m for m in messages(catalogue(language)) if m.string]
    assert [m.id for m in done if placeholders(m.id) != placeholders(m.string)] == []


@EACH_LANGUAGE
def test_only_the_browser_is_given_words_chosen_by_a_number(language: str) -> None:
    chosen = [m for m in messages(catalogue(language)) if CHOICE.search(m.string)]
    assert [m.id for m in chosen if not all(file.startswith("frontend/") for file, _ in m.locations)] == []


@EACH_LANGUAGE
def test_gathering_the_messages_again_changes_no_file(language: str, sources: Catalog) -> None:
    made = translations.written(translations.updated(language, sources, {}))
    assert made == translations.po_path(language).read_bytes(), "run bin/translations"


def test_every_language_offered_has_a_catalogue_and_no_other_is_there() -> None:
    there = {path.parts[-3] for path in translations.TRANSLATIONS.glob("*/LC_MESSAGES/messages.po")}
    assert there == set(list(LANGUAGES)[1:])


def test_message_inside_nested_templates_of_the_browser_is_found(sources: Catalog) -> None:
    """“Đóng danh sách” stands in a template literal in an expression of another one."""
    assert "Đóng danh sách" in sources
    assert "Lớp ({n})" in sources
