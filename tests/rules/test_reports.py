"""Reports, pure: the days that are chosen, what is at risk, what a movement of the balance is; drawings and files."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lib import charts, spreadsheet
from app.lib.refusal import Refused
from app.payments import payout_rules, report_rules, rules
from app.payments.report_tables import Column, Table

PLACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
days = st.dates(date(2000, 1, 1), date(2199, 12, 31))


@given(today=days, name=st.sampled_from(sorted(report_rules.PERIODS)))
def test_a_named_period_has_whole_months_before_today(today, name):
    period = report_rules.period_of({"period": name}, today)
    assert period.first <= period.last <= today
    assert period.first.day == 1
    assert name.startswith("last-") or period.last == today
    if name.startswith("last-"):
        now = report_rules.period_of({"period": name.removeprefix("last-")}, today)
        assert (now.first - period.last).days == 1  # no day between, none twice


@given(first=days, length=st.integers(0, 4_000))
def test_every_day_of_a_period_is_in_exactly_one_line(first, length):
    last = date.fromordinal(min(first.toordinal() + length, date(2199, 12, 31).toordinal()))
    period = report_rules.Period("", first, last)
    places = report_rules.places(first, last, period.step)
    assert places == sorted(set(places))
    assert {report_rules.begins(day, period.step) for day in (first, last)} <= set(places)
    assert len(places) <= max(report_rules.DAILY, 61)


@pytest.mark.parametrize(
    "typed", [{"from": "2026-3-1"}, {"from": "²026-03-01"}, {"until": "2026-03-01"}, {"from": "20260301"}]
)
def test_a_day_is_typed_in_one_way(typed):
    with pytest.raises(Refused) as refused:
        report_rules.period_of(typed, date(2026, 3, 25))
    assert refused.value.field == "from"


@pytest.mark.parametrize(
    ("status", "failed", "card", "said"),
    [
        ("suspended", True, None, "suspended"),
        ("grace", True, None, "grace"),
        ("active", True, None, "failed"),
        ("active", False, date(2026, 3, 31), "card"),
        ("active", False, date(2026, 4, 1), ""),
        ("active", False, None, ""),
    ],
)
def test_what_is_at_risk(status, failed, card, said):
    assert report_rules.risk(status, failed, card, date(2026, 4, 1)) == said


@pytest.mark.parametrize(
    ("method", "ends"),
    [
        ({"card": {"exp_month": 2, "exp_year": 2028}}, date(2028, 2, 29)),
        ({"card": {"exp_month": 12, "exp_year": 2034}}, date(2034, 12, 31)),
        ({"us_bank_account": {}}, None),
        ({"card": {"exp_month": 13, "exp_year": 2034}}, None),
        ({"card": {"exp_month": "1", "exp_year": None}}, None),
        ({}, None),
    ],
)
def test_a_card_ends_with_its_month(method, ends):
    assert rules.card_ends(method) == ends


@pytest.mark.parametrize(
    ("kind", "ours", "said"),
    [
        ("charge", "payment", "payment"),
        ("payment", "payment", "payment"),
        ("charge", "refund", "unknown"),
        ("refund", "refund", "refund"),
        ("refund_failure", "refund", "refund"),
        ("adjustment", "dispute", "dispute"),
        ("adjustment", "", "unknown"),
        ("stripe_fee", "", "fee"),
        ("reserve_hold", "", "unknown"),
    ],
)
def test_what_a_movement_is(kind, ours, said):
    assert payout_rules.category(kind, ours == "payment", ours == "refund", ours == "dispute") == said
    assert payout_rules.is_part({"type": kind})
    assert not payout_rules.is_part({"type": "payout"})


# --- drawings -------------------------------------------------------------------------------------------------------

amounts = st.lists(st.tuples(*[st.integers(0, 10**9)] * 3), min_size=1, max_size=100)


@given(amounts)
def test_bars_stay_in_the_drawing(columns):
    drawn = charts.bars(*(list(one) for one in zip(*columns, strict=True)))
    if drawn is None:
        assert not any(map(any, columns))
        return
    assert drawn.most == max(one[0] + one[1] for one in columns)
    for path in (drawn.solid, drawn.tint, drawn.below):
        for x, y, width, height in re.findall(r"M([\d.-]+) ([\d.-]+)h([\d.]+)v([\d.]+)h", path):
            assert 0 <= float(x) <= float(x) + float(width) <= charts.WIDTH + 0.2
            assert -0.2 <= float(y) <= float(y) + float(height) <= charts.HEIGHT + 1


@given(st.lists(st.integers(-100, 10**9), min_size=1, max_size=3))
def test_the_parts_of_a_bar_touch_and_do_not_pass_its_end(parts):
    most = sum(max(0, one) for one in parts)
    found = charts.shares(parts, most)
    at = 0.0
    for x, width in found:
        assert abs(x - at) <= 0.11
        at = x + width
    assert at <= 100.2


# --- files ----------------------------------------------------------------------------------------------------------


def cells(data: bytes) -> list[list[tuple[str, str, str]]]:
    """Each cell as its place, its type ('n' for a number) and what it holds."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert file.testzip() is None
        for name in file.namelist():
            ElementTree.fromstring(file.read(name))  # every part is well-formed
        sheet = ElementTree.fromstring(file.read("xl/worksheets/sheet1.xml"))
    return [
        [(cell.get("r", ""), cell.get("t", "n"), "".join(cell.itertext())) for cell in row.iter(f"{PLACE}c")]
        for row in sheet.iter(f"{PLACE}row")
    ]


@given(
    st.lists(
        st.one_of(st.text(), st.integers(-(10**9), 10**9), st.dates(), st.none(), st.booleans()), max_size=30
    )
)
def test_whatever_stands_in_a_workbook_is_text_or_a_number(values: list[Any]):
    head = [str(number) for number in range(len(values))]
    found = cells(spreadsheet.xlsx_bytes("A/sheet: of [ours]", head, [values]))
    assert [text for _at, _kind, text in found[0]] == head
    kept = {at: (kind, text) for at, kind, text in found[1]}
    for number, value in enumerate(values):
        at = found[0][number][0].removesuffix("1") + "2"
        if isinstance(value, int) and not isinstance(value, bool):
            assert kept[at] == ("n", str(value))
        elif isinstance(value, str) and re.sub("[^ -\ud7ff]", "", value) == value and value:
            assert kept[at] == ("inlineStr", value)


def test_amounts_are_exact_and_the_same_table_is_the_same_file():
    rows = [(date(2026, 3, 1), spreadsheet.amount(-1), datetime(2026, 3, 1, tzinfo=UTC))]
    first, again = (spreadsheet.xlsx_bytes("Cash", ("Day", "Net", "At"), rows) for _ in range(2))
    assert first == again
    assert [cell[1:] for cell in cells(first)[1]] == [
        ("n", "46082"),
        ("n", "-0.01"),
        ("inlineStr", "2026-03-01T00:00:00+00:00"),
    ]
    assert spreadsheet.amount(10**15) == Decimal("10000000000000.00")
    assert ",-0.01," in spreadsheet.csv_text(("Day", "Net", "At"), rows)


@given(st.lists(st.tuples(st.just("Row"), st.integers(), st.integers(-(10**9), 10**9)), max_size=40))
def test_a_total_is_the_sum_of_its_rows(rows):
    table = Table("usd", (Column("What"), Column("How many", "count"), Column("Net", "money")), rows)
    assert table.total == ("", sum(row[1] for row in rows), sum(row[2] for row in rows))
    assert table.file_head == ["What", "How many", "Net (USD)"]
