"""The worksheet as its page tells it. Pure reading; everything the page and an autosave say comes from one `Page`."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from functools import cached_property
from typing import Any

from app.coursework import (
    change_rules,
    forms,
    improving_rules,
    looks,
    other_modules,
    rules,
    sending,
)
from app.coursework.beside import Help
from app.coursework.changes import changes_of
from app.coursework.frozen import Answers, Reference, ShownField, ShownFile, shown, shown_files
from app.coursework.precheck import Seen, seen
from app.coursework.queries import Remark, Sheet
from app.coursework.sections import SEND, Steps
from app.coursework.sheet_check import Check
from app.coursework.sheet_remarks import Remarks
from app.coursework.talk import Talk
from app.curriculum import fields
from app.curriculum.calculation import Results
from app.curriculum.field_types import CalculatedField, Field, TableField
from app.curriculum.schema import Criterion, Section
from app.lib import merging, times
from app.lib.refusal import Refused
from app.lib.words import count


class Page:
    """One worksheet with the entries to show: what is stored, or what was just typed and refused."""

    def __init__(
        self,
        sheet: Sheet,
        entries: merging.Entries,
        now: datetime,
        said: Refused | None = None,
        stated: Collection[str] = (),
        undo: str = "",
        section: str = "",
    ) -> None:
        self.sheet = sheet
        self.entries = entries
        self.answers = forms.with_files(sheet.worksheet, entries, sheet.draft.answers)
        self.now = now
        self.said = said
        self.stated = stated  # sentences ticked on the form that was refused
        self._section = section  # '3.B': the one that is shown; another word shows all
        self._undo = undo  # '7.E.1~12': a file just taken out of this field
        self.number = sheet.system.round + 1
        self.read_only = sheet.reason_read_only

    # --- fields ---

    def fields_of(self, section: Section) -> list[Field]:
        """The fields that have a place on the page."""
        return [one for one in section.fields if fields.is_shown(one, self.entries, self.results)]

    @cached_property
    def sections(self) -> list[Section]:
        return [one for one in self.sheet.worksheet.sections if self.fields_of(one)]

    @cached_property
    def steps(self) -> Steps:
        """The way through the worksheet; where nothing can be written it is read as a whole."""
        wanted = "" if self.read_only else self._section
        return Steps(self.sheet.module.number, self.sections, wanted)

    def way(self, anchor: str) -> str:
        """The address of a place in this worksheet, from this page."""
        step = self.steps.elsewhere(anchor)
        return f"/systems/{self.sheet.system.id}?section={step}#{anchor}" if step else f"#{anchor}"

    @property
    def shown_sections(self) -> list[Section]:
        return [one for one in self.sections if self.steps.shows(one.id)]

    @cached_property
    def help(self) -> Help:
        return Help(self.sheet.module)

    def kept(self, field: Field) -> ShownField:
        """A retired field with what the person once wrote in it, to read."""
        return next(one for one in self.shown if one.id == field.id)

    def value(self, field: Field) -> Any:
        value = self.answers.get(field.id)
        return forms.padded(field, value or []) if isinstance(field, TableField) else value

    def is_empty(self, field: Field) -> bool:
        return not self._seen(field).answered

    def problems(self, field: Field) -> tuple[str, ...]:
        """What is wrong with a value that was kept as typed, and what was just refused here."""
        said = (self.said.sentence,) if self.said and self.said.field == field.id else ()
        return (*said, *self._seen(field).problems)

    def total(self, field: TableField) -> str:
        return self._seen(field).total

    def rows_note(self, field: TableField) -> str:
        return self._seen(field).rows

    def is_withheld(self, field: Field) -> bool:
        """Whether the author is to look at this field: it is hidden in what was sent."""
        return any(one.target.field_id == field.id for one in self.sheet.to_take_out)

    def files(self, field: Field) -> tuple[ShownFile, ...]:
        return shown_files(self.answers.get(field.id))

    def undo(self, field: Field) -> str:
        """The id of a file that can be put back into this field; empty when none was just taken out."""
        field_id, _, number = self._undo.partition("~")
        return number if field_id == field.id and number.isascii() and number.isdecimal() else ""

    def _seen(self, field: Field) -> Seen:
        return seen(field, self.answers.get(field.id))

    @cached_property
    def references(self) -> dict[str, Reference]:
        """Field id → the answer of another module that stands with it."""
        return other_modules.references_of(self.sheet)

    def criteria(self, field: Field) -> list[Criterion]:
        rubric = self.sheet.rubric
        return [one for one in (rubric.criteria if rubric else ()) if one.key in field.criteria]

    @cached_property
    def shown(self) -> list[ShownField]:
        """The fields to read, where nothing can be written."""
        rendered = fields.rendered(self.sheet.worksheet, self.answers)
        return shown(Answers(self.sheet.worksheet, self.answers, rendered, self.references))

    def answer(self, remark: Remark) -> dict[str, str] | None:
        """The answer to a request that is open; None for one that asks nothing (any more)."""
        found: dict[str, str] | None = self.entries.get(forms.request_key(remark.id))
        return found

    @cached_property
    def remarks(self) -> Remarks:
        return Remarks(self.sheet, self.answers)

    def rating(self, key: str) -> str:
        found: str = self.entries.get(forms.rating_key(key), "")
        return found

    @cached_property
    def results(self) -> Results:
        return fields.calculated(self.sheet.worksheet, self.answers)

    def shown_results(self, field: CalculatedField) -> list[dict[str, str]]:
        """Of each result: key, label, the number alone; its unit and how it came about (or what is missing)."""
        return [_result(field, one) for one in self.results[field.id].values()]

    @cached_property
    def progress(self) -> dict[str, fields.Progress]:
        return fields.progress(self.sheet.worksheet, self.answers)

    # --- sections ---

    def is_open(self, section: Section) -> bool:
        """Open are those with something begun and not finished, just refused or undone, and that of the next step.

        One that stands alone is open too.
        """
        if self.steps.here:
            return True
        ids = {field.id for field in section.fields}
        if (self.said and self.said.field in ids) or self._undo.partition("~")[0] in ids:
            return True
        asked = any(finding.anchor in ids for finding in self.check.requests_to_do)
        if asked or self.check.next_field in ids:
            return True
        answered, total = self.progress[section.id]
        return 0 < answered < total and any(finding.anchor in ids for finding in self.check.to_do)

    def section_note(self, section: Section) -> str:
        """'3 of 3 answered, one note of praise'."""
        answered, total = self.progress[section.id]
        words = self.remarks.words_on(section.fields)
        return ", ".join(
            [
                f"{answered} of {total} answered",
                *(words or ([] if not self.sheet.remarks else ["no comments"])),
            ]
        )

    # --- the check ---

    @cached_property
    def check(self) -> Check:
        unanswered = [one for one in self._in_order if one.kind == "required" and not self._is_answered(one)]
        return Check(self.sheet, self.entries, self.answers, self.results, self.progress, unanswered)

    @property
    def _in_order(self) -> list[Remark]:
        by_id = {one.id: one for one in self.sheet.open_requests}
        return [by_id[one.id] for one in self.changes.list]

    def _is_answered(self, remark: Remark) -> bool:
        return rules.is_answer(**(self.answer(remark) or {}))

    @property
    def plan(self) -> tuple[str, str]:
        """The two halves of “When …, I will …” as they are written so far."""
        return self.entries.get(sending.WHEN, ""), self.entries.get(sending.WILL, "")

    # --- what is new since the last look ---

    @cached_property
    def news(self) -> list[looks.Item]:
        return looks.news(self.sheet, self.entries) if not self.said else []

    def is_new(self, field: Field) -> bool:
        return any(field.id in one.fields for one in self.news)

    @property
    def seen(self) -> str:
        """What this page shows beside the entries, for its forms."""
        return looks.seen_of(self.sheet)

    # --- words of the bar ---

    @cached_property
    def changes(self) -> change_rules.Changes:
        """What to change first, with the answers as they stand on this page."""
        asked = [
            change_rules.Asked(
                one.id,
                one.field_id,
                one.kind,
                self._is_answered(one),
                one.below,
                one.text,
            )
            for one in self.sheet.open_requests
        ]
        return changes_of(asked, self.sheet.worksheet, self.sheet.rubric)

    @cached_property
    def talk(self) -> Talk:
        """What is said about the comments on this page."""
        shown = [one for some in self.remarks.by_field.values() for one in some]
        return Talk.of_owner(self.sheet.system, [one.thread for one in shown if one.thread], self.now)

    @property
    def improving(self) -> str:
        """'Accepted; improving, drafting round 3' of a system that is accepted and written anew; '' otherwise."""
        system = self.sheet.system
        return improving_rules.words(system.status, system.accepted_round, system.round)

    @property
    def state(self) -> tuple[str, str]:
        if self.check.requests_to_do and not self.read_only:
            left = count(
                len(self.check.requests_to_do), "required change to answer", "required changes to answer"
            )
            return "changes", left[:1].upper() + left[1:]
        pattern, word = rules.state_of(self.sheet.system.status)
        return pattern, self.improving or word

    @property
    def saved(self) -> str:
        return times.saved_words(self.sheet.draft.saved_at, self.now)

    @property
    def was(self) -> str:
        """The marks of what this page shows, for the form."""
        return json.dumps(
            merging.marks(self.entries, filter(self._is_here, self.entries)), separators=(",", ":")
        )

    def _is_here(self, key: str) -> bool:
        if self.steps.here is None:
            return True
        if key.startswith(forms.RATING):
            return self.steps.shows(SEND)
        asked = {forms.request_key(one.id): one.field_id for one in self.sheet.open_requests}
        return self.steps.elsewhere(asked.get(key, key)) == ""

    @property
    def promised_if_sent(self) -> datetime:
        cohort = self.sheet.system.enrollment.cohort
        return rules.promise(
            self.now, self.sheet.module.review_days, cohort.time_zone, rules.days(cohort.holidays)
        )


def _result(field: CalculatedField, one: fields.ResultValue) -> dict[str, str]:
    spec = field.result(one.key)
    unit = (spec.unit if spec and one.text else None) or ""
    how = one.missing or one.worked or one.explain
    number = one.text.removesuffix(unit).rstrip()
    return {
        "key": one.key,
        "label": one.label,
        "text": number,
        "how": "; ".join(words for words in (unit, how) if words),
    }
