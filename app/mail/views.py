"""The development mailbox: what would have been sent. It exists in the demo only."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template
from sqlalchemy import select

from app.lib.access import open_to
from app.lib.database import db
from app.mail import sending
from app.mail.models import Message

bp = Blueprint("mail", __name__)
SHOWN = 100
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; "
    "sandbox allow-popups allow-top-navigation-by-user-activation"
)


@bp.get("/dev/mail")
@open_to("anyone")
def mailbox() -> str:
    columns = select(
        Message.id, Message.to_name, Message.to_address, Message.subject, Message.created_at, Message.status
    )
    messages = db.session.execute(columns.order_by(Message.id.desc()).limit(SHOWN)).all()
    return render_template("mail/mailbox.html", messages=messages)


@bp.get("/dev/mail/<id:message_id>")
@open_to("anyone")
def message(message_id: int) -> str:
    found = db.session.get(Message, message_id) or abort(404)
    return render_template("mail/message.html", message=found)


@bp.get("/dev/mail/<id:message_id>/html")
@open_to("anyone")
def body(message_id: int) -> Any:
    """The mail's own HTML, for the frame on its page. It has inline styles, as mail must, so it gets its own policy."""
    found = db.session.get(Message, message_id) or abort(404)
    html = sending.compose(found).get_body(("html",)).get_content()  # type: ignore[union-attr]
    return html, {"Content-Security-Policy": MAIL_POLICY, "X-Frame-Options": "SAMEORIGIN"}
