"""The worksheet as its page tells it. Pure reading; everything the page and an autosave say comes from one `Page`."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from functools import cached_property
from typing import Any

from app.coursework import forms, other_modules, precheck, rules
from app.coursework.frozen import Answers, Reference, ShownField, ShownFile, shown, shown_files
from app.coursework.precheck import Seen, seen
from app.coursework.queries import Remark, Sheet
from app.coursework.review_rules import LEVEL_WORDS
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
    ) -> None:
        self.sheet = sheet
        self.entries = entries
        self.answers = forms.with_files(sheet.worksheet, entries, sheet.draft.answers)
        self.now = now
        self.said = said
        self.stated = stated  # sentences ticked on the form that was refused
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
        """Open are those with something begun and not finished, just refused or undone, and that of the next step."""
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
            for one in self.sheet.open_requests
            if one.kind == "required" and not rules.is_answer(**(self.answer(one) or {}))
        ]

    @cached_property
    def findings(self) -> list[precheck.Finding]:
        worksheet = self.sheet.worksheet
        look = precheck.to_look_at(worksheet, self.answers, self.results)
        return [*self.requests_to_do, *self.to_do, *look, *precheck.done(worksheet, self.progress)]

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
        asked = next((one.text for one in self.sheet.open_requests if str(one.id) == name), "")
        return f"Your answer to: {asked}"

    def described(self, key: str, value: Any) -> str:
        """An entry as plain text."""
        if field := self.sheet.worksheet.field(key):
            return fields.display(field, value)
        if isinstance(value, dict):
            said = {"changed": "Changed here.", "disagree": "I disagree."}.get(value["answer"], "")
            return f"{said} {value['text']}".strip()
        return LEVEL_WORDS.get(value, "")

    def can_keep_both(self, key: str) -> bool:
        field = self.sheet.worksheet.field(key)
        return field is not None and field.type in ("long_text", "table", "file")

    # --- words of the bar ---

    @property
    def state(self) -> tuple[str, str]:
        if self.requests_to_do:
            left = _count(len(self.requests_to_do), "required change to answer", "required changes to answer")
            return "changes", left[:1].upper() + left[1:]
        return rules.state_of(self.sheet.system.status)

    @property
    def saved(self) -> str:
        return saved_words(self.sheet.draft.saved_at, self.now)

    @property
    def was(self) -> str:
        """The marks of what this page shows, for the form."""
        return json.dumps(forms.marks(self.entries), separators=(",", ":"))

    @property
    def promised_if_sent(self) -> datetime:
        cohort = self.sheet.system.enrollment.cohort
        return rules.promise(
            self.now, self.sheet.module.review_days, cohort.time_zone, rules.days(cohort.holidays)
        )


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
