"""What every answer carries, word for word: page, refusal, redirect, data, file, and what went wrong."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request
from sqlalchemy import select

from app import create_app
from app.accounts.models import SignIn
from app.cohorts.models import Enrollment
from app.files import storage
from app.files.actions import keep
from app.lib.access import open_to
from app.lib.database import db
from app.mail.models import Message
from app.manual.models import Binding
from app.manual.queries import mark_of
from config import read_settings
from tests.cast import NOW
from tests.client import Client
from tests.settings import settings_for

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
    "font-src 'self'; connect-src 'self'; form-action 'self' https://checkout.stripe.com https://billing.stripe.com; "
    "frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; manifest-src 'self'"
)
EVERY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Content-Security-Policy": POLICY,
}
NO_STORE = {"Cache-Control": "no-store"}
FILE = {"Content-Security-Policy": "sandbox; default-src 'none'", **NO_STORE}
MAIL = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; "
        "sandbox allow-popups allow-top-navigation-by-user-activation"
    ),
    "X-Frame-Options": "SAMEORIGIN",
}


def check(response: Any, status: int, **others: str) -> None:
    """Exactly these headers, but for those named otherwise (with _ for -)."""
    assert response.status_code == status
    expected = EVERY | {key.replace("_", "-"): value for key, value in others.items()}
    found = {name: ", ".join(response.headers.getlist(name)) for name in expected}
    assert found == expected
    assert len(response.headers["X-Request-Id"]) == 12
    assert "Server" not in response.headers
    if response.data:
        assert response.headers.get("Content-Type")


def break_down() -> str:
    raise RuntimeError("it broke")


@pytest.fixture
def broken(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application as it runs for people: an exception is a page, and /healthz breaks."""
    monkeypatch.setitem(app.config, "PROPAGATE", False)
    monkeypatch.setitem(app.view_functions, "site.alive", open_to("anyone")(break_down))
    return app


def test_a_public_page(client):
    check(client.get("/sign-in"), 200, **NO_STORE)
    check(client.get("/program"), 200, **NO_STORE)


def test_a_page_of_somebody_signed_in(sign_in, cast):
    check(sign_in(cast.ana).get("/dashboard"), 200, **NO_STORE)
    check(sign_in(cast.ana).get("/program"), 200, **NO_STORE)  # it has her menu


def test_a_redirect(client, cast, sign_in):
    check(client.get("/dashboard"), 303, **NO_STORE)
    check(sign_in(cast.cora).get("/coaching"), 302, **NO_STORE)


def test_what_is_not_there(client, sign_in, cast):
    check(client.get("/no/such/page"), 404, **NO_STORE)
    check(sign_in(cast.ana).get("/systems/999"), 404, **NO_STORE)


def test_a_method_that_is_not_there(client):
    response = client.post("/program")
    check(response, 405, **NO_STORE)


def test_data_for_a_program(client):
    check(client.get("/healthz"), 200, **NO_STORE)
    response = client.get("/no/such/page", headers={"Accept": "application/json"})
    check(response, 404, **NO_STORE)
    assert response.mimetype == "application/json"


def test_a_form_without_its_token(client):
    check(client.post("/sign-in", data={"email": "ana@example.com"}, csrf=False), 400, **NO_STORE)


def test_a_form_that_is_refused(client):
    check(client.post("/sign-in", data={"email": "no address"}), 422, **NO_STORE)


def test_a_static_file(client):
    assert "immutable" not in client.get("/static/css/base.css").headers["Cache-Control"]
    year = "public, max-age=31536000, immutable"
    check(client.get("/static/css/base.css?v=1"), 200, Cache_Control=year)
    check(client.get("/static/fonts/inter.woff2?v=1"), 200, Cache_Control=year)


def test_a_static_file_that_is_not_there_is_not_kept_for_a_year(client):
    check(client.get("/static/css/none.css?v=1"), 404, **NO_STORE)


@pytest.mark.parametrize(
    "path", ["/static/../config.py", "/static/%2e%2e/config.py", "/static/css/..%5c..%5cconfig.py"]
)
def test_nothing_outside_the_static_folder(client, path):
    assert client.get(path).status_code == 404


def test_a_file_of_somebody(sign_in, cast, write, clock):
    with write():
        digest = storage.put(b"%PDF-1.7 the manual")
        file = keep(cast.ana, digest, "Manual\r\n<b>.pdf", "application/pdf", 19, clock.now)
        db.session.add(
            Binding(
                enrollment_id=cast.ana_enrollment,
                fingerprint=mark_of(db.session.get_one(Enrollment, cast.ana_enrollment)),
                status="bound",
                file_id=file.id,
                requested_at=NOW,
                bound_at=NOW,
            )
        )
    response = sign_in(cast.ana).get("/manual.pdf")
    check(response, 200, **FILE)
    assert response.headers["Content-Disposition"].startswith("attachment; filename=")


def test_the_frame_of_a_mail(client):
    client.post("/sign-in/link", data={"email": "ana@example.com"})
    check(client.get("/dev/mail/1/html", critical=False), 200, **MAIL)


