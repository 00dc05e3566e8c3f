"""The curriculum's folder: reads text files, and turns whatever is wrong with a file into a problem."""

import os
import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

from app.curriculum.problems import Problem

MAX_FILE_BYTES = 1_000_000
MAX_FILES = 5_000  # of the whole curriculum
MAX_NAMES = 500  # in one folder
# Longer lines are no prose; what reads a line may then look at each sign of it several times.
MAX_LINE = 10_000
# Control characters, and the private signs that documents use as marks for answers.
_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ue000-\uf8ff]")


class Folder:
    """Reads below one directory only. Paths are given and reported relative to it, with forward slashes."""

    def __init__(self, directory: Path) -> None:
        self._root = directory
        self._files_read = 0
        self.problems: list[Problem] = []

    def problem(self, file: str, line: int, sentence: str) -> None:
        self.problems.append(Problem(file, line, sentence))

    def exists(self, file: str) -> bool:
        return os.path.lexists(self._root / file)

    def names(self, folder: str) -> list[str]:
        """The entries of a sub-folder in the order of their names, hidden ones left out; none if it is absent."""
        path = self._root / folder
        if not os.path.lexists(path):
            return []
        try:
            self._refuse_link_out(path, "folder")
            with os.scandir(path) as entries:
                found = sorted(entry.name for entry in islice(entries, MAX_NAMES + 1))
        except NotADirectoryError:
            self.problem(folder, 1, "this is a file; it must be a folder.")
            return []
        except _Unusable as reason:
            self.problem(folder, 1, reason.sentence)
            return []
        except (OSError, RuntimeError) as error:
            self.problem(folder, 1, f"this folder cannot be read: {_reason(error)}.")
            return []
        if len(found) > MAX_NAMES:
            self.problem(folder, 1, f"this folder holds more than {MAX_NAMES} files; none of them was read.")
            return []
        return [name for name in found if not name.startswith(".")]

    def is_folder(self, name: str) -> bool:
        return os.path.isdir(self._root / name)  # unlike pathlib's, False for a name that is too long

    def leads_out(self, name: str) -> bool:
        """Whether this folder is a link to somewhere outside; if so, that is reported."""
        try:
            self._refuse_link_out(self._root / name, "folder")
        except _Unusable as reason:
            self.problem(name, 1, reason.sentence)
            return True
        return False

    def files(self, folder: str, ending: str) -> Iterator[str]:
        """The files of a sub-folder with this ending; anything else in it is a problem."""
        for name in self.names(folder):
            if name == "README.md":
                continue
            if name.endswith(ending) and not self.is_folder(f"{folder}/{name}"):
                yield f"{folder}/{name}"
            else:
                self.problem(
                    f"{folder}/{name}", 1, f"only {ending} files belong in {folder}/; move or remove it."
                )

    def only(self, folder: str, known: Collection[str], whole: str) -> None:
        """Report what is in this folder and not part of `whole`, with the name that was probably meant."""
        for name in self.names(folder):
            if name not in known:
                close = get_close_matches(name.casefold(), known, n=1, cutoff=0.75)
                advice = f"did you mean {close[0]}?" if close else "move or remove it."
                path = name if folder == "." else f"{folder}/{name}"
                self.problem(path, 1, f"“{name}” is not part of {whole}; {advice}")

    def text(self, file: str) -> str | None:
        """The text of a file, or None after saying why it cannot be read."""
        self._files_read += 1
        if self._files_read > MAX_FILES:
            if self._files_read == MAX_FILES + 1:
                self.problem(
                    file, 1, f"there are more than {MAX_FILES:,} files; this one and the rest was not read."
                )
            return None
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
        path = self._root / file
        try:
            self._refuse_link_out(path, "file")
            if path.is_dir():
                raise _Unusable("this is a folder; it must be a file.")
            if not path.is_file():
                raise _Unusable("this is not a file.")
        except FileNotFoundError:
            raise _Unusable("this file is missing.") from None
        except (OSError, RuntimeError, ValueError) as error:
            raise _Unusable(f"this file cannot be read: {_reason(error)}.") from error
        return path

    def _refuse_link_out(self, path: Path, kind: str) -> None:
        if not path.resolve(strict=True).is_relative_to(self._root.resolve()):
            raise _Unusable(
                f"this is a link to a {kind} outside the curriculum; copy the {kind} here instead."
            )


class _Unusable(Exception):
    def __init__(self, sentence: str, line: int = 1) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.line = line


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        line = before.count(b"\n") + 1
        raise _Unusable("this is not UTF-8 text; save the file as UTF-8.", line) from error


def _check_signs(text: str) -> None:
    if not text.strip():
        raise _Unusable("this file is empty; write its text or remove it.")
    found = _INVISIBLE.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        raise _Unusable("there is an invisible control character in this line; retype it.", line)
    for number, line_text in enumerate(text.split("\n"), start=1):
        if len(line_text) > MAX_LINE:
            sentence = f"this line has {len(line_text):,} characters; break it before the {MAX_LINE:,}th."
            raise _Unusable(sentence, number)


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()
