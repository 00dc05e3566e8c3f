"""Who may go through which door: one line for every address and method the application answers.

A line says what is in the address, what is sent, and who is answered how. Everybody who is not named gets 404, and
nobody (who is not signed in) is sent to sign in. Addresses of somebody's things have one line for each owner.

A new page without a line here fails tests/house/test_doors.py. Add the line that says who may open it; if that is
"anyone" or "whoever is signed in", think once more about what the page shows.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.payments.reports import REPORTS
from tests.house.called_off import OFF, REASON
from tests.house.canaries import ACTORS
from tests.house.employers import HARBOR_LINK, INVITED, TIDE_LINK
from tests.house.world import PRIVATE_LINK, TO_CONFIRM, TO_END, World
from tests.programs import KEY

Fill = Mapping[str, Any] | Callable[[World, str], Mapping[str, Any]]
Answer = int | str

SIGN_IN = "sign in"
SIGNED_IN = ACTORS[:-1]
WORKERS = {"ana": "cora", "ben": "cora", "uma": "cal"}


@dataclass(frozen=True)
class Door:
    endpoint: str
    method: str
    opens: Mapping[str, Answer]
    at: Fill
    sends: Fill

    def answer_for(self, actor: str) -> Answer:
        return self.opens.get(actor, SIGN_IN if actor == "nobody" else 404)

    def is_open_to(self, actor: str) -> bool:
        """Whether this person is let in; a form that is let in may still be refused for what is in it."""
        return actor in self.opens and self.opens[actor] not in (404, SIGN_IN)

    def arguments(self, world: World, actor: str) -> dict[str, Any]:
        return dict(self.at(world, actor) if callable(self.at) else self.at)

    def form(self, world: World, actor: str) -> dict[str, Any]:
        return dict(self.sends(world, actor) if callable(self.sends) else self.sends)

    def __str__(self) -> str:
        return f"{self.method} {self.endpoint}"


def everybody(answer: Answer = 200, **others: Answer) -> dict[str, Answer]:
    return dict.fromkeys(ACTORS, answer) | others


def signed_in(answer: Answer = 200, **others: Answer) -> dict[str, Answer]:
    return dict.fromkeys(SIGNED_IN, answer) | others


def only(names: str, answer: Answer = 200) -> dict[str, Answer]:
    return dict.fromkeys(names.split(), answer)


def thing(**arguments: str) -> Callable[[World, str], Mapping[str, Any]]:
    """Arguments of the address by their name in the world: `thing(system_id="ana_system")`."""
    return lambda world, _actor: {key: world.ids[name] for key, name in arguments.items()}


def own(**arguments: str) -> Callable[[World, str], Mapping[str, Any]]:
    """The same, of whoever goes there: `own(token="sign-in")`. Nobody has none."""
    return lambda world, actor: {
        key: world.ids.get(f"{actor}_{name}", "no-such-token") for key, name in arguments.items()
    }


def with_number(fill: Callable[[World, str], Mapping[str, Any]], number: int) -> Fill:
    return lambda world, actor: {**fill(world, actor), "number": number}


def with_token(token: str, **arguments: str) -> Fill:
    """The secret in the address, and ids by their name in the world."""
    return lambda world, _actor: {"token": token} | {key: world.ids[name] for key, name in arguments.items()}


def with_field(fill: Callable[[World, str], Mapping[str, Any]], field_id: str) -> Fill:
    return lambda world, actor: {**fill(world, actor), "field_id": field_id}


def a_file(_world: World, _actor: str) -> Mapping[str, Any]:
    file = (io.BytesIO(b"A note for the wall."), "note.txt")
    return {"version": 1, "1.C.2~deidentified": "yes", "1.C.2~text": "", "1.C.2~upload": file}


def of_a_lesson(file: str, name: str) -> Fill:
    """The address of a file by its hash, which the world knows by this word."""
    return lambda world, _actor: {"sha256": world.ids[file], "name": name}


def get(endpoint: str, opens: Mapping[str, Answer], at: Fill | None = None) -> Door:
    return Door(endpoint, "GET", opens, at or {}, {})


def post(
    endpoint: str, opens: Mapping[str, Answer], at: Fill | None = None, sends: Fill | None = None
) -> Door:
    return Door(endpoint, "POST", opens, at or {}, sends or {})


def mail_address(_world: World, actor: str) -> Mapping[str, Any]:
    return {"email": f"{actor}@example.com"}


def wrong_password(world: World, actor: str) -> Mapping[str, Any]:
    return {**mail_address(world, actor), "password": "wrong"}


NEWCOMER = {"name": "New Person", "time_zone": "America/Denver"}
APPLICATION = {
    "practice_name": "P",
    "asked_clients": "C",
    "asked_why_now": "W",
    "asked_hours": "Four or five hours",
}


WISH = {
    "name": "N",
    "email": "somebody@example.com",
    "cohorts": "y",
    "updates": "y",
    "agree": "y",
    "source": "/program",
}


def application(_world: World, actor: str) -> Mapping[str, Any]:
    person = {"name": "New Person", "email": "new@example.com", "time_zone": "America/Denver"}
    return APPLICATION | (person if actor == "nobody" else {})


def note(_world: World, actor: str) -> Mapping[str, Any]:
    """Ana has a note already, in its first version."""
    return {"text": "New words", "version": 1 if actor == "ana" else 0}


def reply_to(owner: str) -> Fill:
    """A reply to the comment on this person's work."""
    return lambda world, _actor: {"comment": world.ids[f"{owner}_comment"], "text": "So it is."}


def seen(owner: str) -> Fill:
    """The comment on this person's work was before somebody's eyes."""
    return lambda world, _actor: {"read": f"{world.ids[f'{owner}_comment']}~0"}


