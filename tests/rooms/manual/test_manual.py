from __future__ import annotations

from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select

from app.cohorts.models import Enrollment
from app.coursework.models import System
from app.files.models import StoredFile
from app.lib import jobs
from app.lib.database import db
from app.manual import pdf
from app.manual.models import Binding
from tests.factories import accepted_system
from tests.programs import COMPLETE


@pytest.fixture
def typesetter():
    try:
        pdf._typesetter()
    except pdf.NoTypesetter as missing:
        pytest.skip(str(missing))


@pytest.fixture
def accepted(write, cast):
    with write():
        accepted_system(cast.ana_enrollment, cast.cora)


def _bindings() -> int:
    count = db.session.scalar(select(func.count()).select_from(Binding))
    db.session.rollback()
    return count


def test_before_anything_is_accepted_the_page_says_what_will_come(sign_in, cast):
    browser = sign_in(cast.ana)
    page = browser.get("/manual").text
    assert "Your manual begins with the first system your coach accepts." in page
    assert browser.get("/manual.pdf").location == "/manual"
    browser.post("/manual/bind")
    assert "Nothing is accepted yet." in browser.get("/manual").text
    assert _bindings() == 0


def test_the_accepted_system_is_a_chapter_with_its_documents(sign_in, cast, accepted):
    browser = sign_in(cast.ana)
    page = browser.get("/manual").text
    assert "Chapter 1" in page and "Cora Bennett" in page and "One rule for everybody." in page
    document = browser.get("/manual/systems/cancellation-policy").text
    assert "One rule for everybody." in document and "23 sessions a month" in document


def test_the_worker_binds_what_is_accepted_by_itself(sign_in, cast, accepted, typesetter):
    jobs.run("bind-manuals")
    jobs.run("bind-manuals")
    assert _bindings() == 1
    browser = sign_in(cast.ana)
    assert "Download the PDF" in browser.get("/manual").text
    answer = browser.get("/manual.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    pages = PdfReader(BytesIO(answer.data)).pages
    texts = [" ".join(page.extract_text().split()) for page in pages]
    assert "Northgate Medical Exercise" in texts[0] and "1 of 3 accepted" in texts[0]
    assert "Operations" in texts[1] and ". . ." in texts[1] and "3" in texts[1]  # contents with page numbers
    assert "Focus" in texts[1] and "Still open" in texts[1]
    assert "Northgate Medical Exercise" in texts[2] and "Operations" in texts[2]  # running titles
    assert any("Cancellation policy" in text for text in texts[2:])


def test_binding_twice_is_one_binding_and_new_work_is_a_new_one(
    sign_in, cast, accepted, write, clock, typesetter
):
    browser = sign_in(cast.ana)
    assert browser.post("/manual/bind").status_code == 303
    assert browser.post("/manual/bind").status_code == 303
    assert _bindings() == 1
    jobs.run("bind-manuals")
    browser.post("/manual/bind")
    assert _bindings() == 1
    with write():
        db.session.get(Enrollment, cast.ana_enrollment).practice_name = "Northgate and Daughters"
    browser.post("/manual/bind")
    assert _bindings() == 2


def test_a_withdrawn_acceptance_takes_its_chapter_out_of_the_pdf(sign_in, cast, write, clock, typesetter):
    with write():
        system = accepted_system(cast.ana_enrollment, cast.cora)
        system_id = system.id
    jobs.run("bind-manuals")
    browser = sign_in(cast.ana)
    assert browser.get("/manual.pdf").status_code == 200
    with write():
        system = db.session.get_one(System, system_id)
        system.accepted_at = system.accepted_round = None
        system.status = "submitted"
    assert browser.get("/manual.pdf").location == "/manual"
    assert "Download the PDF" not in browser.get("/manual").text


def test_a_binding_that_fails_says_why_and_can_be_tried_again(sign_in, cast, accepted, monkeypatch):
    def broken(html, static):
        raise pdf.NoTypesetter("The PDF needs the Pango libraries.")

    monkeypatch.setattr(pdf, "bind", broken)
    jobs.run("bind-manuals")
    browser = sign_in(cast.ana)
    page = browser.get("/manual").text
    assert "The PDF needs the Pango libraries." in page and "Bind the manual" in page
    monkeypatch.undo()
    browser.post("/manual/bind")
    assert _bindings() == 2


def test_nobody_gets_anybody_elses_manual(sign_in, cast, accepted, typesetter):
    jobs.run("bind-manuals")
    ben = sign_in(cast.ben)
    assert ben.get("/manual.pdf").status_code == 302
    assert "One rule for everybody." not in ben.get("/manual").text
    assert ben.get("/manual/systems/cancellation-policy").status_code == 404


def test_hostile_answers_stay_text_and_fetch_nothing(sign_in, cast, write, typesetter):
    evil = {**COMPLETE, "1.A.1": '<img src="file:///etc/passwd"><script>alert(1)</script>'}
    evil["1.C.1"] = "![x](http://127.0.0.1:9/x) <style>@page{size:1mm}</style> [a](javascript:alert(1))"
    with write():
        accepted_system(cast.ana_enrollment, cast.cora, answers=evil)
    page = sign_in(cast.ana).get("/manual").text
    assert "<script>alert" not in page and 'href="javascript:' not in page and "<style>" not in page
    jobs.run("bind-manuals")
    file = db.session.scalar(select(StoredFile))
    assert file is not None
    text = PdfReader(BytesIO(sign_in(cast.ana).get("/manual.pdf").data)).pages[2].extract_text()
    assert "root:" not in text


def test_the_typesetter_may_load_nothing(typesetter, app):
    from pathlib import Path

    link = '<link rel=attachment href="file:///etc/passwd">'
    html = f'<html><head>{link}</head><body><img src="file:///etc/passwd">x</body></html>'
    data, pages = pdf.bind(html, Path(app.static_folder))
    assert pages == 1
    assert not PdfReader(BytesIO(data)).attachments
