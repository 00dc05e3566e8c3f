"""Values of the schema together with the file and the lines they came from, before they become a `Program`."""

from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, RootModel

from app.curriculum import yaml_tree
from app.curriculum.assessment_types import SelfAssessment
from app.curriculum.care_words import Wording
from app.curriculum.glossary import GlossaryFile
from app.curriculum.media import MediaFile
from app.curriculum.module_types import DocumentFacts, LessonFacts, ModuleFacts, SampleFacts
from app.curriculum.schema import Check, PageFacts, ProgramFacts, Rubric, Source, SourceTag, Strict, Worksheet
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
    media: dict[str, MediaFile] = field(default_factory=dict)
    media_names: set[str] = field(default_factory=set)  # of every file that is there, usable or not
    has_worksheet: bool = False  # the file is there, readable or not
    head: LoadedText[ModuleFacts] | None = None
    lesson_slugs: set[str] = field(default_factory=set)  # of every lesson that is there, readable or not
    lessons: dict[str, LoadedText[LessonFacts]] = field(default_factory=dict)
    worksheet: Loaded[Worksheet] | None = None
    rubric: Loaded[Rubric] | None = None
    checks: Loaded[ChecksFile] | None = None
    documents_found: int = 0  # readable or not
    documents: dict[str, LoadedText[DocumentFacts]] = field(default_factory=dict)
    samples: dict[str, Loaded[SampleFacts]] = field(default_factory=dict)


@dataclass
class LoadedProgram:
    head: Loaded[ProgramFile] | None
    sources: Loaded[SourcesFile] | None
    has_sources: bool  # the file is there, readable or not
    glossary: Loaded[GlossaryFile] | None
    has_glossary: bool
    modules: list[LoadedModule]
    pages: dict[str, LoadedText[PageFacts]]
    assessment: Loaded[SelfAssessment] | None = None
    wording: Loaded[Wording] | None = None

    def worksheets(self) -> list[Loaded[Worksheet]]:
        return [module.worksheet for module in self.modules if module.worksheet]
