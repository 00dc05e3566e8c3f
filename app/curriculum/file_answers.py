"""The answer to a field of type `file`: a tick, perhaps a text in place of a file, and what is known of each file.

`{"deidentified": "yes" | "", "text": "…", "files": [{"id", "name", "type", "size", "sha256", "at"}]}`; where a file
names people or has a title inside, also `"people"` and `"titles"`. All this was read from stored files when they came;
nothing a browser sends is ever taken for it.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NotRequired, TypedDict

from app.curriculum import scalars
from app.curriculum.field_types import FieldBase, FileField, Part
from app.curriculum.scalars import Kind
from app.files.hints import LONGEST, MOST
from app.files.rules import FILE_TYPES, size_words, type_name

MOST_FILES = 50  # in one answer; an author may lower `max_files`, and what is there stays
_SHA256 = re.compile(r"[0-9a-f]{64}")
_TEXT = Kind("long_text")


class FileFacts(TypedDict):
    """One file as an answer holds it: `id` of its attachment, `size` in bytes, `at` when it came (UTC, ISO)."""

    id: int
    name: str
    type: str
    size: int
    sha256: str
    at: str
    people: NotRequired[list[str]]  # whom it names beside its content
    titles: NotRequired[list[str]]


# --- verbs -----------------------------------------------------------------------------------------------------


def clean(field: FieldBase, raw: Any) -> dict[str, Any]:
    """A plain text is kept as the text: a field that was a long text may have become one for files."""
    given = raw if isinstance(raw, Mapping) else {"text": raw}
    text = scalars.clean(_TEXT, given.get("text")) if _field(field).or_text else ""
    return {
        "deidentified": "yes" if given.get("deidentified") == "yes" else "",
        "text": text,
        "files": _clean_files(given.get("files")),
    }


def files_of(value: Any) -> list[FileFacts]:
    """The files of a stored answer; none of anything else."""
    return _clean_files(value.get("files")) if isinstance(value, Mapping) else []


def answered(field: FieldBase, value: dict[str, Any]) -> bool:
    return bool(value["files"] or without_headings(field, value["text"]).strip())


def problems(field: FieldBase, value: dict[str, Any]) -> list[str]:
    found = []
    if long := scalars.problem(_TEXT, value["text"]):
        found.append(long)
    count, most = len(value["files"]), _field(field).max_files
    if count > most:
        found.append(f"{count} files; there is room for {most}. Take out what matters least.")
    return found


def gaps(field: FieldBase, value: dict[str, Any]) -> list[str]:
    found = [] if value["files"] else words_missing(field, value["text"])
    if not value["deidentified"]:
        found.append("Tick the sentence above it first; what is not ticked is not sent.")
    return found


def hand_in(field: FieldBase, value: dict[str, Any]) -> dict[str, Any]:
    """Without the tick nothing is handed in."""
    return value if value["deidentified"] else clean(field, None)


def display(field: FieldBase, value: dict[str, Any]) -> str:
    return "\n".join([*(file_words(one) for one in value["files"]), *value["text"].splitlines()])


def file_words(one: Mapping[str, Any]) -> str:
    """'intake.pdf (PDF, 120 KB)'."""
    return f"{one['name']} ({type_name(one['type'])}, {size_words(one['size'])})"


# --- texts with headings -----------------------------------------------------------------------------------------


def words_missing(field: FieldBase | Part, text: str) -> list[str]:
    """Whether a text falls short of the `min_words` of its field or part, as a sentence."""
    least = getattr(field, "min_words", None)
    words = scalars.count_words(without_headings(field, text))
    if least and words < least:
        return [f"So far {words} {'word' if words == 1 else 'words'}; this needs about {least} to be usable."]
    return []


def without_headings(field: FieldBase | Part, value: str) -> str:
    """The text less the offered headings: an untouched template is not an answer."""
    headings = {_bare(heading) for heading in getattr(field, "headings", ())}
    return "\n".join(line for line in value.split("\n") if _bare(line) not in headings) if headings else value


def _bare(line: str) -> str:
    return line.strip().strip("#*_: ").casefold()


# --- facts -------------------------------------------------------------------------------------------------------


def _clean_files(raw: Any) -> list[FileFacts]:
    given = raw if isinstance(raw, list | tuple) else []
    facts = (one for item in given if isinstance(item, Mapping) and (one := _clean_facts(item)))
    return list({one["id"]: one for one in facts}.values())[:MOST_FILES]


def _clean_facts(raw: Mapping[str, Any]) -> FileFacts | None:
    """One file's facts; None when they are not what a stored file would have."""
    number, size = raw.get("id"), raw.get("size")
    name = scalars.clean(Kind("short_text"), raw.get("name"))[:200].strip()
    digest, kind, at = raw.get("sha256"), raw.get("type"), raw.get("at")
    if not (_is_count(number, 2**31) and _is_count(size, 2**40) and name and kind in FILE_TYPES):
        return None
    if not (isinstance(digest, str) and _SHA256.fullmatch(digest) and _is_moment(at)):
        return None
    facts = FileFacts(id=number, name=name, type=kind, size=size, sha256=digest, at=at)  # type: ignore[typeddict-item]
    if people := _clean_names(raw.get("people")):
        facts["people"] = people
    if titles := _clean_names(raw.get("titles")):
        facts["titles"] = titles
    return facts


def _clean_names(raw: Any) -> list[str]:
    return (
        [one[:LONGEST] for one in raw if isinstance(one, str) and one][:MOST] if isinstance(raw, list) else []
    )


def _is_count(value: Any, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < most


def _is_moment(value: Any) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except (TypeError, ValueError):
        return False


def _field(field: FieldBase) -> FileField:
    assert isinstance(field, FileField)
    return field
