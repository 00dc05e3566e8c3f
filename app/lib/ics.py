"""A calendar as other programs read it (RFC 5545). Instants are written in UTC and whole days as dates, so that no
description of a time zone is needed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

LONGEST_LINE = 75  # bytes, without the line break
ASK_AGAIN = "PT6H"  # how often a program may look for changes


@dataclass(frozen=True)
class Event:
    """One entry. `starts` and `ends` are both instants, or both days; the end is not part of it."""

    uid: str  # the same for as long as it is the same thing: a changed date moves it
    title: str
    starts: datetime | date
    ends: datetime | date
    text: str = ""
    url: str = ""
    place: str = ""
    is_busy: bool = False  # whether it takes the person's time


def calendar(name: str, events: Iterable[Event], now: datetime) -> str:
    """The whole file, lines ended by CRLF. `now` is when it is handed out."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Cohort//Dates//EN", "CALSCALE:GREGORIAN"]
    lines += [f"NAME:{_text(name)}", f"X-WR-CALNAME:{_text(name)}"]
    lines += [f"REFRESH-INTERVAL;VALUE=DURATION:{ASK_AGAIN}", f"X-PUBLISHED-TTL:{ASK_AGAIN}"]
    for event in events:
        lines += _event(event, now)
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _event(event: Event, now: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(event.uid)}"
    yield f"DTSTAMP:{_instant(now)}"
    yield f"DTSTART{_when(event.starts)}"
    yield f"DTEND{_when(event.ends)}"
    yield f"SUMMARY:{_text(event.title)}"
    if event.text:
        yield f"DESCRIPTION:{_text(event.text)}"
    if event.place:
        yield f"LOCATION:{_text(event.place)}"
    if event.url:
        yield f"URL:{_plain(event.url)}"
    yield f"TRANSP:{'OPAQUE' if event.is_busy else 'TRANSPARENT'}"
    yield "END:VEVENT"


def _when(value: datetime | date) -> str:
    if isinstance(value, datetime):
        return f":{_instant(value)}"
    return f";VALUE=DATE:{value:%Y%m%d}"


def _instant(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    """A text as a value: what has a meaning of its own is escaped, what cannot be shown is left out."""
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    for sign in ("\\", ";", ","):
        value = value.replace(sign, f"\\{sign}")
    return _plain(value.replace("\n", "\\n"))


def _plain(value: str) -> str:
    return "".join(sign for sign in value if unicodedata.category(sign) not in ("Cc", "Cs"))


def _folded(line: str) -> str:
    """A long line goes on in the next one, which begins with a space; no letter is cut in two."""
    parts, part, room = [], "", LONGEST_LINE
    for sign in line:
        size = len(sign.encode())
        if size > room:
            parts.append(part)
            part, room = "", LONGEST_LINE - 1  # the space counts
        part += sign
        room -= size
    return "\r\n ".join([*parts, part])
