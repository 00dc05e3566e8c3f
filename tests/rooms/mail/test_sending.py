"""Sending over real SMTP: a server in this process that can refuse, stall and hang up."""

from __future__ import annotations

import email
import smtplib
import socket
import ssl
from datetime import timedelta
from email import policy

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from app.lib.database import db
from app.mail import actions, jobs, sending
from app.mail.models import Message


class Server:
    """Answers each DATA with the next of `answers` ('250 OK' when they run out) and keeps what it took."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.taken: list[email.message.EmailMessage] = []

    async def handle_DATA(self, server, session, envelope):
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            self.taken.append(email.message_from_bytes(envelope.content, policy=policy.default))
        return answer


@pytest.fixture
def smtp(app):
    handler = Server()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    before = app.config["MAIL_URL"]
    app.config["MAIL_URL"] = f"smtp://127.0.0.1:{port}"
    yield handler
    app.config["MAIL_URL"] = before
    controller.stop()


class Ana:
    email = "ana@example.com"
    name = "Ana Morales"


@pytest.fixture
def post(write, clock):
    def posted(subject="Your sign-in link", key="one", to=Ana):
        with write():
            actions.post(
                "accounts/sign_in_link", to, subject, key=key, now=clock.now, url="http://localhost/x"
            )

    return posted


def _message() -> Message:
    found = db.session.scalar(select(Message))
    db.session.expunge(found)
    db.session.rollback()
    return found


def test_a_mail_is_sent_once_as_text_and_html(smtp, post, clock):
    post()
    assert sending.send_waiting(clock.now) == 1
    assert sending.send_waiting(clock.now + timedelta(hours=1)) == 0
    (mail,) = smtp.taken
    assert mail["To"] == "Ana Morales <ana@example.com>"
    assert mail["Message-ID"]
    assert "http://localhost/x" in mail.get_body(("plain",)).get_content()
    assert "<style" in mail.get_body(("html",)).get_content()
    assert _message().status == "sent"


def test_one_mail_for_one_fact(smtp, post, clock):
    post()
    post()
    assert sending.send_waiting(clock.now) == 1


def test_a_busy_server_gets_it_later(smtp, post, clock):
    smtp.answers = ["451 try later", "451 try later"]
    post()
    assert sending.send_waiting(clock.now) == 0
    assert sending.send_waiting(clock.now) == 0  # not at once again
    assert smtp.taken == [] and _message().status == "waiting"
    assert sending.send_waiting(clock.move(minutes=3)) == 0
    assert sending.send_waiting(clock.move(minutes=6)) == 1
    assert _message().attempts == 3


def test_a_refusal_for_good_is_kept_as_failed(smtp, post, clock):
    smtp.answers = ["550 no such person"]
    post()
    sending.send_waiting(clock.now)
    message = _message()
    assert (message.status, "550" in message.error) == ("failed", True)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("jürgen@example.com", "Jürgen"),  # no mail server without SMTPUTF8 takes it
        ("ana@example.com", "=?utf-8?b?CkJjYzogeEB5?="),  # an encoded line break and a Bcc
    ],
)
def test_one_odd_recipient_does_not_hold_up_the_others(smtp, post, clock, address, name):
    odd = type("Odd", (), {"email": address, "name": name})
    post(key="odd", to=odd, subject=f"For {name}")
    post(key="ana")
    sending.send_waiting(clock.now)
    assert "ana@example.com" in [
        mail["To"].addresses[0].addr_spec for mail in smtp.taken if mail["Bcc"] is None
    ]
    assert not list(db.session.scalars(select(Message).where(Message.status == "waiting")))


def test_a_domain_in_any_script_is_written_as_the_mail_system_knows_it(smtp, post, clock):
    post(to=type("Reader", (), {"email": "ana@bücher.example", "name": "Ana"}))
    assert sending.send_waiting(clock.now) == 1
    assert smtp.taken[0]["To"].addresses[0].domain == "xn--bcher-kva.example"


def test_our_own_wrong_password_loses_no_mail(monkeypatch, smtp, post, clock):
    def refuse(url):
        raise smtplib.SMTPAuthenticationError(535, b"authentication failed")

    post()
    with monkeypatch.context() as wrong:
        wrong.setattr(sending, "connect", refuse)
        for _ in range(12):  # longer than a night
            sending.send_waiting(clock.move(minutes=61))
    message = _message()
    assert (message.status, message.attempts) == ("waiting", 12) and "535" in message.error
    assert sending.send_waiting(clock.move(minutes=61)) == 1


def test_after_three_days_it_is_given_up(app, post, clock, monkeypatch):
    monkeypatch.setitem(app.config, "MAIL_URL", "smtp://127.0.0.1:1")
    post()
    sending.send_waiting(clock.move(days=3, minutes=1))
    assert _message().status == "failed"


def test_each_batch_is_taken_from_its_own_moment(smtp, post, clock, monkeypatch):
    monkeypatch.setattr(sending, "BATCH", 1)
    post(key="one")
    post(key="two")
    taken = []
    claim = sending._claim

    def slowly(now):
        taken.append(now)
        clock.move(minutes=6)  # longer than a lease
        return claim(now)

    monkeypatch.setattr(sending, "_claim", slowly)
    jobs.send_mail(clock.now)
    assert len(smtp.taken) == 2
    assert taken[1] - taken[0] >= timedelta(minutes=6)


class Talk:
    """What `connect` says to a mail server, and which context it encrypts with."""

    def __init__(self, offers_tls: bool) -> None:
        self.offers_tls, self.contexts, self.logins = offers_tls, [], 0

    def __call__(self, host, port, timeout, context=None):
        self.contexts += [context] if context else []
        return self

    def has_extn(self, name):
        return self.offers_tls and name == "starttls"

    def starttls(self, context):
        self.contexts.append(context)

    def login(self, user, password):
        self.logins += 1

    def ehlo(self): ...

    def close(self): ...


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_the_mail_server_has_to_prove_its_name(monkeypatch, scheme):
    talk = Talk(offers_tls=True)
    monkeypatch.setattr(smtplib, "SMTP", talk)
    monkeypatch.setattr(smtplib, "SMTP_SSL", talk)
    sending.connect(f"{scheme}://us:secret@mail.example.org")
    (context,) = talk.contexts
    assert (context.verify_mode, context.check_hostname, talk.logins) == (ssl.CERT_REQUIRED, True, 1)


def test_no_password_goes_over_an_open_line(monkeypatch):
    talk = Talk(offers_tls=False)
    monkeypatch.setattr(smtplib, "SMTP", talk)
    with pytest.raises(smtplib.SMTPException):
        sending.connect("smtp://us:secret@mail.example.org")
    assert talk.logins == 0


def test_a_server_that_is_not_there_loses_nothing(app, post, clock):
    before = app.config["MAIL_URL"]
    app.config["MAIL_URL"] = "smtp://127.0.0.1:1"
    try:
        post()
        assert sending.send_waiting(clock.now) == 0
    finally:
        app.config["MAIL_URL"] = before
    assert "could not be reached" in _message().error
    assert _message().status == "waiting"


def test_a_worker_killed_after_claiming_loses_nothing(smtp, post, clock):
    post()
    assert sending._claim(clock.now)  # and then nothing: killed
    assert sending.send_waiting(clock.now) == 0
    assert sending.send_waiting(clock.move(minutes=6)) == 1


def test_a_rolled_back_fact_sends_nothing(smtp, app, clock):
    from app.lib.database import begin_write

    begin_write()
    actions.post("accounts/sign_in_link", Ana, "Never", key="never", now=clock.now, url="http://localhost/x")
    db.session.rollback()
    assert sending.send_waiting(clock.now) == 0


def test_header_injection_is_one_line(smtp, post, clock):
    class Evil:
        email = "ana@example.com"
        name = "Ana\r\nBcc: everyone@example.com"

    post(subject="Hello\r\nBcc: everyone@example.com", to=Evil)
    assert sending.send_waiting(clock.now) == 1
    assert smtp.taken[0]["Bcc"] is None


def test_the_development_mailbox_shows_what_would_be_sent(client, post, clock):
    assert "No mail yet" in client.get("/dev/mail").text
    post()
    sending.send_waiting(clock.now)
    assert "Your sign-in link" in client.get("/dev/mail").text
    number = _message().id
    assert "http://localhost/x" in client.get(f"/dev/mail/{number}").text
    body = client.get(f"/dev/mail/{number}/html", critical=False)
    assert "sandbox" in body.headers["Content-Security-Policy"]
    assert client.get("/dev/mail/999").status_code == 404


def test_outside_the_demo_there_is_no_mailbox(databases):
    from app import create_app
    from tests.settings import settings_for

    app = create_app(settings_for(databases[0].url("template"), databases[0].folder, DEMO=False))
    assert not [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/dev/mail")]


def test_outside_the_demo_a_sent_mail_forgets_its_secret_link(smtp, app, post, clock):
    app.config["DEMO"] = False
    try:
        post()
        assert sending.send_waiting(clock.now) == 1
    finally:
        app.config["DEMO"] = True
    assert "http://localhost/x" in smtp.taken[0].get_body(("plain",)).get_content()
    message = _message()
    assert "http://localhost/x" not in message.text + message.html
