"""The worksheet as its page tells it. Pure reading; everything the page and an autosave say comes from one `Page`."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from functools import cached_property
from typing import Any

from app.coursework import (
    anchors,
    change_rules,
    forms,
    frozen,
    improving_rules,
    looks,
    other_modules,
    precheck,
    rules,
    sending,
)
from app.coursework.beside import Help
from app.coursework.changes import changes_of
from app.coursework.frozen import Answers, Reference, ShownField, ShownFile, shown, shown_files
from app.coursework.precheck import Seen, seen
from app.coursework.queries import Remark, Sheet
from app.coursework.review_rules import LEVEL_WORDS
from app.coursework.sections import SEND, Steps
from app.coursework.talk import Talk
from app.curriculum import fields
from app.curriculum.calculation import Results
from app.curriculum.field_types import CalculatedField, Field, TableField
from app.curriculum.schema import Criterion, Section
from app.lib import times
from app.lib.refusal import Refused


class Page:
    """One worksheet with the entries to show: what is stored, or what was just typed and refused."""

    def __init__(
        self,
        sheet: Sheet,
        entries: forms.Entries,
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

    def remarks(self, field: Field) -> list[Remark]:
        return self._remarks[field.id]

    def numbered(self, remark: Remark) -> str:
        """'Required change 2': numbered in the order of the worksheet, as on the coach's page; praise has none."""
        number = self._numbers.get(remark.id)
        return f"{remark.word} change {number}" if number else remark.word

    def place(self, remark: Remark) -> anchors.Place:
        """Where the passage of this comment stands in what is written here now."""
        field = self.sheet.worksheet.field(remark.field_id)
        text = self._texts.get(remark.field_id)
        if text is None:
            shown_here = Answers(self.sheet.worksheet, self.answers, {})
            text = frozen.text_of(field, shown_here) if field else anchors.FieldText("")
            self._texts[remark.field_id] = text
        anchor = anchors.Anchor(remark.quote, remark.prefix, remark.suffix, remark.row_id)
        return anchors.place(anchor, text)

    @cached_property
    def _texts(self) -> dict[str, anchors.FieldText]:
        return {}

    @cached_property
    def _numbers(self) -> dict[int, int]:
        place = {field.id: at for at, field in enumerate(self.sheet.worksheet.fields())}
        numbers: dict[int, int] = {}
        count: dict[int, int] = defaultdict(int)
        for one in sorted(self.sheet.remarks, key=lambda remark: place.get(remark.field_id, 999)):
            if one.is_request:
                count[one.round] += 1
                numbers[one.id] = count[one.round]
        return numbers

    @property
    def remarks_by_field(self) -> dict[str, list[Remark]]:
        return self._remarks

    @cached_property
    def shown(self) -> list[ShownField]:
        """The fields to read, where nothing can be written."""
        return shown(Answers(self.sheet.worksheet, self.answers, {}, self.references))

    def answer(self, remark: Remark) -> dict[str, str] | None:
        """The answer to a request that is open; None for one that asks nothing (any more)."""
        found: dict[str, str] | None = self.entries.get(forms.request_key(remark.id))
        return found

    def rating(self, key: str) -> str:
        found: str = self.entries.get(forms.rating_key(key), "")
        return found

    @cached_property
    def _remarks(self) -> dict[str, list[Remark]]:
        """Beside the fields: the newest review, and what is still open of earlier ones."""
        found: dict[str, list[Remark]] = defaultdict(list)
        for one in self.sheet.remarks:
            if one.is_latest or (one.is_request and one.settled_at is None):
                found[one.field_id].append(one)
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
        if any(finding.anchor in ids for finding in self.requests_to_do) or self.next_field in ids:
            return True
        answered, total = self.progress[section.id]
        return 0 < answered < total and any(finding.anchor in ids for finding in self.to_do)

    def section_note(self, section: Section) -> str:
        """'3 of 3 answered, one note of praise'."""
        answered, total = self.progress[section.id]
        counts: dict[str, int] = defaultdict(int)
        for field in section.fields:
            for one in self.remarks(field):
                counts[one.kind] += 1
        words = [_count(counts[kind], *names) for kind, names in _COMMENTS.items() if counts[kind]]
        return ", ".join(
            [
                f"{answered} of {total} answered",
                *(words or ([] if not self.sheet.remarks else ["no comments"])),
            ]
        )

    # --- the check ---

    @cached_property
    def to_do(self) -> list[precheck.Finding]:
        return precheck.to_do(self.sheet.worksheet, self.answers)

    @cached_property
    def requests_to_do(self) -> list[precheck.Finding]:
        """Required changes without an answer."""
        return [
            precheck.Finding(
                "todo", f"{one.field_id}: the change {one.by} asked for has no answer yet.", one.field_id
            )
            for one in self._in_order
            if one.kind == "required" and not rules.is_answer(**(self.answer(one) or {}))
        ]

    @property
    def _in_order(self) -> list[Remark]:
        by_id = {one.id: one for one in self.sheet.open_requests}
        return [by_id[one.id] for one in self.changes.list]

    @cached_property
    def findings(self) -> list[precheck.Finding]:
        worksheet = self.sheet.worksheet
        return [*self.requests_to_do, *self.to_do, *self.to_look_at, *precheck.done(worksheet, self.progress)]

    @cached_property
    def to_look_at(self) -> list[precheck.Finding]:
        return precheck.to_look_at(self.sheet.worksheet, self.answers, self.results, self.sheet.scanned_with)

    @property
    def not_looked_at(self) -> list[precheck.Finding]:
        """Findings that are neither mended nor answered by a note."""
        return [one for one in self.to_look_at if not sending.is_settled(one, self.entries)]

    def note(self, finding: precheck.Finding) -> str:
        return sending.note_to(finding, self.entries)

    @staticmethod
    def note_problem(note: str) -> str:
        return sending.note_problem(note)

    @property
    def plan(self) -> tuple[str, str]:
        """The two halves of “When …, I will …” as they are written so far."""
        return self.entries.get(sending.WHEN, ""), self.entries.get(sending.WILL, "")

    @property
    def next_field(self) -> str:
        """The id of the field to go on with; empty when everything is there."""
        return next((one.anchor for one in [*self.requests_to_do, *self.to_do]), "")

    @property
    def next_step(self) -> tuple[str, str]:
        """(anchor, words) of the one next step."""
        if self.next_field:
            field = self.sheet.worksheet.field(self.next_field)
            return self.next_field, f"{self.next_field} {field.label if field else ''}".strip()
        return "send", "Check and submit"

    @property
    def unrated(self) -> list[Criterion]:
        return [
            one
            for one in (self.sheet.rubric.criteria if self.sheet.rubric else ())
            if not self.rating(one.key)
        ]

    # --- entries by their key, for the page that shows both texts ---

    def key_number(self, key: str) -> str:
        return key if self.sheet.worksheet.field(key) else ""

    def key_label(self, key: str) -> str:
        if field := self.sheet.worksheet.field(key):
            return field.label
        head, _, name = key.partition("~")
        if f"{head}~" == forms.RATING:
            criterion = self.sheet.rubric.criterion(name) if self.sheet.rubric else None
            return f"Your own rating: {criterion.title if criterion else name}"
        if sending.is_name(key):
            return _BESIDE.get(key, "Your note to a point of the check")
        asked = next((one.text for one in self.sheet.open_requests if str(one.id) == name), "")
        return f"Your answer to: {asked}"

    def described(self, key: str, value: Any) -> str:
        """An entry as plain text."""
        if field := self.sheet.worksheet.field(key):
            return fields.display(field, value)
        if isinstance(value, dict):
            said = {"changed": "Changed here.", "disagree": "I disagree."}.get(value["answer"], "")
            return f"{said} {value['text']}".strip()
        return value if sending.is_name(key) else LEVEL_WORDS.get(value, "")

    def can_keep_both(self, key: str) -> bool:
        field = self.sheet.worksheet.field(key)
        return field is not None and field.type in ("long_text", "table", "file")

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
                rules.is_answer(**(self.answer(one) or {})),
                one.below,
                one.text,
            )
            for one in self.sheet.open_requests
        ]
        return changes_of(asked, self.sheet.worksheet, self.sheet.rubric)

    @cached_property
    def talk(self) -> Talk:
        """What is said about the comments on this page."""
        shown = [one for some in self._remarks.values() for one in some]
        return Talk.of_owner(self.sheet.system, [one.thread for one in shown if one.thread], self.now)

    @property
    def improving(self) -> str:
        """'Accepted; improving, drafting round 3' of a system that is accepted and written anew; '' otherwise."""
        system = self.sheet.system
        return improving_rules.words(system.status, system.accepted_round, system.round)

    @property
    def state(self) -> tuple[str, str]:
        if self.requests_to_do and not self.read_only:
            left = _count(len(self.requests_to_do), "required change to answer", "required changes to answer")
            return "changes", left[:1].upper() + left[1:]
        pattern, word = rules.state_of(self.sheet.system.status)
        return pattern, self.improving or word

    @property
    def saved(self) -> str:
        return saved_words(self.sheet.draft.saved_at, self.now)

    @property
    def was(self) -> str:
        """The marks of what this page shows, for the form."""
        return json.dumps(
            forms.marks(self.entries, filter(self._is_here, self.entries)), separators=(",", ":")
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


_BESIDE = {sending.WHEN: "When you will use it first", sending.WILL: "What you will do then"}
_COMMENTS = {
    "required": ("required change", "required changes"),
    "suggested": ("suggestion", "suggestions"),
    "praise": ("note of praise", "notes of praise"),
}


def _count(number: int, one: str, many: str) -> str:
    small = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return f"{small[number] if number < len(small) else number} {one if number == 1 else many}"


def saved_words(saved_at: datetime, now: datetime) -> str:
    """'Saved at 2:32 p.m.' today, with the day otherwise; the viewer's zone."""
    if times.local_date(saved_at) != times.local_date(now):
        return f"Saved {times.moment(saved_at)}"
    return f"Saved at {times.clock_time(saved_at).rpartition(' ')[0]}"


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