def test_too_large(client):
    body = io.BytesIO(b"email=" + b"x" * (2 * 1024 * 1024 + 1))
    kind = "application/x-www-form-urlencoded"
    check(client.open("/sign-in", method="POST", input_stream=body, content_type=kind,
                      content_length=len(body.getvalue())), 413, **NO_STORE)  # fmt: skip


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_what_broke_is_said_without_its_insides(broken, accept):
    response = broken.test_client().get("/healthz", headers={"Accept": accept})
    check(response, 500, **NO_STORE)
    assert response.mimetype == accept
    assert "it broke" not in response.text
    assert "Traceback" not in response.text


def test_what_broke_for_somebody_signed_in(broken, sign_in, cast):
    cookie = sign_in(cast.ana).get_cookie("session")
    browser = broken.test_client()
    browser.set_cookie("session", cookie.value)
    check(browser.get("/healthz", headers={"Accept": "text/html"}), 500, **NO_STORE)


# --- cookies ----------------------------------------------------------------------------------------------------


def set_cookies(response: Any) -> list[str]:
    return [cookie for cookie in response.headers.getlist("Set-Cookie") if not cookie.startswith("session=;")]


def mailed_link(browser: Client) -> str:
    """The address in a sign-in mail to Ana."""
    browser.post("/sign-in/link", data={"email": "ana@example.com"})
    text = db.session.scalar(select(Message.text).order_by(Message.id.desc()))
    return re.search(r"/sign-in/link/[\w-]+", text)[0]


def test_the_cookie_in_the_demo(client):
    (cookie,) = set_cookies(client.post(mailed_link(client)))
    attributes = {part.strip() for part in cookie.split(";")[1:]}
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= attributes
    assert not any(one.startswith("Domain") for one in attributes)


@pytest.fixture
def public(app: Flask, tmp_path: Path) -> Iterator[Flask]:
    """The same database, served at a public address."""
    settings = settings_for(app.config["SQLALCHEMY_DATABASE_URI"], tmp_path)
    https = read_settings(
        {
            "DATA_DIR": str(tmp_path),
            "SECRET_KEY": "t" * 40,
            "BASE_URL": "https://cohort.example",
            "MAIL_URL": "smtp://mail.example",
            "STRIPE_SECRET_KEY": "sk_test_x",
            "STRIPE_WEBHOOK_SECRET": "whsec_x",
        }
    )
    names = ("BASE_URL", "TRUSTED_HOSTS", "SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "MAIL_FROM")
    found = create_app(settings | {name: https[name] for name in names} | {"CLOCK": lambda: NOW})
    yield found
    with found.app_context():
        db.session.remove()
        db.engine.dispose()


def test_at_a_public_address_the_cookie_is_locked_to_it(public):
    with public.app_context():
        browser = Client(public)
        response = browser.get("/sign-in", base_url="https://cohort.example")
    (cookie,) = set_cookies(response)
    name, *attributes = (part.strip() for part in cookie.split(";"))
    assert name.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(attributes)
    assert not any(one.startswith("Domain") for one in attributes)


def test_at_a_public_address_browsers_are_told_to_stay_on_https(public):
    with public.app_context():
        for path in ("/sign-in", "/no/such/page", "/static/css/base.css"):
            response = Client(public).get(path, base_url="https://cohort.example")
            assert response.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_in_the_demo_they_are_not(client):
    assert "Strict-Transport-Security" not in client.get("/sign-in").headers


# --- what the request says about itself ---------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "cohort.example:80@evil.example"])
def test_a_host_that_is_not_ours_is_refused(public, host):
    with public.app_context():
        for path in ("/sign-in", "/no/such/page", "/dashboard", "/healthz"):
            response = public.test_client().get(path, headers={"Host": host})
            assert response.status_code == 400, path
            assert "evil" not in response.text
            assert "evil" not in str(response.headers)


def test_a_spoofed_host_reaches_no_link_in_a_mail(client):
    client.post(
        "/sign-in/link",
        data={"email": "ana@example.com"},
        headers={
            "X-Forwarded-Host": "evil.example",
            "X-Forwarded-Proto": "https",
            "Forwarded": "host=evil.example",
        },
    )
    mail = db.session.scalar(select(Message))
    assert "evil.example" not in mail.text + mail.html
    assert "http://localhost:8000/sign-in/link/" in mail.text


@pytest.mark.parametrize(("proxies", "seen"), [(0, "127.0.0.1"), (1, "203.0.113.9")])
def test_a_forwarded_address_is_believed_only_behind_a_proxy(app, tmp_path, proxies, seen):
    """The visitor claims to be 198.51.100.7; the proxy in front added where they really came from."""
    found = create_app(settings_for(app.config["SQLALCHEMY_DATABASE_URI"], tmp_path, PROXIES=proxies))

    @open_to("anyone")
    def tell() -> str:
        return str(request.remote_addr)

    found.view_functions["site.alive"] = tell
    claim = {"X-Forwarded-For": "198.51.100.7, 203.0.113.9"}
    assert found.test_client().get("/healthz", headers=claim).text == seen


def test_a_device_is_named_without_trusting_its_words(client, cast):
    """What a browser calls itself is shown on the account page: as text."""
    client.post(mailed_link(client), headers={"User-Agent": "<script>alert(1)</script>" * 50})
    page = client.get("/account").text
    assert "<script>alert" not in page
    device = db.session.scalar(select(SignIn.device).order_by(SignIn.id.desc()))
    assert len(device) <= 200
