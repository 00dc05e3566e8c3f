from __future__ import annotations

import pytest

from app.accounts.devices import describe
from app.accounts.rules import check_password, clean_name, safe_next
from app.lib.refusal import Refused


@pytest.mark.parametrize(
    "password",
    ["short", "elevenchars", "a" * 257, "passwordpassword", "Ana Morales 1", "1234567890123", "aaaaaaaaaaaaaa"],
)
def test_weak_passwords_are_refused_at_the_field(password):
    with pytest.raises(Refused) as refused:
        check_password(password, "ana@example.com", "Ana Morales")
    assert refused.value.field == "password"


@pytest.mark.parametrize("password", ["correct horse battery", "ein Satz, den ich kenne", "密码密码密码很长很长的密码", "x9$kq2!vvrT8z"])
def test_long_enough_passwords_of_any_characters_are_taken(password):
    check_password(password, "ana@example.com", "Ana Morales")


@pytest.mark.parametrize(
    ("given", "kept"),
    [("  Ana   Morales ", "Ana Morales"), ("A\u202ena\x00", "Ana"), ("Zoë Ångström", "Zoë Ångström"), ("a\r\nBcc: x", "aBcc: x")],
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
    [None, "", "https://evil.example", "//evil.example", "/\\evil.example", "/a\nb", "javascript:alert(1)", "/" + "x" * 400],
)
def test_anything_else_is_not(path):
    assert safe_next(path) is None


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120 Safari/537.36 Edg/120", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0", "Firefox on Linux"),
        ("", "A browser"),
    ],
)
def test_devices_have_names_people_know(agent, words):
    assert describe(agent) == words
