"""Client data: once hidden it is on nobody's page, once purged it is in no row; and no column is forgotten."""

from __future__ import annotations

import os
from typing import Any

import pytest
from sqlalchemy import JSON, String, Text, select

from app.coursework import withheld_holders
from app.coursework.models import Attachment, Withholding
from app.files import storage
from app.lib.database import Base, begin_write, db
from app.mail.models import Message
from tests.house.canaries import ACTORS
from tests.house.doors import DEVELOPMENT, DOORS
from tests.house.visits import House, text_of

# Words of Ana's two rounds and of what was said about them; her draft is another matter.
IN_ROUNDS = (
    "xqanaround1", "xqanaround2", "xqanaremark", "xqanastrength", "xqananote", "xqanahalfwritten", "xqanaheldwords",
    "xqanaheldname", "xqanahiddenremark",
)  # fmt: skip
IN_DRAFT = ("xqanadraft", "xqanakeptname", "xqanakeptwords")
WORDS = (*IN_ROUNDS, *IN_DRAFT)

# Columns of coursework with words in them that no purge touches, each with its reason.
EXEMPT = {
    "draft.self_rating": "criterion → level: no words of anybody's",
    "submission.self_rating": "criterion → level: no words of anybody's",
    "review.marks": "criterion → level: no words of anybody's",
    "review.settled": "ids and 'settled' or 'open'",
    "submission.submitted_because": "staff's or a coach's reason, written for the participant to read",
    "system.excused_because": "staff's reason, written for the participant to read",
    "system.withheld": "marks: which field, when, hidden or purged; no words",
    "withholding.kept": "where hidden words lie; emptied by `purge` itself",
    "reflection.text": "a private note to a lesson: its author alone reads it, so nobody can find client data in it",
    "reflection.question": "the program's own question",
    "blind_review.marks": "criterion → level: no words of anybody's",
    "exemplar.consent_text": "our own words, kept as they were agreed to",
    "look.marks": "short digests of what a page showed; no words",
    "bank_comment.text": "a coach's own sentence; what quotes or names a participant is refused",
}


def _columns() -> set[str]:
    """Columns of coursework that could hold what a person wrote."""
    found = set()
    for mapper in Base.registry.mappers:
        if not mapper.class_.__module__.startswith("app.coursework"):
            continue
        for column in mapper.local_table.columns:
            long = isinstance(column.type, String) and (column.type.length or 10_000) >= 200
            if isinstance(column.type, JSON | Text) or long:
                found.add(f"{mapper.local_table.name}.{column.name}")
    return found


def test_every_column_with_words_is_purged_or_says_why_not():
    """A new one joins `withheld_holders.HOLDERS` with one line, or stands in EXEMPT with its reason."""
    purged = {holder.column for holder in withheld_holders.HOLDERS}
    assert _columns() - purged - set(EXEMPT) == set(), "nobody said what a purge does with these"
    existing = {
        f"{table.name}.{column.name}" for table in Base.metadata.sorted_tables for column in table.columns
    }
    assert purged | set(EXEMPT) <= existing, "these do not exist any more"
    assert not purged & set(EXEMPT)


def _hide(house: House, what: str = "round") -> int:
    address = f"/submissions/{house.world.ids['ana_submission']}/client-data"
    assert house.browser("cora").post(address, data={"what": what}).status_code == 303
    newest = db.session.scalar(select(Withholding.id).order_by(Withholding.id.desc()).limit(1))
    db.session.rollback()
    assert newest is not None
    return newest


def _purge(house: House, withholding_id: int) -> None:
    address = f"/client-data/{withholding_id}/purge"
    name = db.session.get_one(Withholding, withholding_id).submission.system.enrollment.user.name
    answer = house.browser("cora").post(address, data={"name": name})
    assert answer.status_code == 303, answer.text


