"""Asking a colleague about a round under review. Pure: plain values in, an answer or `Refused` out."""

from __future__ import annotations

from app.lib.refusal import Refused

QUESTION_LIMIT = 2_000  # characters
ANSWER_LIMIT = 4_000
MOST = 5  # questions about one review: each is a mail


def reason_closed(review_status: str, is_waiting: bool) -> str:
    """Why nothing can be asked or answered any more, as a sentence; empty while it can."""
    if review_status != "draft":
        return "This review is published, so its second opinions are closed."
    return "" if is_waiting else "This round waits for nobody any more, so its second opinions are closed."


def check_ask(*, is_own: bool, closed: str, asked: int, question: str, knows_colleague: bool) -> str:
    """The question, stripped. Raises Refused when it cannot be asked."""
    if not is_own:
        raise Refused("Only the coach who writes this review asks about it.")
    if closed:
        raise Refused(closed)
    if not knows_colleague:
        raise Refused("Choose a colleague who coaches this cohort, or any of them.", field="colleague")
    question = question.strip()
    if not question:
        raise Refused("Say what you would like to know. “Is 3.B.2 enough?” will do.", field="question")
    if len(question) > QUESTION_LIMIT:
        raise Refused(
            f"The question is {len(question):,} characters long; there is room for {QUESTION_LIMIT:,}.",
            field="question",
        )
    if asked >= MOST:
        raise Refused(f"You have asked {MOST} times about this review. The decision is yours now.")
    return question


def may_answer(*, my_id: int, asker_id: int, colleague_id: int | None) -> bool:
    """Who was named answers; where nobody was, any coach but the one who asked."""
    return my_id == colleague_id if colleague_id else my_id != asker_id


def check_answer(*, may: bool, closed: str, answered: bool, answer: str) -> str:
    """The answer, stripped. Raises Refused when it cannot be given."""
    if not may:
        raise Refused("This question is for a colleague.")
    if closed:
        raise Refused(closed)
    if answered:
        raise Refused("This question has its answer already.")
    answer = answer.strip()
    if not answer:
        raise Refused("Write your answer first.", field="answer")
    if len(answer) > ANSWER_LIMIT:
        raise Refused(
            f"The answer is {len(answer):,} characters long; there is room for {ANSWER_LIMIT:,}.",
            field="answer",
        )
    return answer
