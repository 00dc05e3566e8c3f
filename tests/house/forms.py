"""Every form, filled in as it should be: what the hostile tests start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.house.called_off import REASON
from tests.house.doors import (
    A_CHECK,
    AGREEMENT,
    APPLICATION,
    BLIND_MARKS,
    CODE,
    DOORS,
    LEAVES,
    MOVES,
    NEWCOMER,
    ONE_SEAT,
    OTHERS_REASON,
    PRACTICE,
    PURCHASE,
    QUESTIONS,
    SPRING_OFF,
    SUMMER_OFF,
    WISH,
    Door,
)


@dataclass(frozen=True)
class Form:
    endpoint: str
    actor: str
    valid: Mapping[str, Any]
    once: bool = False  # sent well, it cannot be sent again
    sharp: tuple[str, ...] | None = None  # the fields to try one at a time; all unless named

    def __str__(self) -> str:
        return f"{self.endpoint} as {self.actor}"

    def door(self) -> Door:
        return next(
            door
            for door in DOORS
            if door.endpoint == self.endpoint and door.method == "POST" and door.is_open_to(self.actor)
        )


WORKSHEET = {
    "version": "1", "was": "{}", "release": "1",
    "1.A.1": "Name", "1.A.2": "gym", "1.B.1~row": "r1", "1.B.1~r1~step": "Inquiry",
    "1.B.1~r1~exists": "in_use", "1.C.1": "Words", "1.C.2~deidentified": "yes",
    "1.C.2~text": "Words", "1.E.1~row": "r1", "1.E.1~r1~item": "Rent",
    "1.E.1~r1~amount": "10", "1.E.3~price": "90", "1.E.3~variable_cost": "4", "rating~client_path": "meets",
    "request~3": "changed", "request~3~text": "Done", "asked": "1.A.1", "keep~1.A.1": "mine", "add": "", "remove": "",
    "save": "A", "round": "1", "statement_own": "1", "statement_no_client": "1",
    "plan~when": "The next call comes", "plan~will": "Read it", "note~0123456789abcdef": "Ours",
}  # fmt: skip
REVIEW = {
    "version": "1",
    "do": "save",
    "showing": "all",
    "lease": "",
    "strength": "Good",
    "note": "So",
    "mark-rules": "meets",
    "settled-1": "open",
    "comment-new-1.C.1": "Well",
    "kind-new-1.C.1": "praise",
    "quote-new-1.C.1": "words",
}
PERSON = {"name": "New Person", "email": "new@example.com", "time_zone": "America/Denver"}

FORMS = [
    Form(
        "accounts.sign_in_with_password",
        "nobody",
        {"email": "a@b.example", "password": "x", "next": "/"},
        once=True,
        sharp=(),
    ),
    Form("accounts.ask_for_link", "nobody", {"email": "ana@example.com", "next": "/dashboard"}),
    Form("accounts.mail_reset", "nobody", {"email": "ana@example.com"}),
    Form("accounts.reset_password", "ana", {"password": "correct horse battery staple"}, once=True, sharp=()),
    Form("accounts.use_link", "ana", {"next": "/dashboard"}, once=True),
    Form("accounts.give_code", "ana", {"code": "000000", "recovery_code": "a-b", "next": "/"}),
    Form("accounts.change_profile", "ana", {"name": "Ana", "time_zone": "America/Denver"}),
    Form(
        "accounts.change_password",
        "ana",
        {"current": "", "password": "correct horse battery staple"},
        once=True,
        sharp=(),
    ),
    Form("accounts.switch_on", "ana", {"code": "000000", "current": ""}),
    Form("accounts.switch_on_at_sign_in", "ana", {"code": "000000"}),
    Form("accounts.move", "ana", {"code": "000000"}),
    Form("accounts.make_recovery_codes", "ana", {"new-code": "000000"}),
    Form("accounts.switch_off", "ana", {"off-code": "000000"}),
    Form("admissions.send_application", "nobody", {**APPLICATION, **PERSON}),
    Form("leads.ask", "nobody", WISH),
    Form("admissions.save_draft", "cal", APPLICATION | {"version": "0", "was": "{}", "save": "later"}),
    Form("admissions.change_questions", "sam", QUESTIONS, once=True),
    Form("site.welcome_zone", "ana", {"time_zone": "America/Denver"}),
    Form("site.welcome_profile", "ana", PRACTICE),
    Form("site.welcome_privacy", "ana", AGREEMENT),
    Form("site.welcome_call", "ana", {"comes": "yes"}),
    Form("site.welcome_skip", "ana", {"item": "call"}),
    Form("admissions.send_application", "cal", APPLICATION, once=True),
    Form("admissions.use_code", "pat", {"plan": "1", "code": "SPRING-20"}),
    Form("admissions.pay", "pat", {"agree": "y"}, once=True),
    Form("admissions.accept_application", "sam", {"version": "1"}, once=True),
    Form("admissions.decline_application", "sam", OTHERS_REASON, once=True),
    Form("payments.make_code", "sam", CODE, once=True),
    Form("payments.change_code", "sam", {**CODE, "version": "1"}, once=True),
    Form("payments.archive_code", "sam", {"back": "1"}),
    Form("employers.open_purchase", "sam", PURCHASE),
    Form("employers.extend", "sam", {"version": "1", "claim_until": "2026-06-12"}, once=True),
    Form("employers.free", "sam", ONE_SEAT, once=True),
    Form("employers.refund", "sam", ONE_SEAT, once=True),
    Form("claims.pay", "nobody", {"agree": "y"}, once=True),
    Form("claims.invite", "nobody", {"people": "somebody"}),
    Form("claims.open_account", "nobody", NEWCOMER, once=True),
    Form("claims.claim", "pat", {"agree": "y", "practice_name": "P"}, once=True),
    Form("admissions.change_capacity", "sam", {"capacity": "5", "was": "3"}),
    Form("admissions.put_on_waitlist", "sam", {"version": "1"}, once=True),
    Form("admissions.force_seat", "sam", {"version": "1", "why_over": "Her employer has paid"}, once=True),
    Form("admissions.prioritize", "sam", {"version": "1", "direction": "up"}),
    Form("admissions.pass_over", "sam", {"version": "1", "why_passed": "Travels until Friday"}),
    Form("admissions.withdraw", "sam", LEAVES, once=True),
    Form("admissions.defer", "sam", MOVES, once=True),
    Form("admissions.decline_refund", "sam", {"why_not": "Too much."}),
    Form("admissions.ask_refund_again", "sam", {"amount": "850"}),
    Form("employers.decline", "sam", {"why_not": "Too much."}),
    Form("employers.ask_again", "sam", {"amount": "850"}),
    Form("admissions.cancellation_letter", "sam", {"reason": REASON}),
    Form("admissions.cancel_cohort", "sam", {"reason": REASON} | SUMMER_OFF, once=True),
    Form("admissions.confirm_cancellation", "sam", SPRING_OFF, once=True),
    Form("admissions.end_cancellation_request", "sam", {"note": "Two more came."}, once=True),
    Form("money.enter_payment", "sam", A_CHECK | {"is_more": "y", "seen": ""}, once=True),
    Form(
        "money.take_back_payment", "sam", {"reason": "It came back.", "seen": "", "payment": "1"}, once=True
    ),
    Form("money.move", "sam", {"due_on": "2026-06-09", "seen": ""}, once=True),
    Form("money.waive", "sam", {"reason": "Hard times.", "seen": ""}, once=True),
    Form("money.grace", "sam", {"until": "2026-05-01", "seen": ""}, once=True),
    Form("money.close_task", "sam", {"note": "I called."}, once=True),
    Form("site.move_cohort", "sam", {"to": "2", "mark": "read-long-ago"}),
    Form("site.publish", "sam", {"note": "New words", "content": "read-long-ago"}),
    Form(
        "coursework.save",
        "ben",
        WORKSHEET,
        sharp=(
            "version",
            "release",
            "was",
            "1.A.1",
            "1.B.1~row",
            "1.B.1~r1~step",
            "1.C.1",
            "1.E.1~r1~amount",
            "request~3~text",
        ),
    ),
    Form("coursework.submit", "ben", WORKSHEET, once=True, sharp=("round",)),
    Form(
        "coursework.upload",
        "ben",
        {"version": "1", "was": "{}", "1.C.2~deidentified": "yes", "1.C.2~text": "Words", "1.A.1": "Name"},
    ),
    Form("coursework.reply", "ben", {"comment": "3", "reply~3": "Which one?", "read": "3~0"}),
    Form("coursework.seen", "ben", {"read": "3~0"}),
    Form("reviews.coach_reply", "cora", {"comment": "1", "reply~1": "This one.", "read": "1~0"}),
    Form("reviews.coach_seen", "cora", {"read": "1~0"}),
    Form("reviews.reopen", "cora", {"reason": "Your prices have changed."}),
    Form("coursework.answer_request", "ben", {"answer": "disagree", "text": "Because."}),
    Form("site.save_note", "ana", {"text": "A note", "version": "1", "was": "{}", "keep": "mine"}),
    Form(
        "assessment.answer",
        "ana",
        {"answer-1a": "1", "was-1a": "1", "answer-1b": "2", "was-1b": "", "do": "next"},
    ),
    Form("assessment.mail_result", "nobody", {"email": "pat@example.com"}),
    Form("reviews.save_review", "cora", REVIEW),
    Form("reviews.open_review", "cora", {"take_over": "1"}),
    Form("coursework.mark_seen", "ana", {"was": "{}", "seen": "{}"}),
    Form("history.put_back_in_system", "ana", {"part": "1.A.1"}, once=True),
    Form("history.put_back_in_review", "cora", {"part": "strength"}, once=True),
    Form(
        "reviews.keep_comment",
        "cora",
        {"module": "systems", "text": "New words", "kind": "required", "field_id": "1.C.1"},
    ),
    Form("reviews.change_comment", "cora", {"do": "save", "text": "New words", "kind": "required"}),
    Form("reviews.publish_draft", "cora", {"version": "1", "do": "accept", "lease": ""}, once=True),
    Form("reviews.hide_client_data", "cora", {"what": "field:1.C.1"}, once=True),
    Form("reviews.purge", "cora", {"name": "Ana Morales"}, once=True),
    Form("people.extend", "cora", {"module": "", "days": "7", "reason": "Moving house"}),
    Form("people.excuse", "sam", {"excused": "systems", "excuse_reason": "Built before"}, once=True),
    Form("people.call_back", "sam", {"excused": "systems"}, once=True),
    Form("people.note", "cora", {"note": "Write earlier in the week.", "version": "1"}),
    Form("people.submit_for", "cora", {"reason": "Sent by mail", "version": "1"}, once=True),
    Form("coaching.hand_over", "cora", {"reason": "I am ill"}),
    Form("coaching.another_day", "cora", {"day": "2026-04-02", "why": "I travel"}),
    Form("coaching.mark_blind", "cal", BLIND_MARKS, once=True),
    Form("coaching.decline_blind", "cal", {"reason": "I know it"}, once=True),
    Form("coaching.ask_opinion", "cora", {"colleague": "any", "question": "Enough?"}),
    Form("coaching.answer_opinion", "cora", {"answer": "Yes"}),
    Form(
        "coursework.decide_example",
        "uma",
        {"do": "back", "wish": "Take it out", "version": "1", "agree": "yes"},
        once=True,
    ),
    Form(
        "coaching.prepare_exemplar",
        "cal",
        {"do": "prepare", "version": "1", "t~1.A.1": "[practice]", "out": "1.E.1"},
        once=True,
    ),
]
# Forms of one button: nothing is typed into them.
BUTTONS = {
    "admissions.join_waitlist",
    "admissions.keep_place",
    "admissions.leave_waitlist",
    "admissions.approve_refund",
    "admissions.cancel_again",
    "admissions.refund_by_hand",
    "admissions.refund_sent",
    "admissions.throw_draft_away",
    "claims.send_again",
    "claims.take_back",
    "employers.approve",
    "employers.cancel",
    "employers.new_link",
    "accounts.end_device",
    "accounts.end_other_devices",
    "accounts.sign_out",
    "assessment.begin",
    "assessment.clear",
    "assessment.erase_own_result",
    "assessment.erase_result",
    "assessment.keep_result",
    "coursework.improve",
    "coursework.put_back_file",
    "coursework.remove_file",
    "coursework.start",
    "coursework.stop_improving",
    "coursework.take_back",
    "coursework.take_reply_back",
    "leads.confirm",
    "leads.take_off",
    "leads.task_done",
    "leads.unsubscribe",
    "manual.bind",
    "money.ask_again",
    "money.reopen_task",
    "money.replay",
    "payments.change_card",
    "payments.pay_installment",
    "payments.pay_rest",
    "reviews.coach_take_reply_back",
    "reviews.hand_back",
    "reviews.open_following",
    "reviews.show_again",
    "reviews.used",
    "reviews.withdraw",
    "site.end_calendar_feed",
    "site.make_calendar_feed",
    "site.mark_lesson",
}
SIGNED = {"payments.webhook"}  # tests/rooms/payments/test_webhook.py
# Nothing of these is kept in words, or sending them would end the session this test works with.
UNWRITTEN = {
    "accounts.sign_in_with_password",
    "accounts.reset_password",
    "accounts.use_link",
    "accounts.change_password",
    "admissions.pay",
}
# What must be in order for the rest to be kept.
KEPT = {"1.C.2~deidentified",
        "version", "was", "keep", "email", "time_zone", "hours", "do", "answer", "request~3", "1.B.1~row", "1.E.1~row",
        "save", "release", "kind-new-1.C.1", "add", "remove", "asked", "keep~1.A.1", "round", "lease", "showing",
        "take_over", "updates", "cohorts", "comment", "read", "day", "colleague", "agree", "out",
        "statement_own", "statement_no_client"}  # fmt: skip
