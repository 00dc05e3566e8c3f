"""Replies to a comment and who has read what, over the wire, from both sides."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import func, select

from app.audit.models import Entry
from app.cohorts.models import Enrollment
from app.coursework.models import Draft
from app.coursework.review_models import Comment, CommentRead, Reply, Review
from app.lib.database import db
from app.mail.models import Message
from tests.factories import next_round, published_review, second_coach, submitted_system
from tests.house.hostile import STRINGS

ROUND, SHEET, REVIEW = "/systems/1/submissions/1", "/systems/1", "/reviews/1"
COMMENTS = (("1.C.1", "required", "Write the exception as a rule."), ("1.B.1", "praise", "Clear path."))


@pytest.fixture
def reviewed(app: Any, cast: Any, write: Any) -> None:
    with write():
        published_review(submitted_system(cast.ana_enrollment), cast.cora, comments=COMMENTS)


@pytest.fixture
def ana(sign_in: Any, cast: Any, reviewed: Any) -> Any:
    return sign_in(cast.ana)


@pytest.fixture
def cora(sign_in: Any, cast: Any, reviewed: Any) -> Any:
    return sign_in(cast.cora)


def say(browser: Any, text: str, comment: int = 1, **more: str) -> Any:
    return browser.post(f"{SHEET}/replies", data={"comment": str(comment), "text": text, **more})


def coach_says(browser: Any, text: str, comment: int = 1) -> Any:
    return browser.post(f"{REVIEW}/replies", data={"comment": str(comment), "text": text})


def said() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Reply.text).order_by(Reply.id)))


def mails() -> list[tuple[str, str]]:
    rows = select(Message.to_address, Message.kind).where(Message.kind == "coursework/replied")
    return [tuple(row) for row in db.session.execute(rows.order_by(Message.id))]


def test_both_sides_talk_about_one_comment_in_order(ana: Any, cora: Any) -> None:
    response = say(ana, "Which exception do you mean?")
    assert response.status_code == 303 and response.location == f"{ROUND}#comment-1"
    assert coach_says(cora, "The one for new clients.").location == f"{REVIEW}#comment-1"
    say(ana, "Also praise can be answered.", comment=2)
    for browser, address in ((ana, ROUND), (ana, SHEET), (cora, REVIEW)):
        page = browser.get(address).text
        places = [page.index(one) for one in ("Which exception do you mean?", "The one for new clients.")]
        assert places == sorted(places), address
        assert "Also praise can be answered." in page
    assert "9:00 a.m. MDT" in ana.get(ROUND).text  # each in their own zone
    assert "11:00 a.m. EDT" in cora.get(REVIEW).text
    entry = db.session.scalar(select(Entry.sentence).where(Entry.about_kind == "reply").order_by(Entry.id))
    assert entry == "Replied to a comment on 1.C.1 of System 1, round 1"


def test_the_other_side_is_told_once_an_hour_and_not_what(ana: Any, cora: Any, clock: Any) -> None:
    say(ana, "First secret.")
    say(ana, "Second secret.")
    say(ana, "About the other.", comment=2)
    assert mails() == [("cora@example.com", "coursework/replied")]
    coach_says(cora, "Answer.")
    clock.move(hours=1)
    say(ana, "Third secret.")
    told = [one for one, _kind in mails()]
    assert told == ["cora@example.com", "ana@example.com", "cora@example.com"]
    texts = db.session.scalars(select(Message.text).where(Message.kind == "coursework/replied")).all()
    assert not any("secret" in one for one in texts)
    assert "/reviews/1#comment-1" in texts[0] and f"{ROUND}#comment-1" in texts[1]


def test_a_colleague_may_join_and_the_author_of_the_review_is_told(
    ana: Any, cast: Any, sign_in: Any, write: Any
) -> None:
    with write():
        theo = second_coach(cast.spring).id
    assert coach_says(sign_in(theo), "I would do the same.").status_code == 303
    assert "Theo Marsh" in ana.get(ROUND).text
    say(ana, "Thank you both.")
    assert [one for one, _ in mails()] == ["ana@example.com", "cora@example.com"]


def test_pressed_twice_it_is_one_reply(ana: Any) -> None:
    for _ in range(2):
        assert say(ana, "Once.").status_code == 303
    assert said() == ["Once."]


def test_looking_changes_nothing(ana: Any, cora: Any) -> None:
    for browser, address in ((ana, ROUND), (ana, SHEET), (cora, REVIEW)):
        browser.get(address)
    assert db.session.scalar(select(func.count()).select_from(CommentRead)) == 0


def test_receipts_for_both_sides(ana: Any, cora: Any, clock: Any) -> None:
    assert "Read by Ana" not in cora.get(REVIEW).text
    assert "Mark as read" in ana.get(SHEET).text
    for _ in range(2):  # twice is harmless, and the first time stays
        assert ana.post(f"{SHEET}/read", data={"read": ["1~0", "2~0"]}).status_code == 303
        clock.move(minutes=5)
    assert "Mark as read" not in ana.get(SHEET).text
    page = cora.get(REVIEW).text
    assert page.count("Read by Ana, Wed, Mar 25, 11:00 a.m. EDT") == 2
    say(ana, "Done?", read="1~0")
    assert "Mark as read" in cora.get(REVIEW).text
    cora.post(f"{REVIEW}/read", data={"read": "1~1"}, headers={"Accept": "application/json"})
    assert "Cora has read this, Wed, Mar 25, 9:10 a.m. MDT" in ana.get(ROUND).text
    coach_says(cora, "Yes.")
    assert "Read by Ana" in cora.get(REVIEW).text  # the comment itself
    assert cora.get(REVIEW).text.count("Read by Ana") == 2  # and not yet the reply
    ana.post(f"{SHEET}/read", data={"read": "1~2"})
    assert cora.get(REVIEW).text.count("Read by Ana") == 3


def test_nobody_has_read_what_is_not_there_yet(ana: Any, cora: Any) -> None:
    ana.post(f"{SHEET}/read", data={"read": ["1~999999999", "77~0", "x", "1~"]})
    rows = db.session.execute(select(CommentRead.comment_id, CommentRead.reply_id)).all()
    assert rows == [(1, 0)]
    db.session.rollback()
    coach_says(cora, "News.")
    assert "New" in ana.get(SHEET).text and "A reply from your coach" in ana.get("/dashboard").text
    ana.post(f"{SHEET}/read", data={"read": "1~1"})
    assert "from your coach</h2>" not in ana.get("/dashboard").text


def test_a_reply_is_taken_back_while_nobody_has_read_it(ana: Any, cora: Any, clock: Any) -> None:
    say(ana, "Written in anger.")
    clock.move(minutes=14)
    assert "Take this back" in ana.get(ROUND).text
    for _ in range(2):  # twice is harmless
        assert ana.post(f"{SHEET}/replies/1/take-back").status_code == 303
    assert said() == [""]
    for browser, address in ((ana, ROUND), (cora, REVIEW)):
        page = browser.get(address).text
        assert "Taken back." in page and "Written in anger." not in page
    assert "have not read" not in cora.get(REVIEW).text


@pytest.mark.parametrize(("why", "minutes"), [("read already", 1), ("within 15 minutes", 16)])
def test_but_not_later(ana: Any, cora: Any, clock: Any, why: str, minutes: int) -> None:
    say(ana, "It stays.")
    if why == "read already":
        cora.post(f"{REVIEW}/read", data={"read": "1~1"})
    clock.move(minutes=minutes)
    assert "Take this back" not in ana.get(ROUND).text
    ana.post(f"{SHEET}/replies/1/take-back")
    assert said() == ["It stays."] and why in ana.get(SHEET).text


def test_nobody_takes_back_what_another_wrote(ana: Any, cora: Any) -> None:
    say(ana, "Mine.")
    assert cora.post(f"{REVIEW}/replies/1/take-back").status_code == 404
    coach_says(cora, "Hers.")
    assert ana.post(f"{SHEET}/replies/2/take-back").status_code == 404
    assert said() == ["Mine.", "Hers."]


@pytest.mark.parametrize(("text", "why"), [("  ", "empty reply"), ("x" * 4001, "4,000 characters")])
def test_the_refusal_stands_at_the_reply_and_the_words_are_kept(
    ana: Any, cora: Any, text: str, why: str
) -> None:
    for browser, address in ((ana, f"{SHEET}/replies"), (cora, f"{REVIEW}/replies")):
        response = browser.post(address, data={"comment": "1", "reply~1": text})
        assert response.status_code == 422 and why in response.text
        assert 'href="#reply-1"' in response.text and 'id="reply-1-error"' in response.text
        assert text in response.text
    assert said() == []


def test_from_the_worksheet_everything_typed_is_saved_with_it(ana: Any) -> None:
    page = ana.get(SHEET).text
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    form = {
        "version": version,
        "1.A.1": "A new name",
        "reply~1": "Is this better?",
        "reply": "1",
        "read": "1~0",
    }
    response = ana.post(f"{SHEET}/draft", data=form)
    assert response.location == f"{SHEET}#request-1"
    assert said() == ["Is this better?"]
    assert db.session.get_one(Draft, 1).answers["1.A.1"] == "A new name"
    assert db.session.scalar(select(CommentRead.comment_id)) == 1
    refused = ana.post(f"{SHEET}/draft", data=form | {"reply~1": "", "1.A.1": "Newer"})
    assert refused.status_code == 422 and "Newer" in refused.text and "empty reply" in refused.text


def test_a_reply_is_no_answer_to_the_request(ana: Any) -> None:
    say(ana, "I will think about it.")
    assert db.session.get_one(Comment, 1).answer is None
    page = ana.get(SHEET).text
    assert "0 of 1 answered" in page and "Whether the change is done, you say above." in page


def test_suspended_one_reads_and_is_told_why_not_more(ana: Any, cora: Any, cast: Any, write: Any) -> None:
    say(ana, "Before.")
    coach_says(cora, "Answer.")
    with write():
        db.session.get_one(Enrollment, cast.ana_enrollment).status = "suspended"
    page = ana.get(ROUND).text
    assert "Answer." in page and "Your enrollment is suspended" in page and "Send reply" not in page
    assert "Answer." in ana.get(SHEET).text
    refused = say(ana, "After.")
    assert refused.status_code == 422 and "Your enrollment is suspended" in refused.text
    assert ana.post(f"{SHEET}/read", data={"read": "1~2"}).status_code == 303  # to read is allowed
    assert coach_says(cora, "We keep your place.").status_code == 303


def test_accepted_one_can_still_talk(ana: Any, cast: Any, write: Any) -> None:
    with write():
        review = db.session.get_one(Review, 1)
        review.submission.system.status, review.verdict = "accepted", "accepted"
    assert "Send reply" in ana.get(SHEET).text
    assert say(ana, "Thank you.").status_code == 303


def test_a_withdrawn_review_leaves_its_threads_to_read_and_closed(
    ana: Any, cora: Any, cast: Any, write: Any
) -> None:
    say(ana, "Really?")
    assert cora.post(f"{REVIEW}/withdraw").status_code == 303
    page = ana.get(ROUND).text
    assert "Really?" in page and "Said about a review that was withdrawn" in page
    assert "Clear path." not in page  # of a withdrawn review only what was talked about
    assert "Really?" in cora.get(REVIEW).text
    for refused in (say(ana, "More."), coach_says(cora, "More.")):
        assert refused.status_code == 422 and "The review was withdrawn" in refused.text
    with write():
        published_review(db.session.get_one(Review, 1).submission, cast.cora, strength="Corrected.")
    page = ana.get(ROUND).text
    assert "Corrected." in page and "Really?" in page
    page = cora.get("/reviews/2").text
    assert "Corrected." in page and "Said about a withdrawn review" in page and "Really?" in page
    assert said() == ["Really?"]


def test_the_next_round_is_reviewed_with_the_threads_of_the_earlier_one(
    ana: Any, cora: Any, cast: Any, write: Any
) -> None:
    say(ana, "See the second paragraph.")
    with write():
        second = next_round(db.session.get_one(Review, 1).submission.system).id
    draft = cora.post(f"/submissions/{second}/review").location
    page = cora.get(draft).text
    assert "See the second paragraph." in page and "/reviews/1#comment-1" in page
    assert 'data-seen="1~1"' in page
    # without scripts: the next form of the page says what was on it
    fields = {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("version", "lease")}
    cora.post(draft, data={**fields, "do": "save", "read": "1~1"})
    assert "Cora has read this" in ana.get(ROUND).text


@pytest.mark.parametrize("who", ["ben", "uma"])
def test_somebody_elses_thread_is_not_there(who: str, cast: Any, sign_in: Any, reviewed: Any) -> None:
    browser = sign_in(getattr(cast, who))
    for path in ("replies", "read", "replies/1/take-back"):
        assert browser.post(f"{SHEET}/{path}", data={"comment": "1", "text": "X"}).status_code == 404
    cal = sign_in(cast.cal)
    for path in ("replies", "read", "replies/1/take-back", "reopen"):
        assert cal.post(f"{REVIEW}/{path}", data={"comment": "1", "text": "X"}).status_code == 404
    assert said() == []


def test_the_comments_of_a_draft_are_nobodys_to_reply_to(ana: Any, cora: Any, cast: Any, write: Any) -> None:
    with write():
        second = next_round(db.session.get_one(Review, 1).submission.system).id
    cora.post(f"/submissions/{second}/review")
    with write():
        draft = db.session.scalars(select(Review).where(Review.status == "draft")).one()
        draft.comments.append(Comment(field_id="1.A.1", kind="required", text="Half a thought", position=1))
        db.session.flush()
        number = draft.comments[-1].id
    assert say(ana, "What?", comment=number).status_code == 404
    ana.post(f"{SHEET}/read", data={"read": f"{number}~0"})
    assert db.session.scalar(select(func.count()).select_from(CommentRead)) == 0


def test_hostile_words_stay_words(ana: Any, cora: Any) -> None:
    for text in STRINGS:
        sent = ana.post(f"{SHEET}/replies", data={"comment": "1", "reply~1": text}, critical=False)
        assert sent.status_code in (303, 422)
    for browser, address in ((ana, ROUND), (ana, SHEET), (cora, REVIEW)):
        page = browser.get(address, critical=False).text
        assert "<script>xq()" not in page and "<img src=x" not in page
        assert "&lt;script&gt;xq()" in page


def test_worksheet_round_and_dashboard_say_the_same_next_step(cast: Any, sign_in: Any, write: Any) -> None:
    """The critical criterion first, then by field; answered here, answered everywhere."""
    asked = [("1.A.1", "required", "A"), ("1.B.1", "required", "B"), ("1.C.1", "suggested", "S")]
    with write():
        marks = {"client_path": "not_yet", "rules": "meets"}
        published_review(submitted_system(cast.ana_enrollment), cast.cora, comments=asked, marks=marks)
    ana = sign_in(cast.ana)

    def steps() -> list[tuple[str, str]]:
        found = []
        for path in (SHEET, ROUND, "/dashboard"):
            page = ana.get(path).text
            words = re.search(r"(\d of 2 answered|Every required change has your answer)", page)
            after = page[words.start() :] if words else ""
            link = re.search(r'href="[^"]*#(request-\d+|send)"', after)
            found.append((words[1] if words else "", link[1] if link and "of 2" in words[1] else ""))
        return found

    order = re.findall(r'<li[^>]*><b class="first__kind[^>]*>(?:◆ )?([\w-]+)', ana.get(SHEET).text)
    assert order == ["Safety-critical", "Required", "Suggested"]
    assert steps() == [("0 of 2 answered", "request-2")] * 3
    ana.post(f"{SHEET}/requests/2", data={"answer": "changed", "text": ""})
    assert steps() == [("1 of 2 answered", "request-1")] * 3
    ana.post(f"{SHEET}/requests/1", data={"answer": "disagree", "text": "It is a path already."})
    page = ana.get(SHEET).text
    assert "2 of 2 answered" in page and "check and submit round 2" in page
    assert 'class="next"' in page and page.count("next__label") == 1  # one amber thing: on to sending
