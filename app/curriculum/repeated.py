"""Keys used twice: reported where the second stands, with the place of the first."""

from collections.abc import Iterable
from typing import Any

from app.curriculum.folder import Folder
from app.curriculum.loaded import Loaded


def twice(
    folder: Folder, loaded: Loaded[Any], keys: Iterable[tuple[str, tuple[str | int, ...]]], what: str
) -> None:
    """Keys of one file, each with the path to it; `what` names the kind of thing."""
    once(folder, ((key, loaded.file, loaded.line(*path)) for key, path in keys), what)


def once(folder: Folder, keys: Iterable[tuple[str, str, int]], what: str) -> None:
    """Keys of any files, each with its file and line."""
    first: dict[str, tuple[str, int]] = {}
    for key, file, line in keys:
        if key in first:
            where = f"in line {first[key][1]}" if first[key][0] == file else f"in {first[key][0]}"
            folder.problem(file, line, f"the {what} “{key}” is used twice; the first is {where}.")
        else:
            first[key] = (file, line)
