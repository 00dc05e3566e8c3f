"""Nothing anybody sends breaks a page, runs in another's browser, or reaches what is not there."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import delete, select
from werkzeug.datastructures import MultiDict

from app.accounts.models import Throttle
from app.lib.database import begin_write, db
from app.mail.models import Message
from tests.house.canaries import ACTORS
from tests.house.doors import DOORS
from tests.house.forms import BUTTONS, FORMS, KEPT, SIGNED, UNWRITTEN, Form
from tests.house.hostile import SHARP, STRINGS, check, danger
from tests.house.visits import HTML, House, text_of

JSON = {"Accept": "application/json"}
TAPPED = (
    "coursework.save",
    "reviews.save_review",
    "assessment.answer",
    "site.save_note",
)  # sent by scripts as well


@pytest.mark.parametrize(
    "html",
    [
        "<p>&lt;b&gt; <script>xq()</script></p>",
        "<script type='text/x'>var a; xq()",
        '<input value=""><img src=x onerror=xq()>">',
        "<input value='' onmouseover='xq()'>",
        '<a class="b" href="javascript:xq()">a</a>',
        "<a href=' JavaScript&#58;xq()'>a</a>",
        "<svg/onload=xq()>",
        "<p>829348951</p>",
    ],
)
def test_danger_is_seen(html):
    assert danger(html)


@pytest.mark.parametrize(
    "html",
    [
        '<input value="&#34;&gt;&lt;img src=x onerror=xq()&gt;">',
        "<p>&lt;script&gt;xq()&lt;/script&gt; onerror=xq()</p>",
        '<input value="javascript:xq()"><a href="/x?q=javascript:xq()">a</a>',
    ],
)
def test_what_is_escaped_is_no_danger(html):
    assert not danger(html)


def test_every_form_is_tried():
    tried = {form.endpoint for form in FORMS} | BUTTONS | SIGNED
    forms = {door.endpoint for door in DOORS if door.method == "POST"}
    assert forms == tried, (
        f"add to FORMS or BUTTONS in tests/house/forms.py: {forms - tried}; gone: {tried - forms}"
    )


def send(house: House, form: Form, sent: Mapping[str, Any], what: str, headers: Any = HTML) -> None:
    begin_write()
    db.session.execute(delete(Throttle))  # the tries are meant to be many
    db.session.commit()
    browser, door = house.browser(form.actor), form.door()
    response = browser.post(house.address(door, form.actor), data=sent, headers=headers, critical=False)
    check(response, what)
    if response.status_code in (302, 303):
        if response.location.startswith("/") and "xq(" in str(sent):
            check(browser.get(response.location, headers=HTML, critical=False), f"after {what}")
        if form.once:
            house.restore()


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_every_string_in_every_field(house: House, form: Form):
    names = list(form.valid)
    for number, string in enumerate(STRINGS):
        each = (
            [string] * len(names)
            if number % 2
            else [STRINGS[(number + i) % len(STRINGS)] for i in range(len(names))]
        )
        headers = JSON if number % 3 == 0 and form.endpoint in TAPPED else HTML
        send(house, form, dict(zip(names, each, strict=True)), f"{form}: {string[:30]!r} in all", headers)
    for name in names if form.sharp is None else form.sharp:
        for string in SHARP:
            send(house, form, {**form.valid, name: string}, f"{form}: {string[:30]!r} in {name}")


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_bodies_that_are_no_form(house: House, form: Form):
    """Bytes that are no text, a file in the place of words, the same field twice, data for a program."""
    browser, address = house.browser(form.actor), house.address(form.door(), form.actor)
    token = browser.csrf_token()
    kind = "application/x-www-form-urlencoded"
    first = next(iter(form.valid))
    raw = f"csrf_token={token}&{first}=%FF%FE%00%ED%A0%80&={first}&&=&%00=%00".encode()
    bodies: list[dict[str, Any]] = [
        {"data": raw, "content_type": kind},
        {"data": {"csrf_token": token, **{name: (io.BytesIO(b"MZ\x00"), "../x.exe") for name in form.valid}}},
        {
            "data": MultiDict(
                [("csrf_token", token), *[(name, "x") for name in form.valid for _ in (1, 2, 3)]]
            )
        },
        {"data": b"[" * 10_000, "content_type": "application/json", "headers": {"X-CSRFToken": token}},
        {"data": b'{"version": NaN}', "content_type": "application/json", "headers": {"X-CSRFToken": token}},
        {
            "data": b"--x\r\nbroken",
            "content_type": "multipart/form-data; boundary=x",
            "headers": {"X-CSRFToken": token},
        },
        {"data": b"", "content_type": "text/plain; charset=\xff", "headers": {"X-CSRFToken": token}},
    ]
    for body in bodies:
        check(browser.open(address, method="POST", critical=False, **body), f"{form}: {str(body)[:60]}")


# --- what is kept and shown to others ------------------------------------------------------------------------------

RUNS = (
    """<script>xq()</script> "><img src=x onerror=xq()> </textarea> {{ 7919*104729 }} [a](javascript:xq())"""
)