def of_each(make: Callable[[str, str], Door]) -> list[Door]:
    """One line for each participant whose work it could be; `make` gets the owner and the coach."""
    return [make(owner, coach) for owner, coach in WORKERS.items()]


SAMPLE = {"module_slug": "systems", "document_slug": "cancellation-policy"}
LESSON = {"slug": "systems", "lesson_slug": "lesson-1"}
SPRING, SUMMER, AUTUMN = {"slug": "spring-2026"}, {"slug": "summer-2026"}, {"slug": "autumn-2026"}
QUESTIONS = {
    "version": "0",
    "do": "save",
    "key": "why_now",
    "why_now~asked": "yes",
    "why_now~question": "Why now?",
    "why_now~hint": "In a sentence",
    "why_now~kind": "choice",
    "why_now~required": "yes",
    "why_now~options": "Soon\nLater",
}
PASSWORD = {"password": "correct horse battery staple"}
PARTICIPANTS = "ana ben uma"
PRACTICE = {
    "practice_name": "P",
    "setting": "own",
    "years": "7",
    "certifications": "C",
    "hardest": "systems",
}
AGREEMENT = {"agree": "1", "version": "2026-11"}
# Of a plan of which one installment is paid: after the days of the refund rule, and (Uma) long before them.
LEAVES = {"told_on": "2026-03-25", "reason": "time", "back": "0", "balance": "160000"}
UMA_LEAVES = LEAVES | {"back": "95000", "balance": "0"}
MOVES = {
    "to": "summer-2026", "told_on": "2026-03-25", "reason": "time", "exception": "Ill", "why_over": "Ill", "seen": "x",
}  # fmt: skip
OTHERS_REASON = {"version": 1, "reason": "This cohort is for people who have begun already."}

ACCOUNTS = [
    get("accounts.account", signed_in()),
    post(
        "accounts.change_profile", signed_in(303), sends={"name": "New Name", "time_zone": "America/Denver"}
    ),
    post("accounts.change_password", signed_in(303), sends=PASSWORD),
    post("accounts.end_other_devices", signed_in(303)),
    *(post("accounts.end_device", only(name, 303), thing(sign_in_id=f"{name}_device")) for name in SIGNED_IN),
    get("accounts.show_second_factor", signed_in()),
    post("accounts.switch_on", signed_in(422), sends={"code": "000000"}),
    get("accounts.ask_to_move", signed_in(302)),
    post("accounts.move", signed_in(303), sends={"code": "000000"}),
    post("accounts.make_recovery_codes", signed_in(303), sends={"new-code": "000000"}),
    post("accounts.switch_off", signed_in(303), sends={"off-code": "000000"}),
    # Signing in: who is signed in already goes on to the dashboard.
    get("accounts.sign_in", signed_in(302, nobody=200)),
    post("accounts.sign_in_with_password", everybody(422), sends=wrong_password),
    post("accounts.ask_for_link", everybody(200), sends=mail_address),
    get("accounts.confirm_link", everybody(200, nobody=410), own(token="sign-in")),
    post("accounts.use_link", everybody(303, nobody=410), own(token="sign-in")),
    get("accounts.ask_for_reset", everybody()),
    post("accounts.mail_reset", everybody(200), sends=mail_address),
    get("accounts.choose_password", everybody(200, nobody=410), own(token="reset-password")),
    post("accounts.reset_password", everybody(303, nobody=410), own(token="reset-password"), PASSWORD),
    get("accounts.ask_for_code", signed_in(303, nobody=SIGN_IN)),
    post("accounts.give_code", signed_in(303, nobody=SIGN_IN), sends={"code": "000000"}),
    get("accounts.set_up_at_sign_in", signed_in(303, nobody=SIGN_IN)),
    post("accounts.switch_on_at_sign_in", signed_in(303, nobody=SIGN_IN), sends={"code": "000000"}),
    post("accounts.sign_out", everybody("signed out")),
]

CODE = {"code": "AUTUMN-10", "kind": "percent", "value": "10", "cohort": "", "plan": "", "per_person": "1"}
CODES = [
    get("payments.codes", only("sam")),
    get("payments.new_code", only("sam")),
    post("payments.make_code", only("sam", 303), {}, CODE),
    get("payments.code", only("sam"), thing(code_id="code")),
    post("payments.change_code", only("sam", 303), thing(code_id="code"), {**CODE, "version": "1"}),
    post("payments.archive_code", only("sam", 303), thing(code_id="code")),
]

