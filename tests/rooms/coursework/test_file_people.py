"""People named inside a file are a point of the look before sending; and where a file's own words never show up."""

from __future__ import annotations

import hashlib
import logging
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import User
from app.cohorts.models import Enrollment
from app.coursework.models import Submission
from app.coursework.sending import SentWith
from app.curriculum import fields
from app.files.models import StoredFile
from app.lib.database import db
from app.mail.models import Message
from tests.client import Client
from tests.rooms.coursework.worksheets import COMPLETE_FORM, JSON, SENDING, begun, form_of, noted, opened
from tests.rooms.files import made, tricks
from tests.rooms.files.door import FIELD, held, send

NAMED = "“plan.pdf” says it was written or changed by ‘Joan Smith’. Is that you or your practice?"


def by(*people: str) -> bytes:
    """A PDF that names them."""
    things = b"".join(b"/Author(%s)" % one.encode() for one in people)
    return tricks.pdf(b"<<" + things + b">>")


@pytest.fixture
def ana(sign_in: Any, cast: Any) -> Client:
    browser: Client = sign_in(cast.ana)
    return browser


def test_who_is_named_in_a_file_is_a_point_to_look_at(ana: Client) -> None:
    url = begun(ana)
    answer = send(ana, url, "plan.pdf", by("Joan Smith"), "Northgate")
    assert NAMED in answer.json["check"]  # said at once
    assert held()[0]["people"] == ["Joan Smith"]
    page = ana.get(url).text
    assert NAMED in page
    assert "Inspect Document" in page
    form = form_of(page) | COMPLETE_FORM
    assert ana.post(f"{url}/submit", data=form | SENDING).status_code == 422
    [name] = noted(opened(ana, url))
    sent = ana.post(f"{url}/submit", data=opened(ana, url) | SENDING | {name: ["Our bookkeeper."]})
    assert sent.status_code == 303
    db.session.rollback()
    [note] = SentWith.of(db.session.scalars(select(Submission)).one().sent_with).notes
    assert (note.field_id, note.passages, note.note) == (FIELD, ("Joan Smith",), "Our bookkeeper.")


def test_several_files_and_people_are_one_point(ana: Client) -> None:
    url = begun(ana)
    send(ana, url, "plan.pdf", by("Joan Smith", "K. Lee"), "Northgate")
    send(ana, url, "other.pdf", by("K. Lee"), "Northgate")
    page = ana.get(url).text
    assert "“plan.pdf” says it was written or changed by ‘Joan Smith’ and ‘K. Lee’." in page
    assert "“other.pdf” says it was written or changed by ‘K. Lee’." in page
    assert len(noted(opened(ana, url))) == 1


def test_oneself_and_the_own_practice_are_no_point(ana: Client, cast: Any) -> None:
    enrollment = db.session.get_one(Enrollment, cast.ana_enrollment)
    user = db.session.get_one(User, cast.ana)
    own = (user.name, user.email, enrollment.practice_name, f"{user.name}, PT")
    db.session.rollback()
    url = begun(ana)
    send(ana, url, "plan.pdf", by(*own), "Northgate")
    assert held()[0]["people"]
    assert noted(opened(ana, url)) == {}


def test_a_title_inside_is_read_like_a_name_outside(ana: Client) -> None:
    url = begun(ana)
    send(ana, url, "plan.pdf", tricks.pdf(b"<</Title(Plan for Mrs. Jacobs)>>"), "Northgate")
    assert "<q>Mrs. Jacobs</q>" in ana.get(url).text


def test_taking_it_out_mends_it_and_putting_it_back_names_them_again(ana: Client) -> None:
    url = begun(ana)
    send(ana, url, "plan.pdf", by("Joan Smith"), "Northgate")
    number = held()[0]["id"]
    ana.post(f"{url}/files/{number}/remove", headers=JSON)
    assert NAMED not in ana.get(url).text
    ana.post(f"{url}/files/{number}/put-back", headers=JSON)
    assert NAMED in ana.get(url).text


