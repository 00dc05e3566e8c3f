"""Put a mail into the transaction of what it tells. The worker sends it after the commit."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from flask import current_app, render_template
from sqlalchemy import select

from app.lib.database import db
from app.lib.jobs import nudge
from app.mail.models import Message


class Recipient(Protocol):
    email: str
    name: str


def post(
    kind: str,
    to: Recipient,
    subject: str,
    *,
    key: str,
    now: datetime,
    unsubscribe: str | None = None,
    **context: Any,
) -> Message | None:
    """Write one mail, from `mail/<kind>.html` and `.txt`, to be sent once this transaction commits.

    `key` names the fact ('welcome:enrollment:7'): a fact that has had its mail gets no second one, and None is
    returned. Templates see `name`, `subject`, `base_url`, `unsubscribe_url` and the context. `unsubscribe` is the
    address that ends such mails with one press; the mail carries it in its header as well.
    """
    if db.session.scalar(select(Message.id).where(Message.key == key)):
        return None
    shown = {"name": to.name, "subject": subject, "base_url": current_app.config["BASE_URL"]}
    shown |= {"unsubscribe_url": unsubscribe, **context}
    message = Message(
        key=key,
        kind=kind,
        to_address=to.email,
        to_name=to.name,
        subject=" ".join(subject.split())[:200],  # no line break can reach a header
        text=render_template(f"mail/{kind}.txt", **shown),
        html=render_template(f"mail/{kind}.html", **shown),
        unsubscribe_url=unsubscribe,
        status="waiting",
        created_at=now,
        send_after=now,
    )
    db.session.add(message)
    nudge("send-mail")
    return message
