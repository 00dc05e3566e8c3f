"""The settings tests run with: a demo-like app without the demo's secrets, addresses on this machine only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from config import ROOT, read_settings


def settings_for(database_url: str, folder: Path, **more: Any) -> dict[str, Any]:
    settings = read_settings({"DEMO": "1", "DATA_DIR": str(folder), "SECRET_KEY": "tests" * 10})
    settings.update(
        TESTING=True,
        SQLALCHEMY_DATABASE_URI=database_url,
        QUEUE_URL="memory:",
        STORAGE_URL=str(folder / "files"),
        STRIPE_SECRET_KEY="sk_test_stand_in",
        STRIPE_WEBHOOK_SECRET="whsec_stand_in",
        MIGRATIONS_DIR=str(ROOT / "migrations"),
    )
    settings.update(more)
    return settings
