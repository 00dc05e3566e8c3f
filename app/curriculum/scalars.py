"""One typed value: a text, number, amount, percentage, date or choice, alone, in a table cell or in a group.

People write numbers their own way ("$1,400.50", " 92 %"). `clean` stores one way ("1400.50", "92"). What cannot
be understood is kept exactly as typed and `problem` says why, so nobody loses a word to a typing mistake.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from app.curriculum.field_types import LONG_TEXT_LIMIT, SHORT_TEXT_LIMIT

NUMERIC = frozenset({"number", "currency", "percent"})

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_DIRECTION = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_PLAIN_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")
_THOUSANDS = re.compile(r"-?[0-9]{1,3}([ ,'][0-9]{3})+(\.[0-9]+)?")
_EUROPEAN = re.compile(r"-?([0-9]{1,3}(\.[0-9]{3})+|[0-9]+),[0-9]{1,2}")
_US_DATE = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_MONEY_SIGN = re.compile(
    r"^(?:USD|EUR|GBP|CAD|AUD|US\$|C\$|A\$|[$€£¥])\s*|\s*(?:USD|EUR|GBP|CAD|AUD|[$€£¥])$", re.I
)


@dataclass(frozen=True)
class Kind:
    """What is known about one value: its type and, where they apply, its options, unit and limits."""

    type: str
    options: Mapping[str, str] = field(default_factory=dict)
    unit: str | None = None
    min: Decimal | None = None
    max: Decimal | None = None

    @classmethod
    def of(cls, spec: Any) -> "Kind":
        """From a field, a column or a part of the schema; made once for each, since a table asks for every cell."""
        known: Kind | None = spec.__dict__.get("_kind")
        if known is None:
            known = cls(
                type=spec.type,
                options={option.key: option.label for option in getattr(spec, "options", ())},
                unit=getattr(spec, "unit", None),
                min=getattr(spec, "min", None),
                max=getattr(spec, "max", None),
            )
            spec.__dict__["_kind"] = known  # frozen, like the spec it belongs to
        return known


def clean(kind: Kind, raw: Any) -> str:
    """The value as it is stored; text of any other type becomes text, nothing becomes an empty text."""
    if raw is None or isinstance(raw, bool | list | dict):
        return ""
    text = _CONTROL.sub("", str(raw).replace("\r\n", "\n").replace("\r", "\n"))
    if kind.type == "long_text":
        return text.strip("\n").rstrip()
    text = " ".join(_DIRECTION.sub("", text).split())
    if kind.type in NUMERIC:
        return parse_number(text, kind.type) or text
    if kind.type == "date":
        parsed = parse_date(text)
        return parsed.isoformat() if parsed else text
    if kind.type == "choice":
        return _option_key(kind, text)
    return text


def problem(kind: Kind, value: str) -> str | None:
    """What is wrong with a stored value, as a sentence, or None. An empty value is never wrong."""
    if not value:
        return None
    if kind.type in NUMERIC:
        return _number_problem(kind, value)
    if kind.type == "date" and not _is_iso_date(value):
        return f"“{_short(value)}” is not a date in the calendar. Write it like 2026-03-14."
    if kind.type == "choice" and value not in kind.options:
        return f"Choose one of: {', '.join(kind.options.values())}."
    limit = LONG_TEXT_LIMIT if kind.type == "long_text" else SHORT_TEXT_LIMIT
    if len(value) > limit:
        return f"This is {len(value):,} characters long; there is room for {limit:,}."
    return None


def show(kind: Kind, value: str) -> str:
    """The value for people: 3,166 · 92% · the label of a choice · March 14, 2026."""
    if not value:
        return ""
    if kind.type in NUMERIC:
        number = as_decimal(value)
        return value if number is None else with_unit(format_number(number, kind.type), kind.unit)
    if kind.type == "choice":
        return kind.options.get(value, value)
    if kind.type == "date" and _is_iso_date(value):
        day = date.fromisoformat(value)
        return f"{day:%B} {day.day}, {day.year}"
    return value


def parse_number(text: str, kind: str = "number") -> str | None:
    """Digits with a dot, the way numbers are stored, from what a person wrote; None if it is not a number.

    A comma before three digits groups thousands ("1,400"); before one or two it is a decimal comma ("92,5").
    """
    text = unicodedata.normalize("NFKC", text).replace("\u2212", "-").replace("’", "'").strip()
    if kind == "percent":
        text = text.removesuffix("%").rstrip()
    if kind == "currency":
        sign, body = ("-", text[1:].lstrip()) if text.startswith("-") else ("", text)
        text = sign + _MONEY_SIGN.sub("", body)
    if text.startswith((".", "-.")):
        text = text.replace(".", "0.", 1)
    if _THOUSANDS.fullmatch(text):
        text = re.sub(r"[ ,']", "", text)
    elif _EUROPEAN.fullmatch(text):
        text = text.replace(".", "").replace(",", ".")
    text = text.removesuffix(".") if text[:-1].lstrip("-").isdecimal() else text
    if not _PLAIN_NUMBER.fullmatch(text):
        return None
    whole, _, fraction = text.lstrip("-").partition(".")
    number = (whole.lstrip("0") or "0") + (f".{fraction}" if fraction else "")
    return f"-{number}" if text.startswith("-") and Decimal(number) else number


def as_decimal(value: Any) -> Decimal | None:
    """The number of a stored value, or None if it is not one."""
    return Decimal(value) if isinstance(value, str) and _PLAIN_NUMBER.fullmatch(value) else None


def parse_date(text: str) -> date | None:
    """A calendar day from 2026-03-14 or the American 3/14/2026, between 1900 and 2100."""
    american = _US_DATE.fullmatch(text)
    if american:
        month, day, year = (int(part) for part in american.groups())
        text = f"{year:04}-{month:02}-{day:02}"
    return date.fromisoformat(text) if _is_iso_date(text) else None


def typed(value: Any) -> str:
    """A stored number as people type it, '1,400.50'; digits are only grouped, so it is read back as the same value."""
    if as_decimal(value) is None:
        return str(value or "")
    whole, dot, fraction = value.partition(".")
    return f"{int(whole):,}{dot}{fraction}" if whole not in ("-0", "") else str(value)


def format_number(number: Decimal, kind: str = "number") -> str:
    """With thousands separators and without needless zeros: 1,400 · 1,400.50 · 103.6 · 92%."""
    if kind == "currency":
        return f"{number:,.0f}" if number == number.to_integral_value() else f"{rounded(number, 2):,}"
    text = f"{number:,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{text}%" if kind == "percent" else text


def rounded(number: Decimal, places: int) -> Decimal:
    """Rounded half up, the way people do it by hand."""
    return number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def with_unit(text: str, unit: str | None) -> str:
    return f"{text} {unit}" if unit else text


def count_words(text: str) -> int:
    """Words of a text; Markdown signs standing alone do not count."""
    return sum(1 for word in text.split() if any(letter.isalnum() for letter in word))


def _number_problem(kind: Kind, value: str) -> str | None:
    number = as_decimal(value)
    if number is None:
        example = {"percent": "92 or 92 %", "currency": "1400 or 1,400.50"}.get(kind.type, "26 or 1,400")
        return f"“{_short(value)}” is not a number we can read. Write it like {example}."
    if kind.min is not None and number < kind.min:
        return (
            f"This is {format_number(number)}; the least that makes sense here is {format_number(kind.min)}."
        )
    if kind.max is not None and number > kind.max:
        return (
            f"This is {format_number(number)}; the most that makes sense here is {format_number(kind.max)}."
        )
    return None


def _is_iso_date(text: str) -> bool:
    if not re.fullmatch(r"(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}", text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _option_key(kind: Kind, text: str) -> str:
    """The key of an option named by its key or, in any case of letters, by its label."""
    if text in kind.options:
        return text
    folded = text.casefold()
    return next((key for key, label in kind.options.items() if label.casefold() == folded), text)


def _short(value: str) -> str:
    return value if len(value) <= 40 else f"{value[:39]}…"
