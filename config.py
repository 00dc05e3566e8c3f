"""Settings: read once from the environment, checked, and handed to create_app.

No setting is needed for the demo. Outside it nothing secret has a default: a missing value stops the start
with a sentence that names it (`flask --app wsgi check-config` lists all of them at once).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent


class SettingsError(Exception):
    """One or more settings are missing or odd; `problems` holds one sentence for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read_settings(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the Flask configuration. Raises SettingsError with every problem found."""
    env = os.environ if environ is None else environ
    problems: list[str] = []
    demo = _flag(env, "DEMO", problems)
    data = Path(env.get("DATA_DIR") or ROOT / "var").resolve()
    port = _port(env, problems)
    base_url = (env.get("BASE_URL") or (f"http://localhost:{port}" if demo else "")).rstrip("/")
    settings: dict[str, Any] = {
        "DEMO": demo,
        "DATA_DIR": data,
        "PORT": port,
        "BASE_URL": base_url,
        "SQLALCHEMY_DATABASE_URI": _database_url(env.get("DATABASE_URL") or f"sqlite:///{data}/app.db"),
        "SECRET_KEY": env.get("SECRET_KEY") or (_demo_secret(data, "secret-key") if demo else ""),
        "TRUSTED_HOSTS": _hosts(env, base_url),
        "STRIPE_SECRET_KEY": env.get("STRIPE_SECRET_KEY", ""),
        "STRIPE_WEBHOOK_SECRET": env.get("STRIPE_WEBHOOK_SECRET", ""),
        "STRIPE_API_BASE": env.get("STRIPE_API_BASE", ""),
        "MAIL_URL": env.get("MAIL_URL") or ("dev:" if demo else ""),
        "MAIL_FROM": env.get("MAIL_FROM") or f"hello@{_host(base_url)}",
        "STORAGE_URL": env.get("STORAGE_URL") or str(data / "files"),
        "QUEUE_URL": env.get("QUEUE_URL") or f"sqlite:///{data}/queue.db",
        "CURRICULUM_DIR": Path(env.get("CURRICULUM_DIR") or ROOT / "curriculum").resolve(),
        "PROXIES": _count(env, "PROXIES", problems),
    }
    problems += _address_problems(settings)
    problems += _demo_problems(settings) if demo else _production_problems(settings)
    if problems:
        raise SettingsError(problems)
    https = base_url.startswith("https://")
    settings.update(
        SESSION_COOKIE_NAME="__Host-session" if https else "session",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # What a long worksheet needs, and not more: a request over it gets 413 before it is read.
        MAX_CONTENT_LENGTH=2 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=5000,
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session: a worksheet stays open all evening
        SQLALCHEMY_ENGINE_OPTIONS={},
    )
    return settings


def _address_problems(settings: dict[str, Any]) -> list[str]:
    """What would otherwise be noticed at the first file, the first job or the first mail."""
    problems = []
    storage = urlsplit(settings["STORAGE_URL"])
    if "://" in settings["STORAGE_URL"] and (storage.scheme != "s3" or not storage.netloc):
        problems.append("STORAGE_URL must be a folder, or s3://bucket or s3://bucket/prefix.")
    if not settings["QUEUE_URL"].startswith(("sqlite:///", "postgres://", "postgresql://", "redis://")):
        problems.append("QUEUE_URL must begin with sqlite:///, postgresql:// or redis://.")
    if settings["MAIL_URL"] not in ("", "dev:") and not _is_mail_server(settings["MAIL_URL"]):
        problems.append(
            "MAIL_URL must look like smtp://user:password@mail.example.org:587, or smtps://… for TLS."
        )
    return problems


def _is_mail_server(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number
        return False


def _demo_problems(settings: dict[str, Any]) -> list[str]:
    if _host(settings["BASE_URL"]) in ("localhost", "127.0.0.1"):
        return []
    return [
        "DEMO=1 lets everybody read every mail and sign in as staff: it is for this machine only, not BASE_URL."
    ]


def _production_problems(settings: dict[str, Any]) -> list[str]:
    problems = []
    if len(settings["SECRET_KEY"]) < 32:
        problems.append("SECRET_KEY must be at least 32 random characters.")
    if not settings["BASE_URL"].startswith(("https://", "http://localhost", "http://127.0.0.1")):
        problems.append("BASE_URL must be the public address of the site and begin with https://.")
    for name in ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "MAIL_URL"):
        if not settings[name]:
            problems.append(f"{name} is not set.")
    if settings["MAIL_URL"].startswith("dev:"):
        problems.append("MAIL_URL=dev: keeps every mail on this machine; it is for the demo only.")
    return problems


def _flag(env: Mapping[str, str], name: str, problems: list[str]) -> bool:
    value = env.get(name, "").strip().lower()
    if value not in ("", "0", "1", "true", "false", "yes", "no"):
        problems.append(f"{name} must be 1 or 0, not {value!r}.")
    return value in ("1", "true", "yes")


def _port(env: Mapping[str, str], problems: list[str]) -> int:
    value = env.get("PORT") or "8000"
    if not value.isdigit() or not 0 < int(value) < 65536:
        problems.append(f"PORT must be a number from 1 to 65535, not {value!r}.")
        return 8000
    return int(value)


def _count(env: Mapping[str, str], name: str, problems: list[str]) -> int:
    value = env.get(name) or "0"
    if not value.isdigit():
        problems.append(f"{name} must be a number (how many proxies stand in front), not {value!r}.")
        return 0
    return int(value)


def _database_url(url: str) -> str:
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url[len(prefix) :]
    return url


def _host(base_url: str) -> str:
    return urlsplit(base_url).hostname or "localhost"


def _hosts(env: Mapping[str, str], base_url: str) -> list[str]:
    named = [host.strip() for host in env.get("TRUSTED_HOSTS", "").split(",") if host.strip()]
    return named or [_host(base_url), "localhost", "127.0.0.1"]


def _demo_secret(data: Path, name: str) -> str:
    """A random secret that outlives restarts of the demo, readable by its owner only."""
    data.mkdir(parents=True, exist_ok=True)
    path = data / name
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()