ADMISSIONS = [
    get("admissions.apply", everybody(), SUMMER),
    # Ben has begun one, which this form does not know of: both texts
    post(
        "admissions.send_application", everybody(303, wes=200, pat=200, uma=200, ben=409), SUMMER, application
    ),
    post("admissions.save_draft", signed_in(303, ben=409), SUMMER, APPLICATION),
    post("admissions.throw_draft_away", signed_in(303), SUMMER),
    *(get("admissions.application_questions", only("sam"), cohort) for cohort in (SUMMER, AUTUMN)),
    post("admissions.change_questions", only("sam", 303), SUMMER, QUESTIONS),
    get("admissions.application", {}, thing(application_id="ben_begun")),  # nobody reads what was not sent
    get("admissions.applied", everybody(), SUMMER),
    get("admissions.checkout", signed_in(303, pat=200), SUMMER),
    get("admissions.checkout", signed_in(303, ana=200, ben=200), SPRING),
    post("admissions.use_code", signed_in(303), SUMMER, {"plan": "1", "code": ""}),
    post(
        "admissions.pay", signed_in(303), SUMMER, {"agree": "y"}
    ),  # without an offer: back to how they stand
    get(
        "admissions.checkout_return",
        only("pat"),
        lambda world, _actor: SUMMER | {"session_id": world.ids["pat_session"]},
    ),
    get("admissions.checkout_cancelled", signed_in(303), SUMMER),
    get("admissions.staff_cohort", only("sam"), SPRING),
    get("admissions.staff_cohort", only("sam"), SUMMER),
    *(
        get("admissions.application", only("sam"), thing(application_id=f"{name}_application"))
        for name in ("ana", "wes", "uma", "pat")
    ),
    *(
        door
        for name in ("ana", "ben", "uma")
        for door in (
            get("admissions.withdrawal", only("sam"), thing(enrollment_id=f"{name}_enrollment")),
            post(
                "admissions.withdraw",
                only("sam", 303),
                thing(enrollment_id=f"{name}_enrollment"),
                UMA_LEAVES if name == "uma" else LEAVES,
            ),
            post("admissions.approve_refund", only("sam", 303), thing(enrollment_id=f"{name}_enrollment")),
            # nothing waits for a second person, and nobody has said no
            post(
                "admissions.decline_refund",
                only("sam", 409),
                thing(enrollment_id=f"{name}_enrollment"),
                {"why_not": "Too much."},
            ),
            post(
                "admissions.ask_refund_again",
                only("sam", 409),
                thing(enrollment_id=f"{name}_enrollment"),
                {"amount": "10"},
            ),
            get("admissions.deferral", only("sam"), thing(enrollment_id=f"{name}_enrollment")),
            get("admissions.deferral", only("sam"), thing(enrollment_id=f"{name}_left")),
            post(
                "admissions.defer",
                only("sam", 303),
                thing(enrollment_id=f"{name}_enrollment"),
                lambda world, _actor, name=name: world.ids[f"{name}_moves"],
            ),
            post("admissions.refund_sent", only("sam", 303), thing(refund_id=f"{name}_refund")),
            post("admissions.refund_by_hand", only("sam", 303), thing(refund_id=f"{name}_refund")),
        )
    ),
    post(
        "admissions.accept_application",
        only("sam", 303),
        thing(application_id="wes_application"),
        {"version": 1},
    ),
    post(
        "admissions.decline_application",
        only("sam", 303),
        thing(application_id="uma_application"),
        OTHERS_REASON,
    ),
]

# What the pages say would happen: two who paid $950 each; in summer four without any money.
SPRING_OFF, SUMMER_OFF = {"people": "2", "back": "190000"}, {"people": "4", "back": "0"}
CANCELLING = [
    *(get("admissions.cancellation", only("sam"), {"slug": slug}) for slug in ("spring-2026", OFF)),
    get("admissions.cancellation", only("sam"), {"slug": "autumn-2026"}),
    post("admissions.cancellation_letter", only("sam"), SUMMER, {"reason": REASON}),
    post("admissions.cancel_cohort", only("sam", 303), SUMMER, {"reason": REASON} | SUMMER_OFF),
    post("admissions.confirm_cancellation", only("sam", 303), SPRING, SPRING_OFF),
    post("admissions.end_cancellation_request", only("sam", 303), SPRING, {"note": "Two more came."}),
    post("admissions.cancel_again", only("sam", 303), {"slug": OFF}),
]

WAITLIST = [
    *(get("admissions.seats", only("sam"), cohort) for cohort in (SPRING, SUMMER)),
    post("admissions.change_capacity", only("sam", 303), SUMMER, {"capacity": "5", "was": "3"}),
    post(
        "admissions.put_on_waitlist",
        only("sam", 303),
        thing(application_id="uma_application"),
        {"version": 1},
    ),
    post(
        "admissions.force_seat",
        only("sam", 409),  # a seat is free
        thing(application_id="uma_application"),
        {"version": 1, "why_over": "Her employer has paid"},
    ),
    post(
        "admissions.prioritize",
        only("sam", 303),
        thing(application_id="wes_application"),
        {"version": 1, "direction": "up"},
    ),
    post(
        "admissions.prioritize",
        {},
        thing(application_id="uma_application"),
        {"version": 1, "direction": "up"},
    ),
    post(
        "admissions.pass_over",
        only("sam", 409),  # nobody else waits
        thing(application_id="wes_application"),
        {"version": 1, "why_passed": "Travels until Friday"},
    ),
    *(
        post(f"admissions.{verb}", signed_in(303), SUMMER)
        for verb in ("join_waitlist", "keep_place", "leave_waitlist")
    ),
]

PURCHASE = {
    "employer": "Tide Works",
    "contact_name": "Lee",
    "contact_email": "lee@example.com",
    "seats": "1",
    "price": "2400",
    "pays_by": "link",
    "pay_until": "2026-04-08",
    "claim_until": "2026-06-05",
    "why_over": "",
}
HARBOR, TIDE = thing(purchase_id="harbor"), thing(purchase_id="tide")
AT_HARBOR = {"token": HARBOR_LINK}
ONE_SEAT = {"seats": "1", "back": "240000"}

