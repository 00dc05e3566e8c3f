"""Checks what fields show of other modules: that the answer is there, in another worksheet, and can be shown."""

from app.curriculum import placeholders
from app.curriculum.field_types import Field, FileField, ReferenceField
from app.curriculum.folder import Folder
from app.curriculum.known import Known
from app.curriculum.loaded import LoadedModule


def check(folder: Folder, module: LoadedModule, known: Known) -> None:
    sheet = module.worksheet
    if sheet is None:
        return
    for s, section in enumerate(sheet.value.sections):
        for f, field in enumerate(section.fields):
            key = "to" if isinstance(field, ReferenceField) else "shows"
            path = ("sections", s, "fields", f)
            if wrong := _problem(field, module, known):
                at = sheet.line(*path, key) if getattr(field, key) else sheet.line(*path)
                folder.problem(sheet.file, at, f"“{key}”: {wrong}")
            for where, sentence in _odd_keys(field):
                folder.problem(sheet.file, sheet.line(*path, where), sentence)


def _problem(field: Field, module: LoadedModule, known: Known) -> str | None:
    """Why this field cannot show what it names, as a sentence, or None."""
    shown = placeholders.shown_by(field)
    if shown is None:
        return (
            f"“{field.shows}” is no answer; write 2.B.4, or 2.B.4 | group, sent_to." if field.shows else None
        )
    if shown.field == field.id:
        return "a field cannot show itself."
    if module.worksheet and module.worksheet.value.field(shown.field):
        return f"{shown.field} stands in this worksheet already; name an answer of another module."
    return None if known.is_unread(shown.field) else placeholders.problem(shown, known.fields)


def _odd_keys(field: Field) -> list[tuple[str, str]]:
    """Keys that say nothing in a field of this kind: key and sentence."""
    if isinstance(field, ReferenceField):
        found = [("shows", "a reference shows an answer already; remove “shows”.")] if field.shows else []
        return found + ([("required", "nothing is typed into a reference.")] if field.required else [])
    if isinstance(field, FileField) and not field.or_text:
        sentence = "is about a text; write “or_text: true”, or remove it."
        return [(key, f"“{key}” {sentence}") for key in ("headings", "min_words") if getattr(field, key)]
    return []
