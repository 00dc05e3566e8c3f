from __future__ import annotations

from datetime import datetime

from app.lib import clock
from app.lib.jobs import job
from app.mail import sending


@job("send-mail", minutes=1)
def send_mail(now: datetime) -> None:
    """Send what waits, batch by batch, until nothing is due."""
    while sending.send_waiting(now):
        now = clock.now()  # a lease counted from the first batch could be over when the last one takes it
