"""The application: `create_app` is the one place where its parts are put together."""

from flask import Flask, g
from flask.json.provider import DefaultJSONProvider
from flask.wrappers import Response
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Config


class Application(Flask):
    """Flask, but that browsers keep for a year what the build has given a name by its content."""

    def get_send_file_max_age(self, filename: str | None) -> int | None:
        """Seconds that a static file may be kept; None: ask each time."""
        return 31_536_000 if filename and filename.startswith("dist/assets/") else None


def create_app(config: Config | None = None) -> Flask:
    """The WSGI application of these settings (by default those of the environment)."""
    from app import accounts, dossiers, edits, errors, features, health, i18n, maps, openapi, pages, secret
    from app.db import layer_tables, legal_crs, make_engine, make_session
    from app.dossiers.editing import CASE
    from app.maps.assets import asset, page_sheets

    config = config or Config()
    app = Application(__name__)
    app.config.update(
        SECRET_KEY=secret.key(config),
        MAX_CONTENT_LENGTH=config.max_request_mb * 1024 * 1024,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=config.secure_cookies,
    )
    assert isinstance(app.json, DefaultJSONProvider)
    app.json.sort_keys = False  # codes and fields stand in the order of their lists
    app.extensions["config"] = config
    app.extensions["case"] = CASE
    app.jinja_env.globals["site_name"] = config.site_name
    app.jinja_env.globals["page_sheets"] = page_sheets
    app.jinja_env.globals["asset"] = asset
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, hops, hops, hops)  # type: ignore[method-assign]

    crs = legal_crs(config)
    tables = layer_tables(crs)
    engine = make_engine(config)
    app.extensions["engine"] = engine

    @app.before_request
    def open_session() -> None:
        g.session = make_session(engine, crs, tables)

    @app.after_request
    def commit(response: Response) -> Response:
        """A response that is returned commits; an exception has been rolled back by `errors`."""
        if "session" in g:
            g.session.commit()
        return response

    @app.teardown_request
    def close_session(_error: BaseException | None) -> None:
        session = g.pop("session", None)
        if session is not None:
            session.close()

    i18n.init_i18n(app, config)
    errors.init_errors(app)
    dossiers.init_uploads(app)  # before the accounts: see there
    accounts.init_accounts(app, config)
    for part in (accounts, features, edits, dossiers, maps, pages, openapi, health):
        for blueprint in part.BLUEPRINTS:
            app.register_blueprint(blueprint)
    return app
