"""One process of a race for the last seat. A module of its own, because a new process has to import it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app import create_app
from app.admissions import seats
from app.cohorts.models import Cohort
from app.lib.database import begin_write, db
from tests.settings import settings_for

NOW = datetime(2026, 3, 25, 15, 0, tzinfo=UTC)


def race(url: str, folder: str, user_id: int, cohort_ids: list[int], start: Any, results: Any) -> None:
    """Try for one seat of each cohort, starting each round together with the others; report the seats won."""
    app = create_app(settings_for(url, Path(folder)))
    won: dict[int, int] = {}
    with app.app_context():
        try:
            for cohort_id in cohort_ids:
                start.wait(60)
                begin_write()
                cohort = db.session.get_one(Cohort, cohort_id)
                hold = seats.take(cohort, user_id, "checkout", NOW, NOW)
                if hold is not None:
                    won[cohort_id] = hold.seat
                db.session.commit()
            results.put((user_id, won, None))
        except Exception as error:
            start.abort()
            results.put((user_id, won, repr(error)))
        finally:
            db.session.remove()
            db.engine.dispose()
