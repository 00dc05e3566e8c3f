"""What is wrong with a curriculum: every problem at once, each with its file and line."""

from collections.abc import Iterable
from typing import NamedTuple


class Problem(NamedTuple):
    """`file` is relative to the curriculum's folder; `line` counts from 1."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}"


class CurriculumErrors(Exception):
    """The curriculum cannot be used as it is; `problems` holds all of them in the order of the files."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))
