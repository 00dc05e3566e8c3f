"""Settings that would do harm are refused at the start, each with a sentence."""

from __future__ import annotations

import pytest

from app.lib import jobs
from config import SettingsError, read_settings

GOOD = {
    "SECRET_KEY": "x" * 40,
    "BASE_URL": "https://cohort.example.org",
    "STRIPE_SECRET_KEY": "sk_live_x",
    "STRIPE_WEBHOOK_SECRET": "whsec_x",
    "MAIL_URL": "smtp://us:secret@mail.example.org:587",
}


def test_these_settings_are_enough():
    assert read_settings(GOOD)["DEMO"] is False


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY must be"),
        ({"BASE_URL": "http://cohort.example.org"}, "BASE_URL must be"),
        ({"MAIL_URL": ""}, "MAIL_URL is not set"),
        ({"MAIL_URL": "dev:"}, "for the demo only"),
        ({"MAIL_URL": "mail.example.org:587"}, "MAIL_URL must look like"),  # would be taken for localhost
        ({"MAIL_URL": "smtp://mail.example.org:many"}, "MAIL_URL must look like"),
        ({"MAIL_URL": "https://mail.example.org"}, "MAIL_URL must look like"),
        ({"STORAGE_URL": "ftp://bucket/prefix"}, "STORAGE_URL must be a folder"),
        ({"STORAGE_URL": "s3://"}, "STORAGE_URL must be a folder"),
        ({"QUEUE_URL": "amqp://queue"}, "QUEUE_URL must begin"),
        ({"DEMO": "1", "MAIL_URL": ""}, "DEMO=1 lets everybody"),  # left behind on a public machine
        ({"DEMO": "maybe"}, "DEMO must be 1 or 0"),
        ({"PROXIES": "one"}, "PROXIES must be a number"),
        ({"PORT": "0"}, "PORT must be a number"),
    ],
)
def test_what_would_do_harm_is_refused(wrong, sentence):
    with pytest.raises(SettingsError) as refused:
        read_settings(GOOD | wrong)
    assert [one for one in refused.value.problems if sentence in one]


def test_the_queue_makes_its_folder(tmp_path):
    """With the database on PostgreSQL nothing else makes the data folder before the first start."""
    jobs._queue(f"sqlite:///{tmp_path}/var/queue.db")
    assert (tmp_path / "var" / "queue.db").exists()
