"""The curriculum's folder: reads text files, and turns whatever is wrong with a file into a problem."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from app.curriculum.problems import Problem

MAX_FILE_BYTES = 1_000_000
MAX_FILES = 5_000
# Control characters, and the private signs that documents use as marks for answers.
_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ue000-\uf8ff]")


class Folder:
    """Reads below one directory only. Paths are given and reported relative to it, with forward slashes."""

    def __init__(self, directory: Path) -> None:
        self._root = directory
        self.problems: list[Problem] = []

    def problem(self, file: str, line: int, sentence: str) -> None:
        self.problems.append(Problem(file, line, sentence))

    def exists(self, file: str) -> bool:
        return os.path.lexists(self._root / file)

    def names(self, folder: str) -> list[str]:
        """The entries of a sub-folder in the order of their names, hidden ones left out; none if it is absent."""
        try:
            entries = sorted(entry.name for entry in (self._root / folder).iterdir())
        except FileNotFoundError:
            return []
        except OSError as error:
            self.problem(folder, 1, f"this folder cannot be read: {_reason(error)}.")
            return []
        return [name for name in entries if not name.startswith(".")]

    def is_folder(self, name: str) -> bool:
        return os.path.isdir(self._root / name)  # unlike pathlib's, False for a name that is too long

    def files(self, folder: str, ending: str) -> Iterator[str]:
        """The files of a sub-folder with this ending; anything else in it is a problem."""
        for name in self.names(folder):
            if name.endswith(ending) and not self.is_folder(f"{folder}/{name}"):
                yield f"{folder}/{name}"
            elif name != "README.md":
                self.problem(
                    f"{folder}/{name}", 1, f"only {ending} files belong in {folder}/; move or remove it."
                )

    def text(self, file: str) -> str | None:
        """The text of a file, or None after saying why it cannot be read."""
        try:
            text = _decoded(self._bytes(file)).replace("\r\n", "\n").replace("\r", "\n")
            _check_signs(text)
        except _Unusable as reason:
            self.problem(file, reason.line, reason.sentence)
            return None
        return text

    def path(self, file: str) -> Path | None:
        """Where a file of any size really is, or None after saying why it cannot be read."""
        try:
            return self._place(file)
        except _Unusable as reason:
            self.problem(file, reason.line, reason.sentence)
            return None

    def _bytes(self, file: str) -> bytes:
        path = self._place(file)
        try:
            if path.stat().st_size > MAX_FILE_BYTES:
                raise _Unusable("this file is larger than 1 MB; a text of the curriculum is much smaller.")
            return path.read_bytes()
        except OSError as error:
            raise _Unusable(f"this file cannot be read: {_reason(error)}.") from error

    def _place(self, file: str) -> Path:
        try:
            path = (self._root / file).resolve(strict=True)
            if not path.is_relative_to(self._root.resolve()):
                raise _Unusable(
                    "this is a link to a file outside the curriculum; copy the file here instead."
                )
            if not path.is_file():
                raise _Unusable("this is not a file.")
        except FileNotFoundError:
            raise _Unusable("this file is missing.") from None
        except (OSError, RuntimeError, ValueError) as error:
            raise _Unusable(f"this file cannot be read: {_reason(error)}.") from error
        return path


class _Unusable(Exception):
    def __init__(self, sentence: str, line: int = 1) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.line = line


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _Unusable("this is not UTF-8 text; save the file as UTF-8.", line) from error


def _check_signs(text: str) -> None:
    if not text.strip():
        raise _Unusable("this file is empty; write its text or remove it.")
    found = _INVISIBLE.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        raise _Unusable("there is an invisible control character in this line; retype it.", line)


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()
