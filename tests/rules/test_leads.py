from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest

from app.admissions import lead_rules
from app.lib.refusal import Refused
from app.lib.spreadsheet import csv_text


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("/reasons/lack-of-focus", "/reasons/lack-of-focus"),
        ("/reasons?utm=x#y", "/reasons"),
        ("/" + "x" * 250, "/" + "x" * 199),
        ("/" + "x" * 400, ""),
        ("https://evil.example/x", ""),
        ("//evil.example", ""),
        ("javascript:alert(1)", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_only_a_page_of_this_site_is_a_source(typed, path):
    assert lead_rules.source_path(typed) == path


@pytest.mark.parametrize(("updates", "cohorts"), [(True, True), (True, False), (False, True)])
def test_one_wish_is_enough(updates, cohorts):
    lead_rules.check_wants(updates, cohorts)


def test_no_wish_is_refused_at_the_field():
    with pytest.raises(Refused, match="at least one of the two") as refused:
        lead_rules.check_wants(False, False)
    assert refused.value.field == "updates"


def test_the_consent_names_who_asks_for_it():
    assert "METI may keep my address" in lead_rules.consent("METI")


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("  @x", "'  @x"),
        ("\t=1", "'\t=1"),
        ("＝1", "'＝1"),
        ("\0=1", "'=1"),
        ("plain, with comma", "plain, with comma"),
        (True, "yes"),
        (False, "no"),
        (None, ""),
        (12, "12"),
        (datetime(2026, 11, 28, 9, 5, tzinfo=UTC), "2026-11-28T09:05:00+00:00"),
    ],
)
def test_a_cell_is_never_a_formula(value, cell):
    text = csv_text(("Head",), [(value, "end")])
    assert text.startswith("\ufeff")
    assert list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))[1] == [cell, "end"]