EMPLOYERS = [
    *(get(f"employers.{page}", only("sam"), AUTUMN) for page in ("listing", "new")),
    post("employers.open_purchase", only("sam", 303), AUTUMN, PURCHASE),
    *(get("employers.purchase", only("sam"), at) for at in (HARBOR, TIDE)),
    post("employers.new_link", only("sam", 303), HARBOR),
    post("employers.cancel", only("sam", 303), TIDE),
    get("employers.unclaimed", only("sam"), HARBOR),
    post("employers.extend", only("sam", 303), HARBOR, {"version": "1", "claim_until": "2026-06-12"}),
    post("employers.free", only("sam", 303), HARBOR, ONE_SEAT),
    post("employers.refund", only("sam", 303), HARBOR, ONE_SEAT),
    # nothing waits for a second person, and nobody has said no
    post("employers.approve", only("sam", 409), HARBOR),
    post("employers.decline", only("sam", 409), HARBOR, {"why_not": "Too much."}),
    post("employers.ask_again", only("sam", 409), HARBOR, {"amount": "10"}),
    # The contact has no account: whoever has the secret is let in, and nobody else, whatever they are.
    get("claims.employer_page", everybody(), AT_HARBOR),
    get("claims.employer_page", everybody(410), {"token": TO_CONFIRM}),
    post("claims.pay", everybody(409), AT_HARBOR, {"agree": "y"}),
    get("claims.came_back", everybody()),
    post("claims.invite", everybody(422), AT_HARBOR, {"people": "somebody"}),
    *(
        post(f"claims.{verb}", everybody(303), with_token(HARBOR_LINK, invitation_id="harbor_open"))
        for verb in ("send_again", "take_back")
    ),
    *(
        post(f"claims.{verb}", everybody(404), with_token(TIDE_LINK, invitation_id="harbor_open"))
        for verb in ("send_again", "take_back")
    ),
    get("claims.receipt", everybody(), with_token(HARBOR_LINK, paper_id="harbor_paper")),
    get("claims.receipt", everybody(404), with_token(TIDE_LINK, paper_id="harbor_paper")),
    get("claims.invitation", everybody(), {"token": INVITED}),
    post("claims.open_account", signed_in(303, nobody=303), {"token": INVITED}, NEWCOMER),
    post("claims.claim", signed_in(409), {"token": INVITED}, {"agree": "y", "practice_name": "P"}),
]

LEADS = [
    get("leads.subscribe", everybody()),
    post("leads.ask", everybody(303), sends=WISH),
    get("leads.asked", everybody()),
    get("leads.look_at_confirmation", everybody(), {"token": TO_CONFIRM}),
    get("leads.look_at_confirmation", everybody(410), {"token": TO_END}),
    post("leads.confirm", everybody(303), {"token": TO_CONFIRM}),
    get("leads.confirmed", everybody()),
    get("leads.look_at_unsubscribe", everybody(), {"token": TO_END}),
    get("leads.look_at_unsubscribe", everybody(410), {"token": TO_CONFIRM}),
    post("leads.unsubscribe", everybody(200), {"token": TO_END}),
    get("leads.listing", only("sam")),
    get("leads.export", only("sam")),
    get("leads.funnel_page", only("sam")),
    post("leads.task_done", only("sam", 303), thing(alert_id="left_checkout")),
    post("leads.take_off", only("sam", 303), thing(lead_id="kim_lead")),
]

COURSEWORK = [
    post("coursework.start", only(PARTICIPANTS, 303), {"slug": "systems"}),
    *of_each(lambda owner, _: get("coursework.worksheet", only(owner), thing(system_id=f"{owner}_system"))),
    *of_each(
        lambda owner, _: post(
            "coursework.save",
            only(owner, 303),
            thing(system_id=f"{owner}_system"),
            {"1.A.1": "New words", "version": 1},
        )
    ),
    *of_each(
        lambda owner, _: post("coursework.submit", only(owner, 422), thing(system_id=f"{owner}_system"))
    ),
    *(
        post(
            "coursework.answer_request",
            only("ben", 303) if (owner, of) == ("ben", "ben") else {},
            thing(system_id=f"{owner}_system", comment_id=f"{of}_comment"),
            {"answer": "changed", "text": "Done."},
        )
        for owner, of in (("ben", "ben"), ("ana", "ben"), ("ana", "ana"), ("uma", "uma"))
    ),
    *of_each(
        lambda owner, _: get(
            "coursework.submission", only(owner), with_number(thing(system_id=f"{owner}_system"), 1)
        )
    ),
    *(
        get("coursework.submission", only(owner), with_number(thing(system_id=f"{owner}_system"), 2))
        for owner in ("ana", "uma")
    ),
    get("coursework.submission", {}, with_number(thing(system_id="ben_system"), 2)),
    *of_each(lambda owner, _: get("coursework.compare", only(owner), thing(system_id=f"{owner}_system"))),
    *of_each(
        lambda owner, _: post(
            "coursework.seen", only(owner, 303), thing(system_id=f"{owner}_system"), seen("ben")
        )
    ),
    *(
        post(
            "coursework.reply",
            only(owner, 303) if owner == of else {},
            thing(system_id=f"{owner}_system"),
            reply_to(of),
        )
        for owner, of in (("ben", "ben"), ("ana", "ben"), ("ana", "ana"), ("uma", "uma"), ("uma", "ana"))
    ),
    *(
        post(
            "coursework.take_reply_back",
            only(owner, 303) if owner == of else {},
            thing(system_id=f"{owner}_system", reply_id=f"{of}_reply"),
        )
        for owner, of in (("ben", "ben"), ("ana", "ben"), ("ana", "ana"), ("uma", "uma"), ("uma", "ana"))
    ),
    *(
        post(f"coursework.{verb}", only(owner, 303), thing(system_id=f"{owner}_system"))
        for verb in ("improve", "stop_improving")
        for owner in ("ana", "ben", "uma")
    ),
    *(
        post("coursework.take_back", only(owner, 303), with_number(thing(system_id=f"{owner}_system"), 2))
        for owner in ("ana", "uma")
    ),
]

