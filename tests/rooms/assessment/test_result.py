"""The result: what it says, who may see it, how it is kept, mailed and erased."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import create_app
from app.assessment.jobs import count_assessments
from app.assessment.views import result as result_views
from app.audit.models import Entry
from app.curriculum.actions import publish
from app.lib.database import db
from app.mail.models import Message
from config import read_settings
from tests.cast import NOW
from tests.client import Client
from tests.factories import ONES, assessment
from tests.programs import small_program
from tests.rooms.assessment.sets import FOCUS, SCOPE, SYSTEMS, finishes, words
from tests.settings import settings_for

TOKEN = "t" * 43


def test_safety_then_actions_then_each_reason(client):
    client.post("/assessment")
    client.post(SYSTEMS, data={"answer-1a": "2", "answer-1b": "2"})
    client.post(FOCUS, data={"answer-2a": "1", "answer-2b": "1"})
    page = client.get(client.post(SCOPE, data={"answer-3a": "1", "answer-3b": "0"}).location).text
    said = words(page)
    order = [
        "Self-assessment, answered Wed, Mar 25, 2026",
        "It stands",
        "7 of 12. Teach it.",
        "Start here Safety first One thing to close before the next new client",
        "No red-flag procedure Statement 3b: “Never” Write it tonight.",
        "Two actions",
        "Reason 3 · 1 of 4 Blurred scope Read the law.",
        "Reason 2 · 2 of 4 Lack of focus Count your clients.",
        "Where each part stands",
        "Exposed (0–1): by memory; build it. Fragile (2–3): half there; use it. Installed (4): keep it.",
        "1 Systems 4 installed 2 Focus 2 fragile 3 Scope 1 exposed Total of 12 7",
        "No validated instrument.",
        "Your private link",
    ]
    places = [said.index(one) for one in order]
    assert places == sorted(places)
    assert page.count("Start here") == 1
    assert 'href="/reasons/lack-of-focus"' in page
    assert 'href="/reasons/blurred-scope"' not in page  # that reason has no page


def test_without_a_safety_finding_one_starts_with_the_first_action(client):
    said = words(client.get(finishes(client, 1)).text)
    assert "Safety first" not in said
    assert "Two actions Start here Reason 3 · 2 of 4" in said


def test_the_radar_says_the_numbers_of_the_table(client):
    page = client.get(finishes(client, 2)).text
    assert "Systems 4, Focus 4, Scope 4. The same numbers are in the table." in page
    assert page.count('class="k-installed"') == 3 + 3


def test_the_link_is_shown_with_its_end(client):
    address = finishes(client)
    page = client.get(address).text
    assert f'value="http://localhost:8000{address}"' in page
    assert "until Thu, Mar 25, 2027" in page


def test_the_secret_leaves_by_no_header_and_no_robot_may_list_it(client):
    response = client.get(finishes(client))
    assert response.headers["Referrer-Policy"] == "strict-origin"
    assert response.headers["Cache-Control"] == "no-store"
    assert "noindex" in response.headers["X-Robots-Tag"]
    assert '<meta name="robots" content="noindex, nofollow">' in response.text
    assert 'rel="canonical"' not in response.text
    secret = client.get_cookie("assessment", path="/assessment").value
    for link in re.findall(r'(?:href|src)="([^"]+)"', response.text):
        assert secret not in link
    assert client.get("/assessment/no-such-token").headers["Referrer-Policy"] == "strict-origin"


def test_over_https_its_forms_still_say_where_they_come_from(app, tmp_path, clock):
    """The check of a form over https wants a Referer; a policy of none would make every button of the page fail."""
    https = read_settings(
        {"DATA_DIR": str(tmp_path), "SECRET_KEY": "t" * 40, "BASE_URL": "https://cohort.example",
         "MAIL_URL": "smtp://mail.example", "STRIPE_SECRET_KEY": "sk_test_x", "STRIPE_WEBHOOK_SECRET": "whsec_x"}
    )  # fmt: skip
    names = ("BASE_URL", "TRUSTED_HOSTS", "SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "MAIL_FROM")
    settings = settings_for(app.config["SQLALCHEMY_DATABASE_URI"], tmp_path)
    public = create_app(settings | {name: https[name] for name in names} | {"CLOCK": clock})
    with public.app_context():
        browser, base = Client(public), "https://cohort.example"
        page = browser.get("/assessment", base_url=base).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        sent = {"data": {"csrf_token": token}, "base_url": base, "csrf": False}
        begun = browser.post("/assessment", headers={"Referer": f"{base}/"}, **sent)
        assert begun.status_code == 303
        assert "Secure" in next(
            one for one in begun.headers.getlist("Set-Cookie") if one.startswith("assessment=")
        )
        assert browser.post("/assessment", **sent).status_code == 400
        db.session.remove()
        db.engine.dispose()


def test_an_unknown_an_unfinished_and_an_old_link_look_alike(client, write, clock):
    client.post("/assessment")
    unfinished = client.get_cookie("assessment", path="/assessment").value
    with write():
        assessment(token=TOKEN, finished_at=NOW - timedelta(days=364, hours=23))
    assert client.get(f"/assessment/{TOKEN}").status_code == 200
    clock.move(hours=1)
    for token in ("no-such-token", unfinished, TOKEN):
        response = client.get(f"/assessment/{token}")
        assert response.status_code == 404
        assert "This result is not here" in response.text
        assert client.post(f"/assessment/{token}/mail", data={"email": "a@example.com"}).status_code == 404
        assert client.post(f"/assessment/{token}/erase").status_code == 404


def test_whoever_has_the_link_reads_it_and_only_who_answered_may_correct(client, app, sign_in, cast):
    address = finishes(client)
    assert "Correct your answers" in client.get(address).text
    for reader in (Client(app), sign_in(cast.ben)):
        page = reader.get(address)
        assert page.status_code == 200
        assert "Correct your answers" not in page.text


def test_the_texts_are_those_of_the_release_it_answers(client, write):
    address = finishes(client)
    before = words(client.get(address).text)
    program = small_program()
    text = program.assessment.model_copy(update={"note": "Quite another note.", "lowest": 1})
    with write():
        publish(None, program.model_copy(update={"assessment": text}), NOW)
    assert words(client.get(address).text) == before


# --- others -----------------------------------------------------------------------------------------------------


def many(count: int, answers: dict[str, int] | None = None) -> None:
    for number in range(count):
        assessment(token=f"other-{number}", finished_at=NOW - timedelta(days=number), answers=answers or ONES)


def test_nobody_is_compared_before_a_hundred_have_answered(client, write, clock):
    address = finishes(client)
    with write():
        many(98)
    count_assessments(clock.now)
    assert "Others" not in client.get(address).text
    with write():
        assessment(token="the-hundredth")
    count_assessments(clock.now)
    page = client.get(address).text
    assert "Others" in page
    assert "the average of 100 people who answered these statements on this site" in words(page)
    assert "from Thu, Dec 18, 2025 to Wed, Mar 25, 2026" in words(page)


def test_answers_to_another_structure_are_no_sample(client, write, clock):
    address = finishes(client)
    program = small_program()
    reasons = program.assessment.reasons[:2]
    text = program.assessment.model_copy(
        update={"reasons": reasons, "safety": (), "tie_order": program.assessment.tie_order[1:]}
    )
    with write():
        release = publish(None, program.model_copy(update={"assessment": text}), NOW)
        for number in range(120):
            assessment(
                token=f"other-{number}",
                answers=dict.fromkeys(("1a", "1b", "2a", "2b"), 2),
                release_id=release.id,
            )
    count_assessments(clock.now)
    assert "Others" not in client.get(address).text


# --- mail -------------------------------------------------------------------------------------------------------


def mails() -> list[Message]:
    found = list(db.session.scalars(select(Message).where(Message.kind == "assessment/result_link")))
    db.session.rollback()
    return found


def test_the_link_is_mailed_in_text_and_html(client):
    address = finishes(client)
    response = client.post(f"{address}/mail", data={"email": " Pat@Example.com "})
    assert (response.status_code, response.location) == (303, address)
    assert "The link is on its way to pat@example.com." in client.get(address).text
    (mail,) = mails()
    assert (mail.to_address, mail.to_name) == ("pat@example.com", "")
    for text in (mail.text, mail.html):
        assert f"http://localhost:8000{address}" in text
        assert "Thu, Mar 25, 2027" in text
        assert "/account" not in text
    assert db.session.scalar(select(Entry.sentence).order_by(Entry.id.desc())) == (
        "Mailed the link to a self-assessment to who holds it"
    )


@pytest.mark.parametrize(
    "email", ["", "nonsense", "a@b", "x" * 300 + "@example.com", "a@example.com\r\nBcc: b@c.de"]
)
def test_a_bad_address_is_said_at_the_field(client, email):
    address = finishes(client)
    response = client.post(f"{address}/mail", data={"email": email})
    assert response.status_code == 422
    assert 'id="email-error"' in response.text
    assert response.headers["Referrer-Policy"] == "strict-origin"
    assert not mails()


def test_mails_to_one_address_and_from_one_place_are_limited(client, clock, monkeypatch):
    address = finishes(client)
    for _ in range(3):
        clock.move(seconds=1)
        assert client.post(f"{address}/mail", data={"email": "pat@example.com"}).status_code == 303
    refused = client.post(f"{address}/mail", data={"email": "PAT@example.com"})
    assert refused.status_code == 429
    assert "Please wait until tomorrow, or copy the link above instead." in refused.text
    assert "PAT@example.com" in refused.text
    monkeypatch.setattr(result_views, "MAILED_FROM", 3)
    assert client.post(f"{address}/mail", data={"email": "wes@example.com"}).status_code == 429
    assert len(mails()) == 3
