"""How long an application that was begun and not sent is kept. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

KEPT = timedelta(days=90)  # after the last change
REMINDED_BEFORE = timedelta(days=7)
LONGEST_NAME = 160
LONGEST = 10_000  # characters of one answer that are kept while it is written; what may be sent is less


def due(
    saved_at: datetime, reminded_at: datetime | None, now: datetime
) -> Literal["remind", "forget"] | None:
    """What is to be done with a draft: nobody's is deleted before a week has passed since they were told."""
    if reminded_at is None:
        return "remind" if now >= saved_at + KEPT - REMINDED_BEFORE else None
    if now >= saved_at + KEPT and now >= reminded_at + REMINDED_BEFORE:
        return "forget"
    return None


def forgotten_on(saved_at: datetime, now: datetime) -> datetime:
    """When a draft is deleted whose writer is reminded now."""
    return max(saved_at + KEPT, now + REMINDED_BEFORE)