FILES = [
    *of_each(
        lambda owner, _: post(
            "coursework.upload",
            only(owner, 303),
            with_field(thing(system_id=f"{owner}_system"), "1.C.2"),
            a_file,
        )
    ),
    post("coursework.upload", {}, with_field(thing(system_id="ana_system"), "1.A.1"), a_file),
    # In a round: also its coach's. Only in the draft: nobody else's. By another system's address: nobody's.
    *of_each(
        lambda owner, coach: get(
            "coursework.download",
            only(f"{owner} {coach}"),
            thing(system_id=f"{owner}_system", attachment_id=f"{owner}_held"),
        )
    ),
    *of_each(
        lambda owner, _: get(
            "coursework.download",
            only(owner),
            thing(system_id=f"{owner}_system", attachment_id=f"{owner}_kept"),
        )
    ),
    get("coursework.download", {}, thing(system_id="ana_system", attachment_id="ben_held")),
    *(
        post(
            f"coursework.{verb}",
            only(owner, 303) if owner == of else {},
            thing(system_id=f"{owner}_system", attachment_id=f"{of}_kept"),
        )
        for verb in ("remove_file", "put_back_file")
        for owner, of in (("ana", "ana"), ("ben", "ben"), ("uma", "uma"), ("ana", "ben"), ("uma", "ana"))
    ),
]

HISTORY = [
    *of_each(lambda owner, _: post("coursework.mark_seen", only(owner, 303), thing(system_id=f"{owner}_system"))),
    *of_each(lambda owner, _: get("history.of_system", only(owner), thing(system_id=f"{owner}_system"))),
    *of_each(lambda owner, coach: get("history.of_review", only(coach), thing(review_id=f"{owner}_review"))),
    *(
        door(f"history.{verb}_system", only(owner, code) if owner == of else {},
             thing(system_id=f"{owner}_system", state_id=f"{of}_state"))
        for door, verb, code in ((get, "state_of", 200), (post, "put_back_in", 303))
        for owner, of in (("ana", "ana"), ("ben", "ben"), ("uma", "uma"), ("ana", "ben"))
    ),
    *(
        door(f"history.{verb}_review", only(coach, answer if owner != "ben" else withdrawn) if owner == of else {},
             thing(review_id=f"{owner}_review", state_id=f"{of}_review_state"))
        for door, verb, answer, withdrawn in ((get, "state_of", 200, 200), (post, "put_back_in", 303, 422))
        for owner, of, coach in (
            ("ana", "ana", "cora"), ("ben", "ben", "cora"), ("uma", "uma", "cal"), ("ana", "ben", ""),
        )
    ),
]  # fmt: skip

LINK, ANSWERED = {"token": PRIVATE_LINK}, ("ana", "uma", "pat")
ASSESSMENT = [
    get("assessment.start", everybody()),
    post("assessment.begin", everybody(303)),
    get("assessment.reason", everybody(303, ana=200), {"slug": "lack-of-systems"}),  # only Ana has begun one
    post(
        "assessment.answer",
        everybody(303),
        {"slug": "lack-of-systems"},
        {"answer-1a": "1", "answer-1b": "2", "do": "next"},
    ),
    post("assessment.clear", everybody(303)),
    get("assessment.result", everybody(), LINK),
    get("assessment.result", everybody(404), {"token": "no-such-link"}),
    post("assessment.mail_result", everybody(303), LINK, mail_address),
    post("assessment.keep_result", signed_in(303), LINK),
    post("assessment.erase_result", everybody(303), LINK),
    *(get("assessment.own_result", only(one), thing(assessment_id=f"{one}_assessment")) for one in ANSWERED),
    get("assessment.own_result", {}, thing(assessment_id="ana_begun")),
    *(
        post("assessment.erase_own_result", only(one, 303), thing(assessment_id=f"{one}_assessment"))
        for one in ANSWERED
    ),
]

REVIEWS = [
    *of_each(
        lambda owner, coach: post(
            "reviews.open_review", only(coach, 303), thing(submission_id=f"{owner}_submission")
        )
    ),
    *of_each(lambda owner, coach: get("reviews.review", only(coach), thing(review_id=f"{owner}_review"))),
    *of_each(lambda owner, coach: get("reviews.review", only(coach), thing(review_id=f"{owner}_published"))),
    *of_each(
        lambda owner, coach: post(
            "reviews.save_review",
            only(coach, 303),
            thing(review_id=f"{owner}_review"),
            {"version": 1, "strength": "New words", "do": "save"},
        )
    ),
    *of_each(
        lambda owner, coach: post("reviews.withdraw", only(coach, 303), thing(review_id=f"{owner}_published"))
    ),
    *of_each(
        lambda owner, coach: post("reviews.hand_back", only(coach, 303), thing(review_id=f"{owner}_review"))
    ),
    *of_each(
        lambda owner, coach: post(
            "reviews.coach_reply", only(coach, 303), thing(review_id=f"{owner}_published"), reply_to(owner)
        )
    ),
    post("reviews.coach_reply", {}, thing(review_id="ana_published"), reply_to("ben")),
    *of_each(
        lambda owner, coach: post(
            "reviews.coach_take_reply_back",
            only(coach, 303),
            thing(review_id=f"{owner}_published", reply_id=f"{owner}_coach_reply"),
        )
    ),
    post("reviews.coach_take_reply_back", {}, thing(review_id="ana_published", reply_id="ana_reply")),
    *of_each(
        lambda owner, coach: post(
            "reviews.coach_seen", only(coach, 303), thing(review_id=f"{owner}_published"), seen("ana")
        )
    ),
    *of_each(
        lambda owner, coach: post(
            "reviews.reopen",
            only(coach, 422 if owner == "ben" else 303),
            thing(review_id=f"{owner}_published"),
            {"reason": "Your prices have changed."},
        )
    ),
    *of_each(
        lambda owner, coach: get("reviews.coach_compare", only(coach), thing(system_id=f"{owner}_system"))
    ),
]

