"""`python -m tests.tools.prepare`: the commands that bring a demo's data up to date, in one process instead of four.

Importing the platform costs about two seconds of CPU; a second start of the demo should not pay it again and again.
Progress goes to standard error, the cast's sign-ins to standard output.
"""

import sys
import traceback

STEPS = {
    "Bringing the database up to date ...": ("db", "upgrade"),
    "Publishing the curriculum ...": ("curriculum", "publish"),
    "Loading the demo cohort ...": ("demo",),
}


def main() -> int:
    from wsgi import app

    flask = app.test_cli_runner()
    for note, words in STEPS.items():
        print(note, file=sys.stderr, flush=True)
        done = flask.invoke(args=list(words))
        if done.exit_code != 0:
            print(done.output, file=sys.stderr)
            if done.exc_info and not isinstance(done.exception, SystemExit):
                traceback.print_exception(*done.exc_info)
            print(f"`flask {' '.join(words)}` failed.", file=sys.stderr)
            return 1
    print(flask.invoke(args=["demo", "--sign-ins"], catch_exceptions=False).output.strip())
    return 0


if __name__ == "__main__":
    sys.exit(main())
