"""The application object for gunicorn and for `flask --app wsgi`."""

import sys

from app import create_app
from config import SettingsError

try:
    app = create_app()
except SettingsError as error:
    sys.exit("The settings are not complete:\n" + "\n".join(f"- {problem}" for problem in error.problems))
