"""The site of the running demo, served once more by a process whose clock is ahead.

`gunicorn tests.journeys.later:site` with MINUTES_AHEAD saying by how much. Cookies know no port, so who is signed in
at the one is signed in at the other.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

from wsgi import app

AHEAD = timedelta(minutes=int(os.environ["MINUTES_AHEAD"]))

app.config["CLOCK"] = lambda: datetime.now(UTC) + AHEAD
site = app
