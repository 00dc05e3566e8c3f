"""What a page is told after a save."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import render_template

from app.coursework.queries import Sheet
from app.coursework.sheet import Page
from app.curriculum.field_types import CalculatedField, TableField
from app.lib import merging, times


def autosave_answer(
    sheet: Sheet, merged: merging.Merge, version: int, saved_at: datetime, now: datetime
) -> dict[str, Any]:
    """What the page needs after a save: version, words, marks, numbers, sentences at fields, progress, the check as
    HTML. Called once the save is committed."""
    page = Page(sheet, merged.entries, now)
    tables = [one for one in sheet.worksheet.fields() if isinstance(one, TableField)]
    anchor, words = page.check.next_step
    return {
        "version": version,
        "saved_at": times.saved_words(saved_at, now),
        "was": merging.marks(merged.entries, merged.same),
        "elsewhere": merged.elsewhere,
        "conflicts": merged.conflicts,
        "results": {
            one.id: {shown["key"]: shown for shown in page.shown_results(one)}
            for one in sheet.worksheet.fields()
            if isinstance(one, CalculatedField)
        },
        "totals": {one.id: page.total(one) for one in tables if one.total},
        "rows": {one.id: page.rows_note(one) for one in tables if one.min_rows},
        "problems": {key: page.problems(one) for key in merged.mine if (one := sheet.worksheet.field(key))},
        "progress": {key: list(count) for key, count in page.progress.items()},
        "next": {"anchor": anchor, "words": words, "step": page.steps.of(anchor)},
        "state": list(page.state),
        "check": render_template("coursework/check_list.html", page=page),
        "first": render_template("coursework/first.html", page=page) if page.changes.list else "",
    }
