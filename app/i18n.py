"""The reader's language: which one it is, and messages in it.

Vietnamese is the language of the sources; other languages are catalogues under translations/.
The choice is, in this order: ``?lang=``, the cookie set by it, the browser, the default.
"""

from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from flask import Flask, Response, current_app, has_request_context, request
from flask_babel import Babel

from config import LANGUAGES, Config

TRANSLATIONS = Path(__file__).parent / "translations"
COOKIE = "lang"


def init_i18n(app: Flask, config: Config) -> None:
    """Choose the language of each request, and keep a choice made by ``?lang=``."""
    offered = [code for code in config.languages if code in LANGUAGES]

    def choose() -> str:
        if not has_request_context():
            return config.default_language
        for choice in (request.args.get("lang"), request.cookies.get(COOKIE)):
            if choice in offered:
                return choice
        return request.accept_languages.best_match(offered) or config.default_language

    def keep(response: Response) -> Response:
        choice = request.args.get("lang")
        asked_for_page = response.mimetype == "text/html"
        if choice in offered and asked_for_page and choice != request.cookies.get(COOKIE):
            response.set_cookie(
                COOKIE, choice, max_age=31_536_000, samesite="Lax", secure=config.secure_cookies
            )
        if response.mimetype in ("text/html", "application/json", "application/problem+json"):
            response.vary.update(("Accept-Language", "Cookie"))
        return response

    Babel(
        app,
        default_locale=config.default_language,
        default_timezone=config.timezone,
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=choose,
    )
    app.after_request(keep)
    app.jinja_env.globals["languages"] = {code: LANGUAGES[code] for code in offered}
    app.jinja_env.globals["language"] = language


@cache
def messages(language: str) -> dict[str, str]:
    """All messages of a language by their Vietnamese source; empty for Vietnamese."""
    path = TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return {}
    with path.open("rb") as file:
        catalog = read_po(file, locale=language)
    return {str(m.id): str(m.string) for m in catalog if m.id and m.string and not m.fuzzy}


def language() -> str:
    """The code of the reader's language."""
    babel = current_app.extensions["babel"]
    return str(babel.locale_selector())


def translate(message: str, language: str, **values: object) -> str:
    """A message outside a request, as on the command line; its braces are filled with `values`."""
    found = messages(language).get(message, message)
    return found.format(**values) if values else found
