"""What people do in the machine of money: press, pay, come back, pay something early, name another card."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from app.accounts.models import User
from app.admissions import actions as admissions
from app.admissions import queries as standing
from app.cohorts.models import Cohort
from app.lib.database import db
from app.lib.refusal import Refused
from app.payments import schedule
from app.payments.standin import BANK_DEBIT
from app.payments.standin.cards import CONFIRM_LATER, DECLINED, DECLINED_LATER, VISA
from tests.rooms.payments.machine_base import CODES, Machine, who
from tests.rooms.payments.machine_people import worker

card = st.sampled_from((VISA, VISA, DECLINED_LATER, CONFIRM_LATER, BANK_DEBIT, DECLINED))
plan = st.sampled_from((1, 3, 6))


class Buyers(Machine):
    @rule(who=who)
    def is_offered(self, who: int) -> None:
        """Staff say yes; nobody is in the program who was not offered a seat."""

        def accept() -> None:
            user, cohort = self._user(who), db.session.get_one(Cohort, self.cast.summer)
            application = standing.standing(user, cohort).application
            assert application is not None
            admissions.accept(
                db.session.get_one(User, self.cast.sam), application, application.version, self.clock.now
            )

        self.decides("offer", accept)

    def _user(self, who: int) -> User:
        return db.session.get_one(User, self.persons[who].user_id)

    @rule(who=who, plan=plan, code=st.sampled_from(CODES))
    def presses(self, who: int, plan: int, code: str) -> None:
        name = f"press for {plan}" if not code else f"press with {code}"
        self.tries(name, lambda: self.persons[who].presses(plan, code))

    @rule(who=who, card=card)
    def pays(self, who: int, card: str) -> None:
        """On the latest of their pages that is open at Stripe."""
        for page in self.persons[who].open_pages()[-1:]:
            self.tries(f"pay with {NAMES[card]}", lambda page=page: self._pay(page, card))

    def _pay(self, page: str, card: str) -> None:
        if card == DECLINED:
            self.stripe.decline(page)
        else:
            self.stripe.pay(page, card)

    @initialize(plan=st.sampled_from((3, 3, 6, 1)), card=card)
    def somebody_has_bought(self, plan: int, card: str) -> None:
        """Nothing can be made of an empty house."""
        self.buys_in_one_go(0, plan, card, True)

    @rule(who=who, plan=plan, card=card, is_back=st.booleans())
    def buys_in_one_go(self, who: int, plan: int, card: str, is_back: bool) -> None:
        """Offered, pressed, paid: so that most runs come to what is interesting."""
        self.is_offered(who)
        self.presses(who, plan, "")
        self.pays(who, card)
        if is_back:
            self.comes_back(who)

    @rule(who=who, number=st.integers(1, 4), card=card)
    def pays_a_part(self, who: int, number: int, card: str) -> None:
        """The recovery page: exactly this installment."""
        if self.tries("open the page of a part", lambda: self.persons[who].opens_page(number)):
            self.pays(who, card)

    @rule(who=who, card=card)
    def pays_the_rest(self, who: int, card: str) -> None:
        if self.tries("open the page of the rest", lambda: self.persons[who].opens_rest()):
            self.pays(who, card)

    @rule(who=who, card=card)
    def names_another_card(self, who: int, card: str) -> None:
        def open_it() -> None:
            order = self.persons[who].order()
            if order is None or order.status != "part paid":
                raise Refused("Nothing is to be charged here any more, so no card is needed.")
            self.persons[who].opens_card()

        if self.tries("open the page of a card", open_it):
            self.pays(who, card)

    @rule(who=who)
    def comes_back(self, who: int) -> None:
        self.tries("come back", lambda: self.persons[who].comes_back())

    @rule(who=who, late=st.sampled_from((0, 0, 0, 3, 16)))
    def the_next_day_comes(self, who: int, late: int) -> None:
        """On which a card is to be charged; the worker charges it."""
        coming = [
            part for part in self.persons[who].parts() if part.status in schedule.OPEN and part.number > 1
        ]
        db.session.rollback()
        if coming:
            self.days_pass(0)
            self.persons[who].waits_until_due(coming[0].number, late)
            self.stripe.sweep()
            self.tries("the worker on the day", lambda: worker(self.clock.now))


NAMES = {
    VISA: "a card", DECLINED_LATER: "a card declined later", CONFIRM_LATER: "a card to confirm later",
    BANK_DEBIT: "a debit", DECLINED: "a card declined at once",
}  # fmt: skip
