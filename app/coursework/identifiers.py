"""What in a text may identify a client, as far as a machine can see. Pure; a hint for the writer, never a verdict.

The list is that of the HIPAA Safe Harbor method (45 CFR 164.514(b)(2)), as far as it is made of characters. Every
pattern looks at a bounded piece of text from each place, so a scan is linear in the text.

Dates are found by their shapes: the search of a date library takes “sat” and “may 5 people” for dates.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice
from typing import NamedTuple

from app.coursework.sentences import Sentences

Look = Callable[[str, Sentences, str], Iterator[str]]
MOST = 20  # passages of one kind in one text
LOOKED_AT = 500  # places of a text whose sentence is read
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|"
    r"Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|"
    "OH|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY"
)
_NAME = r"[^\W\d_][\w’'-]{1,30}"
_NAMES = re.compile(rf"\b(?:Mrs?|Ms|Mx|Miss)\b\.?[ \u00a0](?:[A-Z]\.[ ]?)?(?=[^\W\d_a-z]){_NAME}")
_PROVIDERS = re.compile(rf"\b(?:Dr|Prof)\b\.?[ \u00a0](?:[A-Z]\.[ ]?)?(?=[^\W\d_a-z]){_NAME}")
_DATES = re.compile(
    r"(?<![\w/.-])(?:(?P<iso>\d{4}-\d{1,2}-\d{1,2})|(?P<parts>\d{1,2}[/.]\d{1,2}[/.](?:\d{4}|\d{2}))"
    rf"|(?P<words>{_MONTH}\.?\s\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s\d{{4}})?"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}(?:\s\d{{4}})?))(?![\w/-])"
)
_BIRTH = re.compile(
    rf"\b(?:date of birth|born on|d\.?o\.?b\.?)(?!\w)[\s:]{{0,3}}"
    rf"(?:\d[\d/.-]{{3,12}}|(?:{_MONTH}\.?\s\d{{1,2}}|\d{{1,2}}\s{_MONTH})(?:,?\s\d{{4}})?)",
    re.IGNORECASE,
)
# A person, or what happens to one's body: a date in the same sentence is likely that person's.
_PERSON = re.compile(
    r"\b(?:client(?!s)|patient(?!s)|she|he|born|birthday|died|death|admitted|hospitalized|discharged|operated|"
    r"surgery|operation|replacement|fracture[sd]?|stroke|wife|husband|mother|father|daughter|son|[A-Z]{2}-\d{3})\b"
)
_AGES = re.compile(
    r"\b(?:(?:aged?|is|turned|turns)\s)?(?P<age>9\d|1[01]\d)(?:[- ]years?[- ]old|\s?y/?o\b)|"
    r"\b(?:aged?|age:)\s(?P<of>9\d|1[01]\d)\b(?!\s?(?:\+|and (?:over|older|up)|or (?:over|older)))",
    re.IGNORECASE,
)
_EMAILS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,5}[A-Za-z]{2,24}(?![\w-])")
_US_PHONES = re.compile(r"(?<![\d-])(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?![\d-])")
_SHORT_PHONES = re.compile(
    r"\b(?:calls?|called|phone|telephone|tel|fax|cell|mobile|text|reach\w{0,4})\b[^\n\d]{0,20}"
    r"(?P<number>\d{3}[-. ]\d{4})(?![\d-])",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"(?<![\w])\+?\(?\d[\d ()./\u2010-\u2015-]{6,24}")  # a window for the telephone library
_SSN = re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])")
_ADDRESSES = re.compile(
    r"(?<![\w-])\d{1,5}\s(?:[NSEW]\.?\s)?(?:[A-Z][\w’'-]{1,24}\s){1,3}"
    r"(?:Streets?|St|Avenue|Ave|Road|Rd|Drive|Dr(?!\.?\s[A-Z])|Lane|Ln|Boulevard|Blvd|Court|Ct|Place|Pl|Terrace|"
    rf"Highway|Hwy|Parkway|Pkwy)\b|\b(?:{_STATES})\s\d{{5}}(?:-\d{{4}})?(?!\d)|\bP\.? ?O\.? Box \d{{1,6}}\b"
)
_NUMBERS = re.compile(
    r"\b(?:MRN|NPI|VIN|medical records?|record|chart|account|acct|policy|member|beneficiary|claim|"
    r"licen[sc]e(?:\splate)?|certificate|plate|serial|device)(?:\s(?:number|num|no|id))?\.?\s?[:#]{0,2}\s?"
    r"(?P<number>[A-Z]{0,4}[- ]?\d[A-Z0-9-]{3,18})(?![\w-])",
    re.IGNORECASE,
)
_WEB = re.compile(
    r"(?:https?://|www\.)[^\s<>\"”)]{3,200}|(?<![@\w./-])[\w-]{2,40}\.(?:com|org|net|edu|gov|io|health|me|us)\b(?!@)"
    r"(?:/[^\s<>\"”)]{0,100})?"
)
_IP = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")


class Kind(NamedTuple):
    """One line of the list: what is said of it, and why it matters."""

    key: str
    says: str  # 'names a person'
    why: str


_WHY = "Nothing sent here may let anybody recognize another person."
_KINDS = (
    ("names", "names a person", f"{_WHY} Write the role, or a code."),
    (
        "provider_names",
        "names a provider",
        "With a date or a condition a provider’s name can identify a client.",
    ),
    ("dates", "holds a day that may be a person’s", f"{_WHY} The year is enough, or “week 6”."),
    (
        "ages",
        "gives an age over 89",
        "So few people are that old that it can identify one. Write “90 or over”.",
    ),
    ("phones", "holds a telephone or fax number", f"{_WHY} Leave it out, unless it is your own practice’s."),
    ("emails", "holds an e-mail address", f"{_WHY} Leave it out, unless it is your own practice’s."),
    ("addresses", "holds what may be a postal address", f"{_WHY} The state is enough."),
    ("ssn", "holds what may be a social security number", f"{_WHY} Take it out."),
    (
        "numbers",
        "holds what may be a record or account number",
        f"{_WHY} Use a case code that leads nowhere.",
    ),
    ("web", "holds a web or network address", f"{_WHY} A page or an address can belong to one person."),
)
KINDS = {key: Kind(key, says, why) for key, says, why in _KINDS}


def found_in(text: str, region: str = "US") -> dict[str, list[str]]:
    """Kind → the passages, as they stand in the text. `region` says how local telephone numbers are read."""
    if not text:
        return {}
    sentences = Sentences(text)
    found = {key: _first(look(text, sentences, region)) for key, look in _LOOKS.items()}
    return {key: passages for key, passages in found.items() if passages}


def _first(passages: Iterator[str]) -> list[str]:
    kept: dict[str, None] = {}
    for passage in passages:
        kept.setdefault(" ".join(passage.split()))
        if len(kept) == MOST:
            break
    return list(kept)


def _all(pattern: re.Pattern[str]) -> Look:
    return lambda text, *_: (one[0] for one in pattern.finditer(text))


def _dates(text: str, sentences: Sentences, _: str) -> Iterator[str]:
    yield from (one[0].rstrip(" .,;") for one in _BIRTH.finditer(text))
    for one in islice(_DATES.finditer(text), LOOKED_AT):
        if (one["words"] or _is_day(one["iso"] or one["parts"])) and _PERSON.search(
            sentences.around(one.start())
        ):
            yield one[0]


def _is_day(written: str) -> bool:
    numbers = [int(one) for one in re.split(r"[-/.]", written)]
    year, *rest = numbers if numbers[0] > 999 else numbers[::-1]
    year += 2000 if year < 100 else 0
    for month, day in (rest, rest[::-1]):
        try:
            return bool(date(year, month, day))
        except ValueError:
            continue
    return False


def _phones(text: str, _: Sentences, region: str) -> Iterator[str]:
    found = list(_US_PHONES.finditer(text))
    yield from (one[0] for one in found)
    yield from (one["number"] for one in _SHORT_PHONES.finditer(text))
    known = {one.end() for one in found}
    tried = 0
    for window in _DIGITS.finditer(text):
        if tried < 10 * MOST and window.end() not in known and sum(map(str.isdigit, window[0])) >= 8:
            tried += 1
            yield from _international(window[0], region)


def _international(window: str, region: str) -> Iterator[str]:
    # Imported where it is needed: most processes never see such a text.
    from phonenumbers import Leniency, PhoneNumberMatcher

    for match in PhoneNumberMatcher(window, region, Leniency.STRICT_GROUPING, 50):
        yield match.raw_string


def _emails(text: str, *_: object) -> Iterator[str]:
    from email_validator import EmailNotValidError, validate_email

    for one in _EMAILS.finditer(text):
        try:
            validate_email(one[0], check_deliverability=False, test_environment=True)
        except EmailNotValidError:
            continue
        yield one[0]


def _ages(text: str, *_: object) -> Iterator[str]:
    return (one[0] for one in _AGES.finditer(text) if (one["age"] or one["of"]))


def _numbers(text: str, *_: object) -> Iterator[str]:
    for one in _NUMBERS.finditer(text):
        digits = sum(map(str.isdigit, one["number"]))
        if digits >= 5 and not re.match(r"\d{4}-\d{2}-\d{2}", one["number"]):
            yield one[0]


def _web(text: str, *_: object) -> Iterator[str]:
    yield from (one[0].rstrip(".,;:") for one in _WEB.finditer(text))
    yield from (one[0] for one in _IP.finditer(text) if all(int(n) < 256 for n in one[0].split(".")))


_LOOKS: dict[str, Look] = {
    "names": _all(_NAMES),
    "provider_names": _all(_PROVIDERS),
    "dates": _dates,
    "ages": _ages,
    "phones": _phones,
    "emails": _emails,
    "addresses": _all(_ADDRESSES),
    "ssn": _all(_SSN),
    "numbers": _numbers,
    "web": _web,
}
