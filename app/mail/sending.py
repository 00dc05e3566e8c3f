"""Sending what waits: SMTP by MAIL_URL, or nothing leaves this machine in the demo.

At least once: a crash between the server's 250 and our commit sends the mail again, with the same Message-ID, which
mail programs show once. What the server refuses for good about one mail (5xx for its recipient or its text) is kept
as failed; anything else, a wrong password of ours included, is tried again for three days, later each time.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import parseaddr
from typing import Any
from urllib.parse import unquote, urlsplit

import css_inline
from flask import current_app
from sqlalchemy import select, update

from app.lib.database import begin_write, db
from app.lib.imprint import imprint
from app.mail.models import Message

BATCH = 10  # with every answer of the server as slow as its timeout allows, still within the lease
HOLDS_A_SECRET = frozenset(
    {
        "accounts/sign_in_link",
        "accounts/reset_link",
        "admissions/offered",
        "admissions/already",
        "admissions/lead_cohort_open",
        "admissions/lead_confirm",
        "admissions/left_checkout",
        "admissions/received",
        "waitlist/seat_free",
        "waitlist/passed",
        "assessment/result_link",
    }
)
LEASE = timedelta(minutes=5)
PATIENCE = timedelta(days=3)  # a mail server may be away, or its password wrong, for a weekend
LONGEST_WAIT = 60  # minutes between two tries
_inliner = css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)


def send_waiting(now: datetime) -> int:
    """Send up to a batch of waiting messages; returns how many went out. Safe to run twice at once."""
    ids = _claim(now)
    if not ids:
        return 0
    sent = 0
    with _door() as deliver:
        for message_id in ids:
            sent += _send_one(message_id, deliver, now)
    return sent


def _claim(now: datetime) -> list[int]:
    """Take messages for this run: `send_after` moves on by a lease, so a second worker does not see them."""
    begin_write()
    due = (
        select(Message.id)
        .where(Message.status == "waiting", Message.send_after <= now)
        .order_by(Message.send_after, Message.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    ids = list(db.session.scalars(due))
    db.session.execute(update(Message).where(Message.id.in_(ids)).values(send_after=now + LEASE))
    db.session.commit()
    return ids


def _send_one(message_id: int, deliver: Callable[[EmailMessage], None], now: datetime) -> int:
    message = db.session.get(Message, message_id)
    assert message is not None
    try:
        mail = compose(message)
    except Exception as broken:  # the mails behind it must not wait for one that cannot be written
        current_app.logger.exception("message %s cannot be written as a mail", message_id)
        mail, error, final = None, f"It cannot be written as a mail: {broken!r}", True
    db.session.rollback()  # no transaction stays open while we talk to the mail server
    if mail is not None:
        error, final = _try(deliver, mail)
    begin_write()
    message = db.session.get(Message, message_id, with_for_update=True)
    assert message is not None
    message.attempts += 1
    if not error:
        message.status, message.sent_at, message.error = "sent", now, None
        if message.kind in HOLDS_A_SECRET and not current_app.config["DEMO"]:
            # Only the hash of a link is kept; the mail that carried it must not keep it either.
            message.text = message.html = "It carried a secret link and was sent."
            message.unsubscribe_url = None
    elif final or now - message.created_at > PATIENCE:
        message.status, message.error = "failed", error[:500]
    else:
        wait = timedelta(minutes=min(2**message.attempts, LONGEST_WAIT))
        message.error, message.send_after = error[:500], now + wait
    db.session.commit()
    return 0 if error else 1


def _try(deliver: Callable[[EmailMessage], None], mail: EmailMessage) -> tuple[str, bool]:
    """Deliver; returns what went wrong ('' for nothing) and whether it is for good: the fault of this mail alone."""
    try:
        deliver(mail)
    except smtplib.SMTPRecipientsRefused as refused:
        codes = [code for code, _ in refused.recipients.values()]
        return f"The recipient was refused: {refused.recipients}", all(code >= 500 for code in codes)
    except smtplib.SMTPDataError as error:
        return f"{error.smtp_code} {error.smtp_error!r}", error.smtp_code >= 500
    except smtplib.SMTPResponseException as error:  # our password, our address: not this mail's fault
        return f"The mail server does not take mail from us: {error.smtp_code} {error.smtp_error!r}", False
    except (OSError, smtplib.SMTPException) as error:
        return f"The mail server could not be reached: {error}", False
    except Exception as error:  # an odd MAIL_URL, an address the server's dialect cannot say
        current_app.logger.exception("a mail could not be handed over")
        return f"It could not be handed over: {error!r}", False
    return "", False


def compose(message: Message) -> EmailMessage:
    """The message as it goes over the wire: plain text first, the same in HTML with its styles inlined."""
    mail = EmailMessage(policy=_Policy())
    mail["Subject"] = _as_typed(message.subject)
    sender, address = parseaddr(current_app.config["MAIL_FROM"])
    mail["From"] = str(Address(_as_typed(sender or imprint().title), addr_spec=address))
    mail["To"] = str(Address(_as_typed(message.to_name), addr_spec=_ascii_domain(message.to_address)))
    domain = address.rpartition("@")[2] or "localhost"
    mail["Message-ID"] = f"<message-{message.id}-{int(message.created_at.timestamp())}@{domain}>"
    mail["Date"] = message.created_at
    mail["Auto-Submitted"] = "auto-generated"
    if (
        message.unsubscribe_url
    ):  # RFC 8058: the reader's mail program shows a button that needs no page of ours
        mail["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(message.text)
    mail.add_alternative(_inliner.inline(message.html), subtype="html")
    return mail


class _Policy(EmailPolicy):
    """The library would break a long address in two and encode the halves; no mail program presses that."""

    def fold(self, name: str, value: str) -> str:
        whole = name.lower() == "list-unsubscribe"
        return f"{name}: {value}{self.linesep}" if whole else super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        whole = name.lower() == "list-unsubscribe"
        return self.fold(name, value).encode("ascii") if whole else super().fold_binary(name, value)


def _as_typed(words: str) -> str:
    """One line that nobody, our own library included, takes for an encoded one (=?utf-8?q?=0A?= is a line break)."""
    return " ".join(words.split()).replace("=?", "= ?")


def _ascii_domain(address: str) -> str:
    """The address with its domain as the mail system knows it: bücher.example is xn--bcher-kva.example."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.encode('idna').decode()}"


