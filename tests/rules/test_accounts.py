from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from app.accounts.devices import describe
from app.accounts.rules import (
    check_password,
    check_switch_off,
    clean_name,
    is_app_code,
    plain_recovery_code,
    safe_next,
    step_of_code,
    still_needed,
)
from app.lib.refusal import Refused


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "elevenchars",
        "a" * 257,
        "passwordpassword",
        "Ana Morales 1",
        "1234567890123",
        "aaaaaaaaaaaaaa",
    ],
)
def test_weak_passwords_are_refused_at_the_field(password):
    with pytest.raises(Refused) as refused:
        check_password(password, "ana@example.com", "Ana Morales")
    assert refused.value.field == "password"


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "ein Satz, den ich kenne", "密码密码密码很长很长的密码", "x9$kq2!vvrT8z"],
)
def test_long_enough_passwords_of_any_characters_are_taken(password):
    check_password(password, "ana@example.com", "Ana Morales")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  Ana   Morales ", "Ana Morales"),
        ("A\u202ena\x00", "Ana"),
        ("Zoë Ångström", "Zoë Ångström"),
        ("a\r\nBcc: x", "aBcc: x"),
    ],
)
def test_names_are_one_line_without_control_characters(given, kept):
    assert clean_name(given) == kept


@pytest.mark.parametrize("given", ["", "   ", "\u200b\u202e", "x" * 121])
def test_a_name_must_be_there_and_fit(given):
    with pytest.raises(Refused):
        clean_name(given)


@pytest.mark.parametrize("path", ["/dashboard", "/systems/3?section=B#f", "/a%0d%0ab"])
def test_a_path_of_this_site_is_where_one_may_go(path):
    assert safe_next(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/a\nb",
        "javascript:alert(1)",
        "/" + "x" * 400,
    ],
)
def test_anything_else_is_not(path):
    assert safe_next(path) is None


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120 Safari/537.36 Edg/120",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1",
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0", "Firefox on Linux"),
        ("", "A browser"),
    ],
)
def test_devices_have_names_people_know(agent, words):
    assert describe(agent) == words


@pytest.mark.parametrize(
    ("sees_others_work", "switched_on", "given", "demo", "needed"),
    [
        (False, False, False, False, None),
        (False, False, False, True, None),
        (False, True, False, False, "code"),
        (False, True, False, True, "code"),
        (False, True, True, False, None),
        (True, False, False, False, "set-up"),
        (True, False, True, False, "set-up"),  # given to a factor that is gone
        (True, False, False, True, None),
        (True, True, False, False, "code"),
        (True, True, False, True, "code"),
        (True, True, True, False, None),
        (True, True, True, True, None),
    ],
)
def test_what_a_sign_in_still_needs(sees_others_work, switched_on, given, demo, needed):
    assert still_needed(sees_others_work, switched_on, given, demo) == needed


def test_only_those_who_see_others_work_must_keep_it_and_not_in_the_demo():
    check_switch_off(False, False)
    check_switch_off(False, True)
    check_switch_off(True, True)
    with pytest.raises(Refused):
        check_switch_off(True, False)


# RFC 6238, appendix B, for SHA-1: the last six of its eight digits.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC_CODES = [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]


@pytest.mark.parametrize(("seconds", "code"), RFC_CODES)
def test_codes_are_those_of_the_standard(seconds, code):
    assert step_of_code(RFC_SECRET, code, -1, datetime.fromtimestamp(seconds, UTC)) == seconds // 30


MOMENT = datetime(2026, 3, 25, 15, 0, 10, tzinfo=UTC)
STEP = int(MOMENT.timestamp()) // 30


@pytest.mark.parametrize(
    ("steps_off", "last", "taken"),
    [
        (-2, -1, False),
        (-1, -1, True),
        (0, -1, True),
        (1, -1, True),
        (2, -1, False),
        (0, STEP - 1, True),
        (0, STEP, False),  # used
        (-1, STEP, False),  # older than the one used
        (1, STEP, True),
        (0, STEP + 1, False),
    ],
)
def test_a_code_is_taken_around_its_time_and_once(steps_off, last, taken):
    code = pyotp.TOTP(RFC_SECRET).at(MOMENT + timedelta(seconds=30 * steps_off))
    if taken:
        assert step_of_code(RFC_SECRET, f" {code[:3]} {code[3:]} ", last, MOMENT) == STEP + steps_off
        return
    with pytest.raises(Refused) as refused:
        step_of_code(RFC_SECRET, code, last, MOMENT)
    assert refused.value.field == "code"


@pytest.mark.parametrize(
    ("typed", "app"),
    [
        ("123456", True),
        (" 123 456 ", True),
        ("12345", False),
        ("1234567", False),
        ("١٢٣٤٥٦", False),
        ("abcd-efgh", False),
    ],
)
def test_six_digits_are_from_the_app(typed, app):
    assert is_app_code(typed) is app


@pytest.mark.parametrize(
    "typed", ["abcd-efgh-2345-wxyz", "ABCD EFGH 2345 WXYZ", "abcdefgh2345wxyz", "\u200babcd–efgh2345wxyz"]
)
def test_a_recovery_code_may_be_typed_as_one_likes(typed):
    assert plain_recovery_code(typed) == "abcdefgh2345wxyz"