BANK = [
    get("reviews.comments", only("cora cal sam")),
    post("reviews.keep_comment", only("cora cal", 303), sends={"module": "systems", "text": "New words"}),
    *(
        post(
            "reviews.change_comment",
            only(coach, 303),
            thing(comment_id=f"{coach}_kept"),
            {"do": "save", "text": "New words"},
        )
        for coach in ("cora", "cal")
    ),
    post(
        "reviews.change_comment",
        only("sam", 303),
        thing(comment_id="shared_kept"),
        {"do": "retire"},
    ),
    *(post("reviews.used", only(coach), thing(comment_id=f"{coach}_kept")) for coach in ("cora", "cal")),
    *of_each(lambda owner, coach: get("reviews.bank_of", only(coach), thing(review_id=f"{owner}_review"))),
    # Ben's is withdrawn: nothing to look at beforehand any more
    *of_each(
        lambda owner, coach: get(
            "reviews.preview", only(coach, 302 if owner == "ben" else 200), thing(review_id=f"{owner}_review")
        )
    ),
    *of_each(
        lambda owner, coach: post(
            "reviews.publish_draft",
            only(coach, 303 if owner == "ben" else 422),  # of an older version: look once more
            thing(review_id=f"{owner}_review"),
            {"version": 99, "do": "accept"},
        )
    ),
    post("reviews.open_following", only("cora cal", 303)),
]

COACHING = [
    get("coaching.desk", only("cora cal", 302)),
    get("coaching.queue", only("cora cal")),
    get("coaching.queue_list", only("cora cal")),
]


def of_round(name: str) -> Fill:
    return thing(submission_id=f"{name}_submission")


def of_person(name: str) -> Fill:
    return lambda world, _actor: {"enrollment_id": getattr(world.cast, f"{name}_enrollment")}


def of_sheet(name: str, of: str) -> Fill:
    return lambda world, _actor: {
        "enrollment_id": getattr(world.cast, f"{name}_enrollment"),
        "system_id": world.ids[f"{of}_system"],
    }


NOTE = {"note": "Write earlier in the week.", "version": 1}
MORE_DAYS = {"module": "", "days": "7", "reason": "Moving house"}
# Cora sees her own two, Cal his one, Sam everybody; nobody sees their own.
CARE = [
    *of_each(lambda owner, coach: get("reviews.client_data", only(f"{coach} sam"), of_round(owner))),
    *of_each(
        lambda owner, coach: post(
            "reviews.hide_client_data", only(f"{coach} sam", 303), of_round(owner), {"what": "field:1.C.1"}
        )
    ),
    *of_each(
        lambda owner, coach: get(
            "reviews.withholding", only(f"{coach} sam"), thing(withholding_id=f"{owner}_withheld")
        )
    ),
    *of_each(
        lambda owner, coach: post(
            "reviews.show_again", only(f"{coach} sam", 303), thing(withholding_id=f"{owner}_withheld")
        )
    ),
    *of_each(
        lambda owner, coach: get(
            "reviews.confirm_purge", only(f"{coach} sam"), thing(withholding_id=f"{owner}_withheld")
        )
    ),
    *of_each(
        lambda owner, coach: post(
            "reviews.purge", only(f"{coach} sam", 422), thing(withholding_id=f"{owner}_withheld")
        )
    ),
    get("people.people_list", only("cora cal sam")),
    get("people.people_list", only("cora sam"), {"cohort": "spring-2026"}),
    *of_each(lambda owner, coach: get("people.person", only(f"{coach} sam"), of_person(owner))),
    *of_each(
        lambda owner, coach: post("people.extend", only(f"{coach} sam", 303), of_person(owner), MORE_DAYS)
    ),
    *of_each(lambda owner, _: post("people.excuse", only("sam", 422), of_person(owner))),
    *of_each(lambda owner, _: post("people.call_back", only("sam", 422), of_person(owner))),
    *of_each(lambda owner, coach: post("people.note", only(coach, 303), of_person(owner), NOTE)),
    *of_each(lambda owner, coach: get("people.confirm_submit", only(f"{coach} sam"), of_sheet(owner, owner))),
    *of_each(
        lambda owner, coach: post("people.submit_for", only(f"{coach} sam", 422), of_sheet(owner, owner))
    ),
    get("people.confirm_submit", {}, of_sheet("ana", "ben")),
]


def an_example(name: str) -> Fill:
    return lambda world, _actor: {"slug": "systems", "exemplar_id": world.ids[name]}


BLIND_MARKS = {"mark-client_path": "meets", "mark-rules": "not_yet", "verdict": "changes requested"}
ANOTHER_DAY = {"day": "2026-04-02", "why": "I travel"}
QUALITY = [
    *of_each(
        lambda owner, coach: get(
            "coaching.one_round", only(coach), thing(submission_id=f"{owner}_submission")
        )
    ),
    *(
        post(f"coaching.{verb}", only(coach, answer), thing(submission_id=f"{owner}_submission"), sends)
        for owner, coach, answer in (("ana", "cora", 303), ("ben", "cora", 422), ("uma", "cal", 303))
        for verb, sends in (("hand_over", {"reason": "I am ill"}), ("another_day", ANOTHER_DAY))
    ),  # Ben's round is answered already
    get("coaching.quality", only("cora cal sam")),
    get("coaching.blind_review", only("cal"), thing(blind_id="ben_blind")),  # open: the second coach alone
    get("coaching.blind_review", only("cal cora"), thing(blind_id="uma_blind")),  # done: both
    post("coaching.mark_blind", only("cal", 303), thing(blind_id="ben_blind"), BLIND_MARKS),
    post("coaching.mark_blind", only("cal cora", 422), thing(blind_id="uma_blind"), {}),
    post("coaching.decline_blind", only("cal", 303), thing(blind_id="ben_blind"), {"reason": "I know it"}),
    *of_each(lambda owner, coach: get("coaching.opinions", only(coach), thing(review_id=f"{owner}_review"))),
    *of_each(  # each cohort has one coach, so there is nobody to ask and nobody else to answer
        lambda owner, coach: post(
            "coaching.ask_opinion",
            only(coach, 422),
            thing(review_id=f"{owner}_review"),
            {"colleague": "any", "question": "Enough?"},
        )
    ),
    post(
        "coaching.answer_opinion",
        only("cora", 422),
        with_number(thing(review_id="ana_review"), 1),
        {"answer": "Yes"},
    ),
    *of_each(
        lambda owner, _coach: get(
            "coursework.example", only(owner), with_number(thing(system_id=f"{owner}_system"), 1)
        )
    ),
    *(
        post(
            "coursework.decide_example",
            only(owner, answer),
            with_number(thing(system_id=f"{owner}_system"), 1),
            {"do": "withdraw"},
        )
        for owner, answer in (("uma", 303), ("ana", 303), ("ben", 422))  # Ben's round is not accepted
    ),
    get("coaching.exemplar_list", only("cora cal")),
    get("coaching.exemplar", only("cora"), thing(exemplar_id="ana_exemplar")),
    get("coaching.exemplar", only("cal"), thing(exemplar_id="uma_exemplar")),
    post(
        "coaching.prepare_exemplar",
        only("cal", 303),
        thing(exemplar_id="uma_exemplar"),
        {"do": "prepare", "version": 1, "t~1.A.1": "[practice]"},
    ),
    post(
        "coaching.prepare_exemplar", only("cora", 422), thing(exemplar_id="ana_exemplar"), {"do": "prepare"}
    ),
    get("site.example", only("ana ben"), an_example("ana_exemplar")),  # Uma's module is not open yet
    get("site.example", {}, an_example("uma_exemplar")),  # not approved
]

