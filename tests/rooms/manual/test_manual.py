from __future__ import annotations

from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select

from app.accounts.models import User
from app.cohorts.models import Enrollment
from app.coursework.models import System
from app.lib import jobs, pdf
from app.lib.database import db
from app.manual.export import TYPES, WORD
from app.manual.models import Binding
from tests.factories import accepted_system
from tests.programs import COMPLETE
from tests.rooms.manual.words import opened, text_of


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
    assert 'href="/manual/systems"' in browser.get("/manual").text
    page = browser.get("/manual/systems").text
    assert "Chapter 1" in page and "Cora Bennett" in page and "One rule for everybody." in page
    assert browser.get("/manual/focus").status_code == 404
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


def test_the_word_file_comes_with_the_pdf(sign_in, cast, accepted, typesetter):
    jobs.run("bind-manuals")
    browser = sign_in(cast.ana)
    page = browser.get("/manual").text
    assert "Download for Word" in page and " pages, " in page and " kB" in page
    answer = browser.get("/manual.docx")
    assert answer.mimetype == TYPES[WORD]
    assert "Practice%20manual%2C%20Northgate" in answer.headers["Content-Disposition"] or (
        'filename="Practice manual, Northgate Medical Exercise.docx"' in answer.headers["Content-Disposition"]
    )
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "One rule for everybody." in text_of(opened(answer.data))


@pytest.mark.parametrize(
    ("broken", "kept", "lost"),
    [("app.lib.pdf.bind", "docx", "pdf"), ("app.manual.word.bind", "pdf", "docx")],
)
def test_what_cannot_be_made_says_why_and_the_other_form_is_there(
    sign_in, cast, accepted, monkeypatch, typesetter, broken, kept, lost
):
    def fail(*_, **__):
        raise pdf.NoTypesetter("The libraries are missing.")

    monkeypatch.setattr(broken, fail)
    jobs.run("bind-manuals")
    browser = sign_in(cast.ana)
    page = browser.get("/manual").text
    assert "One of the two forms could not be made: The libraries are missing." in page
    assert "Bind it again" in page
    assert browser.get(f"/manual.{kept}").status_code == 200
    assert browser.get(f"/manual.{lost}").location == "/manual"
    monkeypatch.undo()
    browser.post("/manual/bind")
    assert _bindings() == 2
    jobs.run("bind-manuals")
    assert browser.get(f"/manual.{lost}").status_code == 200
    assert "Bind" not in browser.get("/manual").text.split("Contents")[0].replace("Bound", "")


def test_a_binding_is_of_the_work_it_was_made_from(sign_in, cast, accepted, write, typesetter):
    """Between asking and binding the name changed: the files are those of the new name, and so is their mark."""
    browser = sign_in(cast.ana)
    browser.post("/manual/bind")
    with write():
        db.session.get(Enrollment, cast.ana_enrollment).practice_name = "Northgate and Daughters"
    jobs.run("bind-manuals")
    assert "Northgate and Daughters" in text_of(opened(browser.get("/manual.docx").data))


DOCUMENT = "/manual/systems/cancellation-policy"


def test_a_document_can_be_taken_along_alone(sign_in, cast, accepted, typesetter):
    browser = sign_in(cast.ana)
    page = browser.get(DOCUMENT).text
    assert f'href="{DOCUMENT}.pdf"' in page and f'href="{DOCUMENT}.docx"' in page
    in_word, on_paper = browser.get(f"{DOCUMENT}.docx"), browser.get(f"{DOCUMENT}.pdf")
    assert "One rule for everybody." in text_of(opened(in_word.data))
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(on_paper.data)).pages)
    assert "One rule for everybody." in text and "1 of 1" in text
    for answer in (in_word, on_paper):
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_document_that_cannot_be_made_leads_back_to_its_page(sign_in, cast, accepted, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("no")

    monkeypatch.setattr("app.manual.word.alone", fail)
    browser = sign_in(cast.ana)
    assert browser.get(f"{DOCUMENT}.docx").location == DOCUMENT
    assert "That file could not be made." in browser.get(DOCUMENT).text


@pytest.mark.parametrize("ending", ["doc", "html", "pdf.docx", "PDF", ""])
def test_other_endings_are_no_address(sign_in, cast, accepted, ending):
    assert sign_in(cast.ana).get(f"{DOCUMENT}.{ending}").status_code == 404


def test_abroad_the_paper_is_a4(sign_in, cast, accepted, write, typesetter):
    with write():
        db.session.get(User, cast.ana).time_zone = "Europe/London"
    jobs.run("bind-manuals")
    page = PdfReader(BytesIO(sign_in(cast.ana).get("/manual.pdf").data)).pages[2]
    assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]


def test_nobody_gets_anybody_elses_manual(sign_in, cast, accepted, typesetter):
    jobs.run("bind-manuals")
    ben = sign_in(cast.ben)
    assert ben.get("/manual.pdf").status_code == ben.get("/manual.docx").status_code == 302
    assert ben.get("/manual/systems").status_code == 404
    assert ben.get(DOCUMENT).status_code == 404
    assert ben.get(f"{DOCUMENT}.pdf").status_code == ben.get(f"{DOCUMENT}.docx").status_code == 404


def test_hostile_answers_stay_text_and_fetch_nothing(sign_in, cast, write, typesetter):
    evil = {**COMPLETE, "1.A.1": '<img src="file:///etc/passwd"><script>alert(1)</script>'}
    evil["1.C.1"] = "![x](http://127.0.0.1:9/x) <style>@page{size:1mm}</style> [a](javascript:alert(1))"
    with write():
        accepted_system(cast.ana_enrollment, cast.cora, answers=evil)
    page = sign_in(cast.ana).get("/manual/systems").text
    assert "<script>alert" not in page and 'href="javascript:' not in page and "<style>" not in page
    jobs.run("bind-manuals")
    browser = sign_in(cast.ana)
    text = PdfReader(BytesIO(browser.get("/manual.pdf").data)).pages[2].extract_text()
    assert "root:" not in text
    word = opened(browser.get("/manual.docx").data)
    assert "<script>alert(1)</script>" in text_of(word)
    outside = {one.reltype.rsplit("/", 1)[1] for one in word.part.rels.values() if one.is_external}
    assert outside == {"hyperlink"}  # an address to press; Word fetches nothing by itself


def test_the_typesetter_may_load_nothing(typesetter, app):
    from pathlib import Path

    link = '<link rel=attachment href="file:///etc/passwd">'
    html = f'<html><head>{link}</head><body><img src="file:///etc/passwd">x</body></html>'
    data, pages = pdf.bind(html, Path(app.static_folder), "manual-print.css")
    assert pages == 1
    assert not PdfReader(BytesIO(data)).attachments
