from __future__ import annotations

from app.curriculum.models import Release
from app.curriculum.queries import program_of
from app.lib.database import db
from tests.cast import NOW
from tests.programs import small_program


def test_anybody_reads_the_terms_by_their_letter(client, cast):
    page = client.get("/glossary").text
    assert '<a href="#letter-a">A</a>' in page and '<a href="#letter-c">C</a>' in page
    assert (
        '<div id="aed"><dt>AED</dt><dd>The device on the wall. <small>Source: A book, 2020.</small></dd></div>'
        in page
    )
    assert "Also: Way of a client." in page
    assert '<link rel="canonical" href="http://localhost:8000/glossary">' in page


def test_every_public_page_leads_there(client, cast):
    assert '<a href="/glossary">Glossary</a>' in client.get("/program").text


def test_a_program_without_terms_says_what_will_be_there(client, cast, write):
    program = small_program().model_copy(update={"glossary": ()})
    with write():
        content = program.canonical_json()
        db.session.add(Release(hash=program.content_hash(), content=content, created_at=NOW))
    program_of.cache_clear()
    page = client.get("/glossary").text
    assert "The terms of the program stand here as soon as they are published." in page
    assert "letters" not in page
