"""JSON schemas of the curriculum's files, from the models that read them: editors complete and check while one types.

They describe what stands in a file as an editor sees it. An optional key is left out or has a value: `key:` with
nothing behind it, which JSON calls null, is a mistake there as it is to the reader.
"""

from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from app.curriculum.assessment_types import SelfAssessment
from app.curriculum.care_words import Wording
from app.curriculum.glossary import GlossaryFile
from app.curriculum.loaded import ChecksFile, ProgramFile, SourcesFile
from app.curriculum.module_types import DocumentFacts, LessonFacts, ModuleFacts, SampleFacts
from app.curriculum.schema import HomePageFacts, PageFacts, ReasonPageFacts, Rubric, Worksheet

# By the name of the file, or by what the front matter of a Markdown file belongs to.
KINDS: dict[str, Any] = {
    "program": ProgramFile,
    "sources": SourcesFile,
    "glossary": GlossaryFile,
    "assessment": SelfAssessment,
    "wording": Wording,
    "module": ModuleFacts,
    "lesson": LessonFacts,
    "worksheet": Worksheet,
    "rubric": Rubric,
    "checks": ChecksFile,
    "document": DocumentFacts,
    "sample": SampleFacts,
    "home": HomePageFacts,
    "page": PageFacts,
    "reason": ReasonPageFacts,
}


class _Generate(GenerateJsonSchema):
    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        without = schema.get("default", ...) is None
        return self.generate_inner(schema["schema"]) if without else super().default_schema(schema)


def json_schema(kind: str) -> dict[str, Any]:
    """The schema of one kind of file, draft 2020-12. KeyError: no such kind."""
    found = TypeAdapter(KINDS[kind]).json_schema(schema_generator=_Generate)
    return {"$schema": _Generate.schema_dialect, **found}
