from __future__ import annotations

from datetime import datetime

from app.accounts import throttle
from app.lib.database import begin_write, db
from app.lib.jobs import job


@job("forget-throttles", minutes=30)
def forget_throttles(now: datetime) -> None:
    begin_write()
    throttle.forget_old(now)
    db.session.commit()