@contextmanager
def _door() -> Any:
    """What delivers: one SMTP connection for the batch, opened at the first mail, or the development mailbox."""
    url = current_app.config["MAIL_URL"]
    if url.startswith("dev:"):
        yield lambda mail: None  # the rows themselves are the mailbox, shown at /dev/mail
        return
    connection: list[smtplib.SMTP] = []

    def deliver(mail: EmailMessage) -> None:
        if not connection:
            connection.append(connect(url))
        try:
            connection[0].send_message(mail)
        except smtplib.SMTPServerDisconnected:
            connection.clear()
            raise

    try:
        yield deliver
    finally:
        for one in connection:
            try:
                one.quit()
            except (OSError, smtplib.SMTPException):
                one.close()


def connect(url: str) -> smtplib.SMTP:
    """smtp://user:password@host:587 (STARTTLS when offered), smtps://… (TLS from the start). 20 s timeout.

    The server's certificate must be valid for its name, but on this machine; no password goes over an open line.
    """
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    here = host in ("localhost", "127.0.0.1", "::1")
    tls = _unchecked_tls() if here else ssl.create_default_context()
    encrypted = parts.scheme == "smtps"
    if encrypted:
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=20, context=tls)
    else:
        server = smtplib.SMTP(host, parts.port or 587, timeout=20)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=tls)
            server.ehlo()
            encrypted = True
    if parts.username:
        if not (encrypted or here):
            server.close()
            raise smtplib.SMTPNotSupportedError("it offers no TLS, and a password is not sent without")
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


def _unchecked_tls() -> ssl.SSLContext:
    """For a mail server on this machine: its certificate is its own, and nobody stands between."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
