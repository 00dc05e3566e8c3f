"""What staff do in the machine: excuse, extend, send for somebody; and with client data: hide, show again, purge."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import select

from app.cohorts import extensions
from app.cohorts.queries import dates_of, program
from app.coursework import frozen, improving, queries, review_shown, staff_actions, waiting, withheld
from app.coursework import review_queries as reviews
from app.coursework.models import Submission, Withholding
from app.coursework.withheld_rules import Target
from app.curriculum.schema import Module
from app.lib import times
from app.lib.database import db
from tests.rooms.coursework import machine_rows
from tests.rooms.coursework.machine_base import Person, coach, enrollment, user, which, who
from tests.rooms.coursework.machine_participant import RECEIPT
from tests.rooms.coursework.machine_rows import words
from tests.rooms.coursework.machine_talk import Talkers

FIELD_TARGETS = ("1.A.1", "1.B.1", "1.C.1", "1.C.1")


class Practice(Talkers):
    """Everybody."""

    # --- staff ---

    @rule(who=who, verb=st.integers(0, 5), days=st.integers(0, 20), every=st.booleans())
    def staff_decide(self, who: int, verb: int, days: int, every: bool) -> None:
        person = self.persons[who]
        excused = self.status_of(who) == "excused"
        if verb < 2 or excused:
            self.excuses(person, back=excused and verb != 0)
        elif verb == 2:
            self.extends(person, days, every)
        elif verb == 3:
            self.reopens(person)
        else:
            if verb == 4:
                self.prepares(who)
            self.sends_for(who, "The server at the gym is down." if days else "")

    def excuses(self, person: Person, back: bool) -> None:
        def do() -> None:
            found, sam = enrollment(person), user(self.cast.sam)
            if back:
                staff_actions.call_back(sam, found, _module(person), self.now)
            else:
                staff_actions.excuse(sam, found, _module(person), "Long built.", self.now)

        name = "call back" if back else "excuse"
        self.tries(name, do, mails={"coursework/called_back" if back else "coursework/excused": (1,)})

    def extends(self, person: Person, days: int, every: bool) -> None:
        """A coach may add fourteen days at a time; every page has the date from one function."""

        def extend() -> None:
            coach, module = user(self.coaches[0].user_id), None if every else _module(person)
            found = enrollment(person)
            extensions.set_days(coach, found, module, days, "A move.", any_length=False, now=self.now)

        self.tries("extend", extend, mails={"cohorts/extended": (1,)})
        sheet = queries.sheet_for(user(person.user_id), person.system_id)
        cohort = sheet.system.enrollment.cohort
        usual, due = (
            times.local_date(one.due_at, cohort.time_zone)
            for one in (dates_of(cohort, sheet.module), sheet.dates)
        )
        held = [one["days"] for one in sheet.system.enrollment.extensions.values()]
        assert (due - usual).days == max(held, default=0)

    def reopens(self, person: Person) -> None:
        def reopen() -> None:
            queries.lock_system(person.system_id)
            system = queries.system_for(user(person.user_id), person.system_id)
            improving.reopen(user(self.coaches[0].user_id), system, "The rule is old.", self.now)

        self.tries("reopen", reopen, mails={"coursework/reopened": (1,)})

    def sends_for(self, who: int, reason: str) -> None:
        """The saved draft, without a rating and without a statement, which are the participant's to give."""
        person, before = self.persons[who], self.done["submit for"]

        def send() -> None:
            waiting.lock_enrollment_of(person.system_id)
            sheet = self.sheet(person)
            kept = staff_actions.freeze_saved(sheet)
            staff_actions.submit_for(user(self.cast.sam), sheet, kept, reason, self.now)

        self.tries("submit for", send, mails=RECEIPT)
        if self.done["submit for"] > before:
            assert reason
            self.is_new_work(who)
            newest = max(self.seen["submission"], key=lambda row: row.id)
            assert (newest.submitted_by_id, newest.submitted_because) == (self.cast.sam, reason)

    # --- client data ---

    @precondition(lambda self: self.kept.rounds)
    @rule(coach=coach, which=which, what=st.integers(0, 7))
    def hides(self, coach: int, which: int, what: int) -> None:
        """A field, a whole round, or a comment, of any round."""
        found = self.kept.rounds[which % len(self.kept.rounds)]
        said = {one.id for one in self.kept.reviews if one.submission_id == found.id}
        comments = [one for one in self.kept.comments if one.review_id in said]
        if what < 4:
            target = Target("field", FIELD_TARGETS[what])
        elif what == 4 or not comments:
            target = Target("round")
        else:
            one = comments[which % len(comments)]
            target = Target("comment", one.field_id, None, one.id)
        made: list[tuple[int, int]] = []

        def hide() -> None:
            row = withheld.hide(
                user(self.coaches[coach].user_id), db.session.get_one(Submission, found.id), target, self.now
            )
            made.append((row.id, row.through))

        mails = {
            "coursework/withheld_hidden": (0, 1)
        }  # hidden once more, with what came since, it is told no more
        self.tries("hide", hide, mails=mails)
        ((row_id, through),) = made
        meant = self.kept.words_of(found.system_id, target, through)
        self.hidden[row_id] = self.hidden.get(row_id, set()) | meant
        assert not meant & machine_rows.seen_by_others(self.seen), f"{target.words} is still there to be read"
        assert not meant & self.rows.mails(sent=False), "a mail that waits still says it"
        self._nobody_reads_it()

    @precondition(lambda self: self.kept.withheld)
    @rule(which=which)
    def shows_again(self, which: int) -> None:
        row = self.kept.withheld[-1 - which % len(self.kept.withheld)]

        def show() -> None:
            withheld.show_again(user(self.cast.sam), db.session.get_one(Withholding, row.id), self.now)

        if self.tries("show again", show, mails={"coursework/withheld_shown_again": (1,)}):
            self.hidden.pop(row.id, None)
        self._nobody_reads_it()

    @precondition(lambda self: self.kept.withheld)
    @rule(which=which, typed=st.sampled_from(("name", "name", "name", "Somebody Else")))
    def purges(self, which: int, typed: str) -> None:
        row = self.kept.withheld[-1 - which % len(self.kept.withheld)]
        person = next(one for one in self.persons if one.system_id == row.system_id)
        before = self.done["purge"]

        def purge() -> None:
            name = user(person.user_id).name if typed == "name" else typed
            withheld.purge(user(self.cast.sam), db.session.get_one(Withholding, row.id), name, self.now)

        self.tries("purge", purge, mails={"coursework/withheld_purged": (1,)})
        if self.done["purge"] == before:
            return
        assert typed == "name"
        for one in self.seen["withholding"]:
            if one.status == "purged":
                assert one.kept in (None, "null"), "what was purged lies there still"
                self.purged |= self.hidden.pop(one.id, set())
        assert not self.purged & machine_rows.everywhere(self.seen), "purged, and still kept"
        assert not self.purged & self.rows.mails(sent=True), "purged, and still in a mail"
        self._nobody_reads_it()

    def _nobody_reads_it(self) -> None:
        """The functions that all pages of rounds and reviews read from."""
        hidden = self.purged.union(*self.hidden.values())
        if not hidden:
            return
        for person in self.persons:
            sheet = queries.sheet_for(user(person.user_id), person.system_id)
            shown = [repr(sheet.remarks)]
            for one in db.session.scalars(select(Submission).where(Submission.system_id == person.system_id)):
                shown.append(repr(frozen.shown(reviews.answers_of(one))))
                if review := reviews.published_of(one):
                    shown.append(repr(review_shown.view_of(review)))
            assert not hidden & set(words(shown)), "hidden, and on a page"
        db.session.rollback()


def _module(person: Person) -> Module:
    found = program(enrollment(person).cohort).module("systems")
    assert found is not None
    return found