def _shown(house: House, words: tuple[str, ...], skip: tuple[str, ...] = ()) -> list[str]:
    """Where any of the words is shown to anybody, on any page or in any file."""
    found = []
    for actor in ACTORS:
        browser = house.browser(actor)
        for door in DOORS:
            if door.method != "GET" or door in DEVELOPMENT or door.endpoint in skip:
                continue
            text = text_of(house.enter(door, actor, browser)).lower()
            address = house.address(door, actor)
            found += [f"{actor} {address}: {word}" for word in words if word in text and word not in address]
    return found


def _rows_with(word: str) -> list[str]:
    """Tables that hold the word in any row, as committed."""
    found = []
    with db.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            if any(word in repr(tuple(row)).lower() for row in connection.execute(select(table))):
                found.append(table.name)
    return found


def test_what_is_hidden_is_on_nobodys_page(house: House):
    begin_write()  # as when she takes it out of her draft: what is in there is hers to have
    db.session.get_one(Attachment, house.world.ids["ana_held"]).removed_at = house.app.config["CLOCK"]()
    db.session.commit()
    before = _shown(house, IN_ROUNDS)
    assert {line.rsplit(": ", 1)[1] for line in before} == set(IN_ROUNDS) - {"xqanahiddenremark"}
    _hide(house)
    assert _shown(house, IN_ROUNDS) == []
    # her draft is still hers to correct, and nobody else's
    drafts = _shown(house, IN_DRAFT)
    assert drafts
    assert all(line.startswith("ana /systems/") for line in drafts)


def test_what_is_hidden_is_in_no_mail_that_was_not_sent_yet(house: House):
    """A mail that waits is written anew; the one that says what is hidden does not repeat it."""
    begin_write()
    kind, key = "coursework/review_published", f"review:{house.world.ids['ana_published']}"
    about: dict[str, Any] = {
        "created_at": house.app.config["CLOCK"](),
        "send_after": house.app.config["CLOCK"](),
    }
    mail = Message(key=key, kind=kind, to_address="ana@example.com", to_name="Ana", subject="S", **about)
    mail.text = mail.html = "It says xqanaround1 and xqanaremark."
    db.session.add(mail)
    db.session.commit()
    _hide(house)
    texts = [f"{one.subject} {one.text} {one.html}" for one in db.session.scalars(select(Message))]
    db.session.rollback()
    assert not [word for word in IN_ROUNDS for text in texts if word in text]
    assert len([text for text in texts if "may hold data about a client" in text]) >= 2


def test_shown_again_everything_is_as_it_was(house: House):
    before = _shown(house, WORDS)
    withholding_id = _hide(house)
    answer = house.browser("cora").post(f"/client-data/{withholding_id}/show-again")
    assert answer.status_code == 303
    assert sorted(_shown(house, WORDS)) == sorted(before)


@pytest.mark.parametrize("word", WORDS)
def test_the_words_are_in_rows_before(house: House, word: str):
    """Or the next test would prove nothing. Words of files are in the store and in no row."""
    rows = _rows_with(word)
    assert rows or word in ("xqanaheldwords", "xqanakeptwords")


def test_what_is_purged_is_in_no_row_no_file_and_on_no_page(house: House):
    digests = [storage.put(word.encode()) for word in ("xqanaheldwords", "xqanakeptwords")]
    for digest in digests:
        os.utime(storage.path_of(digest), (0, 0))
    withholding_id = _hide(house)
    _purge(house, withholding_id)
    assert {word: tables for word in WORDS if (tables := _rows_with(word))} == {}
    assert _shown(house, WORDS) == []
    for digest in digests:
        with pytest.raises(FileNotFoundError):
            storage.path_of(digest)
    # Ben's and Uma's work is untouched
    assert _rows_with("xqbenround1")
    assert _rows_with("xqumaround1")


def test_one_field_is_purged_and_the_rest_stays(house: House):
    withholding_id = _hide(house, "field:1.C.1")
    _purge(house, withholding_id)
    answers = db.session.get_one(Withholding, withholding_id).submission.answers
    assert "1.C.1" not in answers
    assert "xqanaround2" in answers["1.A.1"]
    db.session.rollback()
    assert any("xqanaround2" in line for line in _shown(house, ("xqanaround2",)))
