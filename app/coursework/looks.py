"""What changed in a system since somebody last had it open. What a page shows is kept as marks, not as text.

A *fact* is something of the page that is no entry of its form: `review~2` a published review, `settled~12` a request
that a coach called settled. Whoever shows more of these adds a fact, and a sentence in `news`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite

from app.accounts.sessions import current_sign_in
from app.coursework.models import Look
from app.coursework.queries import Remark, Sheet
from app.lib import merging
from app.lib.database import db
from app.lib.words import count

MARK = re.compile(r"[0-9a-f]{12}")
FACT = re.compile(r"(review|settled)~[0-9]{1,10}")
MOST = 1000  # marks of one look


# --- what a page shows --------------------------------------------------------------------------------------------


def facts_of(sheet: Sheet) -> dict[str, str]:
    reviews = {
        f"review~{one.number}": merging.mark([one.verdict, one.published_at.isoformat()])
        for one in sheet.rounds
        if one.published_at
    }
    settled = (one for one in sheet.remarks if one.settled_at)
    return reviews | {f"settled~{one.id}": merging.mark("settled") for one in settled}


def seen_of(sheet: Sheet) -> str:
    """The facts of this page, for its forms."""
    return json.dumps(facts_of(sheet), separators=(",", ":"))


def marks_in(form: merging.Form) -> dict[str, str]:
    """What the page of this form showed, as it says itself; whatever is no mark is passed over."""
    facts = merging.read_marks(merging.Form({"was": form.get("seen", "")}))
    found = merging.read_marks(form) | {key: mark for key, mark in facts.items() if FACT.fullmatch(key)}
    return {k: mark for k, mark in list(found.items())[:MOST] if len(k) <= 80 and MARK.fullmatch(mark)}


def record(sheet: Sheet, user_id: int, marks: Mapping[str, str], now: datetime) -> None:
    """Note that this person has seen this on this device. One statement; twice is harmless."""
    device = current_sign_in()
    if device is None:
        return
    values = {"seen_at": now, "version": sheet.draft.version, "release_id": sheet.release_id, "marks": marks}
    key = {"system_id": sheet.system.id, "user_id": user_id, "sign_in_id": device.id}
    insert = postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    query = insert(Look).values(**key, **values)
    db.session.execute(query.on_conflict_do_update(index_elements=list(key), set_=values))


# --- what is new --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Item:
    """One sentence of what is new, and the fields it leads to."""

    words: str
    fields: tuple[str, ...] = ()


def news(sheet: Sheet, entries: merging.Entries) -> list[Item]:
    """What is different from what this person saw last; nothing before a first look."""
    if sheet.look is None:
        return []
    seen, facts = sheet.look.marks, facts_of(sheet)
    now = merging.marks(entries)
    answers = [key for key in now if sheet.worksheet.field(key) and seen.get(key, now[key]) != now[key]]
    found = [Item("Saved in another tab or on another device", tuple(answers))] if answers else []
    found += [
        _review(sheet, one.number) for one in sheet.rounds if _is_new(f"review~{one.number}", seen, facts)
    ]
    found += [
        Item(f"The review of round {key.partition('~')[2]} was withdrawn")
        for key in seen
        if key.startswith("review~") and key not in facts
    ]
    settled = [one for one in sheet.remarks if _is_new(f"settled~{one.id}", seen, facts)]
    if settled:
        words = count(len(settled), "request is settled", "requests are settled")
        found.append(Item(words[:1].upper() + words[1:], _fields(settled)))
    if sheet.look.release_id != sheet.release_id:
        asked = tuple(one.id for one in sheet.worksheet.fields() if one.takes_answer and one.id not in seen)
        found.append(Item("METI improved this worksheet" + (": new is" if asked else ""), asked))
    return found


def _is_new(key: str, seen: Mapping[str, str], facts: Mapping[str, str]) -> bool:
    return key in facts and seen.get(key) != facts[key]


def _review(sheet: Sheet, number: int) -> Item:
    said = [one for one in sheet.remarks if one.round == number]
    verdict = next(one.verdict for one in sheet.rounds if one.number == number)
    return Item(f"Round {number} is answered: {verdict}", _fields(said))


def _fields(remarks: list[Remark]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.field_id for one in remarks))