MANUAL = [
    get("manual.manual", only(PARTICIPANTS)),
    get(
        "manual.document",
        only("ana uma"),  # Ben has nothing accepted yet
        {"module_slug": "systems", "document_slug": "cancellation-policy"},
    ),
    get("manual.chapter", only("ana uma"), {"module_slug": "systems"}),
    get("manual.chapter", {}, {"module_slug": "scope"}),
    *(
        get(
            "manual.document_file",
            only("ana uma"),
            {"module_slug": "systems", "document_slug": "cancellation-policy", "kind": kind},
        )
        for kind in ("pdf", "docx")
    ),
    post("manual.bind", only(PARTICIPANTS, 303)),
    get("manual.download_pdf", only("ana uma") | only("ben", 302)),
    get("manual.download_word", only("ana uma") | only("ben", 302)),
    *of_each(lambda owner, _: get("manual.worksheet_file", only(owner), thing(system_id=f"{owner}_system"))),
    *of_each(
        lambda owner, _: get(
            "manual.round_file", only(owner), with_number(thing(system_id=f"{owner}_system"), 1)
        )
    ),
    get("manual.round_file", {}, with_number(thing(system_id="ben_system"), 2)),
]


def ledger(name: str) -> tuple[Door, ...]:
    """What staff do about this person's money. Nothing was waived, so no waiver can be taken back."""
    order, task, event = (
        thing(order_id=f"{name}_order"), thing(task_id=f"{name}_task"), thing(event_id=f"{name}_event")
    )  # fmt: skip
    check = thing(order_id=f"{name}_order", payment_id=f"{name}_check")

    def with_seen(**typed: str) -> Fill:
        return lambda world, _actor: typed | {"seen": world.ids[f"{name}_seen"]}

    return (
        get("money.order", only("sam"), order),
        get("money.entry", only("sam"), order),
        post("money.enter_payment", only("sam", 303), order, with_seen(**A_CHECK)),
        post("money.take_back_payment", only("sam", 303), check, with_seen(reason="It came back.")),
        get("money.part", only("sam"), with_number(order, 3)),
        post("money.move", only("sam", 303), with_number(order, 3), with_seen(due_on="2026-06-09")),
        post("money.waive", only("sam", 303), with_number(order, 2), with_seen(reason="Hard times.")),
        post("money.ask_again", only("sam", 409), with_number(order, 2), with_seen()),
        post("money.grace", only("sam", 303), order, with_seen(until="2026-05-01")),
        post("money.close_task", only("sam", 303), task, {"note": "I called."}),
        post("money.reopen_task", only("sam", 303), thing(task_id=f"{name}_closed")),
        post("money.replay", only("sam", 303), event),
    )


A_CHECK = {
    "source": "check",
    "amount": "100",
    "received_on": "2026-03-20",
    "reference": "1042",
    "note": "By mail",
}
MONEY = [
    get("site.payments", signed_in()),
    *(
        door
        for name in ("ana", "ben", "uma")
        for door in (
            get("payments.installment", only(name), thing(installment_id=f"{name}_installment")),
            post("payments.pay_installment", only(name, 303), thing(installment_id=f"{name}_installment")),
            get("payments.rest", only(name), thing(order_id=f"{name}_order")),
            post("payments.pay_rest", only(name, 303), thing(order_id=f"{name}_order")),
            post("payments.change_card", only(name, 303), thing(order_id=f"{name}_order")),
            get("payments.paper", only(f"{name} sam"), thing(paper_id=f"{name}_paper")),
            *ledger(name),
        )
    ),
    get("site.reports", only("sam")),
    *(get("reports.report", only("sam"), {"name": name}) for name in REPORTS),
    get("reports.report", only("sam", 422), {"name": "cash", "from": "soon"}),
    *(
        get("reports.export", only("sam"), {"name": name, "kind": kind, "period": "all"})
        for name in REPORTS
        for kind in ("csv", "xlsx")
    ),
    get("reports.payout", only("sam"), thing(payout_id="payout")),
    get("money.tasks", only("sam")),
    get("money.webhooks", only("sam")),
    get(
        "payments.came_back", only("pat", 303), lambda world, _actor: {"session_id": world.ids["pat_session"]}
    ),
    post("payments.webhook", everybody(400)),  # unsigned
]

