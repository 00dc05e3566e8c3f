"""Values of the schema together with the file and the lines they came from, before they become a `Program`."""

from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, RootModel

from app.curriculum import yaml_tree
from app.curriculum.schema import (
    Check,
    DocumentFacts,
    LessonFacts,
    ModuleFacts,
    PageFacts,
    ProgramFacts,
    Rubric,
    SampleFacts,
    Source,
    SourceTag,
    Strict,
    Worksheet,
)
from app.curriculum.yaml_tree import Tree

Model = TypeVar("Model", bound=BaseModel)


class ProgramFile(ProgramFacts):
    """program.yaml; `modules` are the names of folders in their order."""

    modules: tuple[str, ...]


class ChecksFile(Strict):
    checks: tuple[Check, ...]


class SourcesFile(RootModel[dict[SourceTag, Source]]):
    """sources.yaml: tag → source."""


@dataclass(frozen=True)
class Loaded(Generic[Model]):
    """The value of one file."""

    value: Model
    file: str
    tree: Tree

    def line(self, *path: Any) -> int:
        """The line in the file where this part of the value stands."""
        return yaml_tree.line_of(self.tree, path)


@dataclass(frozen=True)
class LoadedText(Loaded[Model]):
    """The front matter of a Markdown file, the text below it, and the line where that text begins."""

    body: str
    body_line: int


@dataclass
class LoadedModule:
    """One module's files as found. What could not be read is None or left out, and was reported already."""

    folder: str
    number: int
    slug: str
    has_worksheet: bool = False  # the file is there, readable or not
    head: LoadedText[ModuleFacts] | None = None
    lessons: dict[str, LoadedText[LessonFacts]] = field(default_factory=dict)
    worksheet: Loaded[Worksheet] | None = None
    rubric: Loaded[Rubric] | None = None
    checks: Loaded[ChecksFile] | None = None
    documents: dict[str, LoadedText[DocumentFacts]] = field(default_factory=dict)
    samples: dict[str, Loaded[SampleFacts]] = field(default_factory=dict)


@dataclass
class LoadedProgram:
    head: Loaded[ProgramFile] | None
    sources: Loaded[SourcesFile] | None
    has_sources: bool  # the file is there, readable or not
    modules: list[LoadedModule]
    pages: dict[str, LoadedText[PageFacts]]

    def worksheets(self) -> list[Loaded[Worksheet]]:
        return [module.worksheet for module in self.modules if module.worksheet]


class Known:
    """The fields and sources that texts may refer to.

    What stands in a file that could not be read is not called missing: one broken worksheet is one problem, not
    a hundred.
    """

    def __init__(self, program: LoadedProgram) -> None:
        self.fields = {field.id: field for sheet in program.worksheets() for field in sheet.value.fields()}
        read = {str(m.number) for m in program.modules if m.worksheet or not m.has_worksheet}
        count = len(program.head.value.modules) if program.head else len(program.modules)
        self._unread = {str(number) for number in range(1, count + 1)} - read
        self._tags = set(program.sources.value.root) if program.sources else set()
        self._tags_unread = program.has_sources and program.sources is None

    def is_unread(self, field_id: str) -> bool:
        return field_id.partition(".")[0] in self._unread

    def lacks_field(self, field_id: str) -> bool:
        return field_id not in self.fields and not self.is_unread(field_id)

    def is_retired(self, field_id: str) -> bool:
        return field_id in self.fields and self.fields[field_id].retired

    def lacks_source(self, tag: str) -> bool:
        return tag not in self._tags and not self._tags_unread
