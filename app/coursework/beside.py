"""What of the module helps with a field: the lessons that feed it, and the good sample that answers it. Pure."""

from __future__ import annotations

from collections import defaultdict

from app.curriculum import fields
from app.curriculum.field_types import Field
from app.curriculum.schema import Lesson, Module, Sample


class Help:
    """Of one module. What belongs to which field says the front matter of the lessons, in `feeds`."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._lessons: dict[str, list[Lesson]] = defaultdict(list)
        for lesson in module.lessons:
            for field_id in dict.fromkeys(lesson.feeds):
                self._lessons[field_id].append(lesson)

    def lessons(self, field: Field) -> list[Lesson]:
        """Those that feed this very field, in their order."""
        return self._lessons[field.id]

    def sample(self, field: Field) -> Sample | None:
        """The good sample, where it answers this field."""
        return next(
            (
                one
                for one in self._module.samples
                if one.kind == "good" and fields.is_answered(field, one.answers.get(field.id))
            ),
            None,
        )