SITE = [
    get("site.home", everybody()),
    get("site.reasons", everybody()),
    get("site.reason", everybody(), {"slug": "lack-of-systems"}),
    get("site.reason", everybody(404), {"slug": "no-such-reason"}),
    get("site.program", everybody()),
    get("site.sample_documents", everybody()),
    get("site.sample_document", everybody(), SAMPLE),
    get("site.sample_document", everybody(404), SAMPLE | {"document_slug": "no-such-document"}),
    get("site.sample_file", everybody(), SAMPLE | {"kind": "pdf"}),
    get("site.sample_file", everybody(), SAMPLE | {"kind": "docx"}),
    get("site.glossary", everybody()),
    get("site.cohorts_list", everybody()),
    get("site.cohort", everybody(), SPRING),
    get("site.cohort", everybody(), SUMMER),
    get("site.cohort", everybody(404), {"slug": "no-such-cohort"}),
    get("site.dashboard", only("ana ben uma pat wes") | only("cora cal sam", 302)),
    get("site.calendar", only(PARTICIPANTS)),
    get("site.calendar_feed", only(PARTICIPANTS)),
    post("site.make_calendar_feed", only(PARTICIPANTS, 303)),
    post("site.end_calendar_feed", only(PARTICIPANTS, 303)),
    *(get("site.calendar_dates", everybody(), thing(token=f"{name}_feed")) for name in WORKERS),
    get("site.calendar_dates", everybody(404), {"token": "no-such-token"}),
    get("site.welcome", only(PARTICIPANTS)),
    post("site.welcome_zone", only(PARTICIPANTS, 303), sends={"time_zone": "America/Denver"}),
    post("site.welcome_profile", only(PARTICIPANTS, 303), sends=PRACTICE),
    post("site.welcome_privacy", only(PARTICIPANTS, 303), sends=AGREEMENT),
    post("site.welcome_call", only(PARTICIPANTS, 303), sends={"comes": "yes"}),
    post("site.welcome_skip", only(PARTICIPANTS, 303), sends={"item": "call"}),
    get("site.modules", only(PARTICIPANTS)),
    get("site.module", only(PARTICIPANTS), {"slug": "systems"}),
    get("site.module", only(PARTICIPANTS), {"slug": "scope"}),
    get("site.lesson", only("ana ben"), LESSON),  # Uma's is not open yet
    get("site.lesson", {}, {"slug": "systems", "lesson_slug": "no-such-lesson"}),
    get("site.sample", only("ana ben"), {"slug": "systems", "sample_slug": "good"}),
    get("site.sample", {}, {"slug": "systems", "sample_slug": "no-such-sample"}),
    get("site.find", only(PARTICIPANTS)),
    get("site.find", only(PARTICIPANTS), {"q": "practice"}),  # stands in everybody's own work
    post("site.mark_lesson", only("ana ben", 303), LESSON, {"read": "yes"}),
    post("site.mark_lesson", {}, {"slug": "scope", "lesson_slug": "lesson-1"}),
    post("site.save_note", only("ana ben", 303), LESSON | {"key": KEY}, note),
    post("site.save_note", {}, LESSON | {"key": "0" * 12}, {"text": "To no question"}),
    get("site.media", only("ana ben cora cal sam"), of_a_lesson("plan", "plan.csv")),  # Uma's is not open yet
    get("site.media", only("cora cal sam"), of_a_lesson("line", "line.vtt")),  # the module opens in May
    get("site.media", {}, of_a_lesson("plan", "other.csv")),
    get("site.staff", only("sam")),
    get("site.curriculum", only("sam")),
    get("site.release", only("sam"), thing(release_id="release")),
    get("site.confirm_move", only("sam"), lambda world, _actor: SPRING | {"to": world.ids["release"]}),
    post(
        "site.move_cohort",
        only("sam", 409),  # without the mark of what was read
        SPRING,
        lambda world, _actor: {"to": world.ids["release"], "mark": "read-long-ago"},
    ),
    get("site.confirm_publish", only("sam")),
    post("site.publish", only("sam", 409), sends={"note": "New words", "content": "read-long-ago"}),
    get("preview.index", only("sam")),
    get("preview.module", only("sam"), {"slug": "systems"}),
    get("preview.module", {}, {"slug": "no-such-module"}),
    get("preview.lesson", only("sam"), {"slug": "systems", "lesson_slug": "what-a-system-is"}),
    get("preview.worksheet", only("sam"), {"slug": "systems"}),
    get("preview.document", only("sam"), {"slug": "systems", "document_slug": "cancellation-policy"}),
    get("preview.page", only("sam"), {"page_slug": "reasons/lack-of-systems"}),
    get("site.alive", everybody()),
    get("site.ready", everybody()),
    get("site.styles", everybody()),
    get("static", everybody(), {"filename": "css/base.css"}),
    get("static", everybody(404), {"filename": "../config.py"}),
]

# In the demo only, and there open on purpose: everybody's mail on one page. tests/house/test_access_net.py says that
# it does not exist anywhere else. What is in the mails themselves is looked at by test_doors.
DEVELOPMENT = [
    get("mail.mailbox", everybody()),
    get("mail.message", everybody(), {"message_id": 1}),
    get("mail.body", everybody(), {"message_id": 1}),
]

DOORS = (
    ACCOUNTS
    + ADMISSIONS
    + CANCELLING
    + CODES
    + WAITLIST
    + EMPLOYERS
    + LEADS
    + COURSEWORK
    + FILES
    + HISTORY
    + ASSESSMENT
    + REVIEWS
    + BANK
    + COACHING
    + CARE
    + QUALITY
    + MANUAL
    + MONEY
    + SITE
)
DOORS += DEVELOPMENT
