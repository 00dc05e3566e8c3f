"""`python3 run.py check`: lint, format, types and the import contract, all at once, their words in a fixed order."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHECKS = {
    "mypy": ["-m", "mypy"],
    "ruff check": ["-m", "ruff", "check", "--output-format", "concise", "."],
    "ruff format": ["-m", "ruff", "format", "--check", "--output-format", "concise", "."],
    # import-linter has no `python -m` of its own.
    "import contracts": ["-c", "from importlinter.cli import lint_imports_command as run; run()"],
}


def main() -> int:
    started = {
        name: subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for name, command in CHECKS.items()
    }
    failed = []
    for name, process in started.items():
        said = process.communicate()[0].strip()
        print(f"--- {name}\n{said}\n", flush=True)
        if process.returncode != 0:
            failed.append(name)
    print(f"Failed: {', '.join(failed)}." if failed else "All in order.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