def test_nothing_kept_runs_in_anybodys_browser(house: House):
    """Everybody writes code wherever they can write; then everybody opens everything they may."""
    for form in FORMS:
        if form.endpoint in UNWRITTEN:
            continue
        text = {name: RUNS for name, value in form.valid.items() if name not in KEPT}
        kept = {name: value for name, value in form.valid.items() if name in KEPT}
        door = form.door()
        response = house.browser(form.actor).post(
            house.address(door, form.actor), data=text | kept, headers=HTML, critical=False
        )
        check(response, str(form))
    _names_that_run(house)
    shown = 0
    for actor in ACTORS:
        browser = house.browser(actor)
        for door in DOORS:
            if door.method == "GET" and door.is_open_to(actor) and door.endpoint != "mail.body":
                response = house.enter(door, actor, browser)
                shown += "xq(" in text_of(response)
                check(response, f"{door} as {actor}")
    assert shown > 15, "what was written is shown hardly anywhere, so this proves little"
    for mail in db.session.scalars(select(Message)):
        assert not danger(mail.html), f"mail {mail.kind}: {danger(mail.html)}"
        assert "\n" not in mail.subject
        assert "\n" not in mail.to_name


def _names_that_run(house: House) -> None:
    """In the rows themselves: as if a form had once let them through."""
    from app.accounts.models import SignIn, User
    from app.admissions.models import Application, SeatHold
    from app.admissions.waitlist_models import WaitlistEntry
    from app.cohorts.models import Enrollment
    from app.coursework.models import Draft, Submission
    from app.coursework.review_models import Comment, Review
    from app.files.models import StoredFile
    from app.payments.employer_models import EmployerPurchase

    begin_write()
    for user in db.session.scalars(select(User)):
        user.name = RUNS[:100]
    for device in db.session.scalars(select(SignIn)):
        device.device = RUNS[:150]
    for enrollment in db.session.scalars(select(Enrollment)):
        enrollment.practice_name = RUNS[:150]
    for application in db.session.scalars(select(Application)):
        application.practice_name, application.reason = RUNS[:150], RUNS
        application.answers = dict.fromkeys(application.answers, RUNS)
    for entry in db.session.scalars(select(WaitlistEntry)):
        entry.note, entry.skipped = RUNS, True
    for hold in db.session.scalars(select(SeatHold)):
        hold.forced = RUNS
    for purchase in db.session.scalars(select(EmployerPurchase)):
        purchase.employer, purchase.contact_name = RUNS[:160], RUNS[:120]
    for review in db.session.scalars(select(Review)):
        review.strength = review.note = RUNS
    for comment in db.session.scalars(select(Comment)):
        comment.text, comment.quote = RUNS, RUNS[:200]
    for file in db.session.scalars(select(StoredFile)):
        file.name, file.hints = RUNS[:150], {"people": [RUNS[:100]]}
    for round_or_draft in (*db.session.scalars(select(Submission)), *db.session.scalars(select(Draft))):
        wall = round_or_draft.answers.get("1.C.2", {"files": []})
        files = [one | {"name": RUNS[:150], "people": [RUNS[:100]]} for one in wall["files"]]
        round_or_draft.answers = round_or_draft.answers | {"1.C.2": wall | {"files": files, "text": RUNS}}
    db.session.commit()
