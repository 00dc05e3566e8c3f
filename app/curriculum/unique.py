"""Keys and names that may be used only once."""

from collections.abc import Iterable
from typing import Any

from app.curriculum.folder import Folder
from app.curriculum.loaded import Loaded


def twice(
    folder: Folder,
    loaded: Loaded[Any],
    keys: Iterable[tuple[str, tuple[str | int, ...]]],
    what: str,
) -> None:
    """Report what is used more than once in one file; `keys` with the path where each stands."""
    once(folder, ((key, loaded.file, loaded.line(*path)) for key, path in keys), what)


def once(folder: Folder, keys: Iterable[tuple[str, str, int]], what: str) -> None:
    """Report what is used more than once in several files; `keys` with the file and line where each stands."""
    first: dict[str, tuple[str, int]] = {}
    for key, file, line in keys:
        if key in first:
            where = f"in line {first[key][1]}" if first[key][0] == file else f"in {first[key][0]}"
            folder.problem(file, line, f"the {what} “{key}” is used twice; the first is {where}.")
        else:
            first[key] = (file, line)
