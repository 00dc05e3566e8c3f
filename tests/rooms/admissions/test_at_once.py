"""Two people, or one person's two clicks, at the same moment."""

from __future__ import annotations

from sqlalchemy import func, select

from app.accounts.models import User
from app.admissions import actions
from app.admissions.models import Application, Offer, SeatHold
from app.admissions.seats import LIVE
from app.lib.database import begin_write, db
from app.mail.models import Message
from tests.client import Client
from tests.rooms.admissions.offers import applied, new_user
from tests.rooms.admissions.test_apply import NEW, URL
from tests.rooms.payments.test_at_once import together


def test_staff_say_yes_twice_at_once(app, cast, clock):
    """Two staff press the same button: one offer, one seat, one mail; the second hears who was first."""
    ids = [applied(user, cast.summer, clock.now) for user in (cast.pat, cast.ben, cast.uma)]
    for application_id in ids:
        db.session.remove()

        def accept(application_id=application_id) -> str:
            begin_write()
            staff = db.session.get_one(User, cast.sam)
            actions.accept(staff, db.session.get_one(Application, application_id), 1, clock.now)
            db.session.commit()
            return "offered"

        answers = sorted(map(str, together(app, accept, accept, accept)))
        assert answers.count("offered") == 1, answers
        assert sum("accepted already by Sam Whitlock" in answer for answer in answers) == 2, answers
    db.session.rollback()
    assert db.session.query(Offer).count() == 3
    live = select(func.count(SeatHold.id)).where(SeatHold.cohort_id == cast.summer, SeatHold.status.in_(LIVE))
    assert db.session.scalar(live) == 3
    assert db.session.query(Message).filter_by(kind="admissions/offered").count() == 3


def test_two_staff_offer_the_last_seat_to_two_people(app, cast, clock):
    ids = [applied(new_user(f"Person{number}", clock.now), cast.summer, clock.now) for number in range(5)]
    db.session.remove()

    def accept(application_id: int) -> str:
        begin_write()
        staff = db.session.get_one(User, cast.sam)
        actions.accept(staff, db.session.get_one(Application, application_id), 1, clock.now)
        db.session.commit()
        return "offered"

    answers = together(app, *[lambda one=one: accept(one) for one in ids])
    assert sum(answer == "offered" for answer in answers) == 3
    assert sum("All 3 seats" in str(answer) for answer in answers) == 2


def test_two_clicks_on_send(app, cast, clock):
    """The same new person twice at once: one account, one application, and no error page."""

    def send() -> int:
        return Client(app).post(URL, data=NEW).status_code

    db.session.remove()
    assert set(together(app, send, send, send)) == {303}
    assert db.session.query(User).filter_by(email="nora@example.com").count() == 1
    nora = db.session.query(User.id).filter_by(email="nora@example.com")
    assert db.session.query(Application).filter(Application.user_id.in_(nora)).count() == 1


def test_three_tabs_begin_to_write(app, sign_in, cast):
    """One draft; what came second is told of both texts, and nothing is lost unseen."""
    tabs = [sign_in(cast.pat) for _ in range(3)]
    db.session.remove()

    def write(tab: Client, text: str) -> int:
        data = {"version": 0, "was": "{}", "asked_clients": text}
        return tab.post(f"{URL}/draft", data=data, headers={"Accept": "application/json"}).status_code

    words = ("First", "Second", "Third")
    writes = [lambda tab=tab, text=text: write(tab, text) for tab, text in zip(tabs, words, strict=True)]
    assert sorted(together(app, *writes)) == [200, 409, 409]
    (draft,) = db.session.query(Application).filter_by(user_id=cast.pat).all()
    assert draft.status == "draft"
    assert draft.answers["clients"] in words


def test_sending_while_another_tab_saves(app, sign_in, cast):
    """Either the save is first and both texts are shown, or it comes too late and says so; never two applications."""
    sender, writer = sign_in(cast.pat), sign_in(cast.pat)
    db.session.remove()
    form = {key: text for key, text in NEW.items() if key.startswith(("asked", "practice"))}

    def send() -> int:
        return sender.post(URL, data=form | {"version": 0, "was": "{}"}).status_code

    def save() -> int:
        data = {"version": 0, "was": "{}", "asked_clients": "From another tab"}
        return writer.post(f"{URL}/draft", data=data, headers={"Accept": "application/json"}).status_code

    sent, saved = together(app, send, save)
    assert (sent, saved) in ((409, 200), (303, 422), (303, 409))
    assert db.session.query(Application).filter_by(user_id=cast.pat).count() == 1
