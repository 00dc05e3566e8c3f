"""Every page there is and who looks at it: the one list that screenshots and the benchmark go through.

Where an address contains an id, `link` finds it: the page is then the first link on `path` that matches.
"""

import re
from typing import NamedTuple

NOBODY = ""
EMAIL_AND_PASSWORD = re.compile(r"\b(\w+)@(\S+)\s+(\S+)")


class Page(NamedTuple):
    name: str
    path: str
    who: str = NOBODY  # the cast's first name, in lower case
    link: str = ""


PAGES = (
    Page("home", "/"),
    Page("reasons", "/reasons"),
    Page("reason", "/reasons", link=r"/reasons/[\w-]+"),
    Page("program", "/program"),
    Page("cohort", "/", link=r"/cohorts/[\w-]+"),
    Page("assessment", "/assessment"),
    Page("sign-in", "/sign-in"),
    Page("not-found", "/no-such-page"),
    Page("apply", "/", "pat", link=r"/cohorts/[\w-]+/apply"),
    Page("account", "/account", "ana"),
    Page("dashboard", "/dashboard", "ana"),
    Page("modules", "/modules", "ana"),
    Page("module", "/modules", "ana", link=r"/modules/[\w-]+"),
    Page("lesson", "/modules", "ana", link=r"/modules/[\w-]+/[\w-]+"),
    Page("system", "/dashboard", "ana", link=r"/systems/\d+"),
    Page("submission", "/dashboard", "ana", link=r"/systems/\d+/submissions/\d+"),
    Page("manual", "/manual", "ana"),
    Page("calendar", "/calendar", "ana"),
    Page("payments", "/payments", "ana"),
    Page("dashboard-ben", "/dashboard", "ben"),
    Page("coaching", "/coaching", "cora"),
    Page("queue", "/coaching/queue", "cora"),
    Page("review", "/coaching/queue", "cora", link=r"/reviews/\d+"),
    Page("staff", "/staff", "sam"),
    Page("staff-cohort", "/staff", "sam", link=r"/staff/cohorts/[\w-]+"),
    Page("mailbox", "/dev/mail"),
    Page("styles", "/dev/styles"),
)
STATUS = {"not-found": 404}  # every other page answers 200


def sign_ins(printed: str) -> dict[str, tuple[str, str]]:
    """E-mail and password by first name, from what `flask demo --sign-ins` prints: the password follows the e-mail."""
    found = {
        name.lower(): (f"{name}@{host}", secret) for name, host, secret in EMAIL_AND_PASSWORD.findall(printed)
    }
    missing = {page.who for page in PAGES if page.who} - set(found)
    if missing:
        raise SystemExit(
            f"`flask demo --sign-ins` did not print a password for {', '.join(sorted(missing))}."
        )
    return found


def first_link(html: str, pattern: str) -> str | None:
    """The first address on the page that is the pattern, whole."""
    for address in re.findall(r'href="([^"#?]+)', html):
        path = re.sub(r"^https?://[^/]+", "", address)
        if re.fullmatch(pattern, path):
            return path
    return None


def sign_in_form(html: str) -> tuple[str, dict[str, str]]:
    """Where the form with a password is sent, and its hidden fields."""
    form = next(form for form in re.findall(r"<form.*?</form>", html, re.DOTALL) if 'type="password"' in form)
    action = re.search(r'action="([^"]*)"', form)
    hidden = [tag for tag in re.findall(r"<input[^>]*>", form) if 'type="hidden"' in tag]
    values = {_attribute(tag, "name"): _attribute(tag, "value") for tag in hidden}
    return (action.group(1) if action else "/sign-in"), values


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'{name}="([^"]*)"', tag)
    return found.group(1) if found else ""
