"""The application factory: the only place where all rooms meet."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from flask import Flask

ROOMS = (
    "audit",
    "mail",
    "files",
    "accounts",
    "curriculum",
    "cohorts",
    "payments",
    "coursework",
    "assessment",
    "admissions",
    "coaching",
    "manual",
    "site",
)


def create_app(settings: dict[str, Any] | None = None) -> Flask:
    """Build the app from the environment, or from the given settings (tests). Raises SettingsError, UndeclaredView."""
    from config import ROOT, read_settings

    app = Flask(__name__, static_folder=str(ROOT / "static"), template_folder="templates")
    app.config.update(read_settings() if settings is None else settings)
    add_libraries(app)
    add_rooms(app)
    add_jobs(app)
    check_doors(app)
    serve_behind_proxies(app)
    return app


def add_libraries(app: Flask) -> None:
    from app.lib import compression, database, web

    database.init_app(app)
    compression.init_app(app)  # registered first, it runs last: on the finished answer
    web.init_app(app)


def add_rooms(app: Flask) -> None:
    for room in ROOMS:
        package = import_module(f"app.{room}")
        for module in iter_modules(package.__path__):
            # every table is known before the first query, page or migration
            if module.name.endswith("models"):
                import_module(f"app.{room}.{module.name}")
        package.init_app(app)


def add_jobs(app: Flask) -> None:
    from app.lib import jobs

    jobs.init_app(app)


def check_doors(app: Flask) -> None:
    from app.lib.access import check_every_view

    check_every_view(app)


def serve_behind_proxies(app: Flask) -> None:
    from werkzeug.middleware.proxy_fix import ProxyFix

    hops = app.config.get("PROXIES", 0)
    if hops:  # trust exactly as many hops as the operator has put in front
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
