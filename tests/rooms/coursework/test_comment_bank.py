"""The comment bank: kept, inserted as a copy, shared, deleted, retired; and never with a participant's words in it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.coursework.review_models import BankComment
from app.lib.database import db
from tests.cast import NOW
from tests.factories import submitted_system
from tests.house.hostile import STRINGS, check
from tests.rooms.coursework.test_review import cora, opened, round_1, send

__all__ = ["cora", "round_1"]

KEY, PAGE = "practice-operating-system", "/coaching/comments"


def kept() -> list[BankComment]:
    db.session.rollback()
    return list(db.session.scalars(select(BankComment).order_by(BankComment.id)))


@pytest.fixture
def banked(cast: Any, write: Any) -> dict[str, int]:
    """A sentence of Cora's, one of Cal's, a shared one."""
    ids = {}
    with write():
        for whose, owner in (("cora", cast.cora), ("cal", cast.cal), ("shared", None)):
            one = BankComment(
                assignment_key=KEY, owner_id=owner, kind="required", text=f"By {whose}.", created_at=NOW
            )
            db.session.add(one)
            db.session.flush()
            ids[whose] = one.id
    return ids


def test_a_review_is_offered_own_shared_and_the_rubrics_sentences(
    cora: Any, round_1: int, banked: Any
) -> None:
    address = opened(cora, round_1)
    before = [(one.id, one.uses) for one in kept()]
    offers = cora.get(f"{address}/bank").get_json()["offers"]
    assert [(one["source"], one["text"]) for one in offers] == [
        ("own", "By cora."),
        ("shared", "By shared."),
        ("rubric", "Steps are missing."),
        ("rubric", "Steps are missing."),
    ]
    assert [(one.id, one.uses) for one in kept()] == before


def test_the_bank_is_never_empty(cora: Any, round_1: int) -> None:
    assert len(cora.get(f"{opened(cora, round_1)}/bank").get_json()["offers"]) == 2
    assert "Steps are missing." in cora.get(PAGE).get_data(as_text=True)


def test_a_written_comment_is_kept_without_what_the_participant_wrote(cora: Any, round_1: int) -> None:
    address = opened(cora, round_1)
    text = "“24 hours' notice” for whom? no fee is a promise. Write it as a rule."
    send(
        cora,
        address,
        **{"comment-new-1.C.1": text, "quote-new-1.C.1": "no fee", "kind-new-1.C.1": "required"},
    )
    key = cora.get(address).get_data(as_text=True).split('value="bank-')[1].split('"')[0]
    form = {f"comment-{key}": text, f"quote-{key}": "no fee", f"kind-{key}": "required"}
    assert send(cora, address, do=f"bank-{key}", **form).status_code == 303
    one = kept()[0]
    assert (one.kind, one.field_id, one.assignment_key) == ("required", "1.C.1", KEY)
    assert one.text == "… for whom? … is a promise. Write it as a rule."
    assert "Kept in your comment bank" in cora.get(address).get_data(as_text=True)
    send(cora, address, do=f"bank-{key}", **form)
    assert len(kept()) == 1  # twice is harmless


def test_a_name_is_refused_kindly_and_the_draft_is_saved(cora: Any, round_1: int) -> None:
    address = opened(cora, round_1)
    send(cora, address, **{"comment-new-1.C.1": "Ana, say who decides."})
    key = cora.get(address).get_data(as_text=True).split('value="bank-')[1].split('"')[0]
    send(cora, address, do=f"bank-{key}", strength="Typed", **{f"comment-{key}": "Ana, say who decides."})
    page = cora.get(address).get_data(as_text=True)
    assert "This comment names Ana." in page
    assert "Typed" in page
    assert kept() == []


def test_one_keeps_changes_shares_and_deletes_ones_own(
    cora: Any, banked: Any, cast: Any, sign_in: Any
) -> None:
    assert (
        cora.post(PAGE, data={"module": "systems", "text": "A new one.", "kind": "praise"}).status_code == 303
    )
    mine = kept()[-1].id
    cora.post(f"{PAGE}/{mine}", data={"do": "save", "text": "Reworded.", "kind": "suggested"})
    assert (kept()[-1].text, kept()[-1].kind) == ("Reworded.", "suggested")
    assert "Reworded." not in sign_in(cast.cal).get(PAGE).get_data(as_text=True)
    cora.post(f"{PAGE}/{mine}", data={"do": "share"})
    cora.post(f"{PAGE}/{mine}", data={"do": "share"})
    assert (kept()[-1].owner_id, kept()[-1].shared_by_id) == (None, cast.cora)
    assert "Reworded." in sign_in(cast.cal).get(PAGE).get_data(as_text=True)
    for verb in ("save", "delete"):  # others rely on it now
        refused = cora.post(f"{PAGE}/{mine}", data={"do": verb, "text": "Mine again"})
        assert refused.status_code == 422
        assert "it stays as it is" in refused.get_data(as_text=True)
    cora.post(f"{PAGE}/{banked['cora']}", data={"do": "delete"})
    assert banked["cora"] not in [one.id for one in kept()]


def test_staff_retire_shared_ones_and_nobody_else_does(
    cora: Any, banked: Any, cast: Any, sign_in: Any
) -> None:
    assert cora.post(f"{PAGE}/{banked['shared']}", data={"do": "retire"}).status_code == 404
    sam = sign_in(cast.sam)
    page = sam.get(PAGE).get_data(as_text=True)
    assert "By shared." in page
    assert "By cora." not in page
    assert sam.post(f"{PAGE}/{banked['cora']}", data={"do": "retire"}).status_code == 404
    assert sam.post(f"{PAGE}/{banked['shared']}", data={"do": "retire"}).status_code == 303
    assert "By shared." not in cora.get(PAGE).get_data(as_text=True)


def test_anothers_is_not_there(cora: Any, banked: Any) -> None:
    for verb in ("save", "share", "delete", "retire"):
        assert cora.post(f"{PAGE}/{banked['cal']}", data={"do": verb, "text": "Mine"}).status_code == 404
    assert cora.post(f"{PAGE}/{banked['cal']}/used").status_code == 404
    assert {one.text for one in kept()} == {"By cora.", "By cal.", "By shared."}


@pytest.mark.parametrize("who", ["ana", "pat"])
def test_participants_find_no_bank(who: str, cast: Any, sign_in: Any, banked: Any) -> None:
    somebody = sign_in(getattr(cast, who))
    assert somebody.get(PAGE).status_code == 404
    assert somebody.post(PAGE, data={"module": "systems", "text": "x"}).status_code == 404
    assert somebody.post(f"{PAGE}/{banked['shared']}", data={"do": "share"}).status_code == 404


def test_uses_are_counted_and_come_first(cora: Any, cast: Any, banked: Any, write: Any) -> None:
    with write():
        submission = submitted_system(cast.ana_enrollment).id
    cora.post(f"{PAGE}/{banked['shared']}/used")
    cora.post(f"{PAGE}/{banked['shared']}/used")
    offers = cora.get(f"{opened(cora, submission)}/bank").get_json()["offers"]
    assert [(one["text"], one["uses"]) for one in offers[:2]] == [("By shared.", 2), ("By cora.", 0)]


@pytest.mark.parametrize("text", ["", "   ", "x" * 1001])
def test_what_cannot_be_kept_is_said_and_shown_again(cora: Any, text: str) -> None:
    refused = cora.post(PAGE, data={"module": "systems", "text": text})
    assert refused.status_code == 422
    assert text.strip() in refused.get_data(as_text=True)
    assert cora.post(PAGE, data={"module": "no-such", "text": "x"}).status_code == 404


@pytest.mark.parametrize("words", STRINGS)
def test_hostile_sentences_are_only_text(words: str, cora: Any) -> None:
    for form in ({"module": "systems", "text": words, "kind": words}, {"module": words, "text": "x"}):
        check(cora.post(PAGE, data=form, critical=False), f"keeping {words[:20]!r}")
    check(cora.get(PAGE, critical=False), "the bank")
    check(cora.get(PAGE, query_string={"module": words}, critical=False), "the bank of another module")
