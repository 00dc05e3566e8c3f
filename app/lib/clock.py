"""The clock of the application. Views, jobs and commands read it once and pass `now` on."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import current_app


def now() -> datetime:
    """The present instant in UTC, or what the test set as `CLOCK`."""
    clock = current_app.config.get("CLOCK")
    return clock() if clock else datetime.now(UTC)