def test_hostile_names_inside_a_file_are_words(ana: Client) -> None:
    url = begun(ana)
    send(
        ana,
        url,
        "plan.pdf",
        by("<script>xq\\(\\)</script>", "{{ 7*7 }}", "\u202ex".encode().decode("latin-1")),
        "N",
    )
    page = ana.get(url).text
    assert "<script>xq" not in page
    assert "‘&lt;script&gt;xq()&lt;/script&gt;’, ‘{{ 7*7 }}’" in page


def test_a_form_cannot_make_up_who_is_named(ana: Client) -> None:
    url = begun(ana)
    send(ana, url, "plan.pdf", by("Joan Smith"), "Northgate")
    ana.post(f"{url}/draft", data=opened(ana, url) | {f"{FIELD}~people": ["[]"], f"{FIELD}~files": ["[]"]})
    assert held()[0]["people"] == ["Joan Smith"]


def test_odd_hints_in_an_old_answer_are_cleaned() -> None:
    facts = {
        "id": 1,
        "name": "a.pdf",
        "type": "pdf",
        "size": 1,
        "sha256": "a" * 64,
        "at": "2026-01-01T00:00:00+00:00",
    }
    for odd in ("x", 7, None, {"a": 1}, [7, None, ""]):
        assert fields.files_of({"files": [facts | {"people": odd, "titles": odd}]}) == [facts]
    [kept] = fields.files_of({"files": [facts | {"people": ["x" * 999] * 99}]})
    assert kept["people"] == ["x" * 100] * 10


# --- what was received, and where its words are not ------------------------------------------------------------------


def test_worksheet_round_receipt_and_mail_say_what_was_received(ana: Client, clock: Any) -> None:
    """Name, size, hash and time; of a picture, those of what is kept."""
    url = begun(ana)
    send(ana, url, "scan.png", made.picture("PNG") + b"more", "Northgate")
    [one] = held()
    kept = db.session.scalars(select(StoredFile)).one()
    assert one["sha256"] == kept.sha256 != hashlib.sha256(made.picture("PNG") + b"more").hexdigest()
    db.session.rollback()
    about = f"PNG, {one['size']} bytes"
    pages = [ana.get(url).text]
    answer = ana.post(f"{url}/submit", data=opened(ana, url) | COMPLETE_FORM | SENDING)
    pages.append(ana.get(answer.location).text)
    for page in pages:
        assert "scan.png" in page and one["sha256"] in page
        assert f'{about}, received <time datetime="{clock.now.isoformat()}">' in page
    mail = db.session.scalars(select(Message).where(Message.kind.contains("receipt"))).one()
    for text in (mail.text, mail.html):
        assert f"scan.png, {about}, SHA-256 {one['sha256']}" in text


def test_no_page_mail_or_log_holds_a_files_words(
    ana: Client, sign_in: Any, cast: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """They are in the store and in the download, and nowhere else."""
    caplog.set_level(logging.DEBUG)
    url = begun(ana)
    send(ana, url, "words.txt", b"xqsecretwords", "Northgate")
    send(ana, url, "refused.exe", b"MZ\0xqsecretwords", "Northgate")
    send(ana, url, "plan.docx", made.word("xqsecretwords"), "Northgate")
    receipt = ana.post(f"{url}/submit", data=opened(ana, url) | COMPLETE_FORM | SENDING).location
    cora = sign_in(cast.cora)
    review = cora.post(f"/submissions/{submission_id()}/review").location
    assert "words.txt" in cora.get(review).text
    for browser, path in (
        (ana, url), (ana, receipt), (ana, "/search?q=xqsecretwords"), (ana, "/dashboard"), (ana, "/manual"),
        (cora, review), (cora, "/coaching/queue"),
    ):  # fmt: skip
        text = browser.get(path).text.replace('value="xqsecretwords"', "").replace("“xqsecretwords”", "")
        assert "xqsecretwords" not in text, path
    mails = db.session.scalars(select(Message)).all()
    assert mails and not any("xqsecret" in one.text + one.html + one.subject for one in mails)
    assert "xqsecret" not in caplog.text


def submission_id() -> int:
    db.session.rollback()
    found = db.session.scalars(select(Submission.id)).one()
    db.session.rollback()
    return found
