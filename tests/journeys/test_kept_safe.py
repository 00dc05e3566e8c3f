"""Nothing typed is lost: an hour offline, a second device, a session that ended, an earlier text; coaches too."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.coach import Coach
from tests.journeys.conftest import Comes
from tests.journeys.held import Held
from tests.journeys.participant import Participant
from tests.journeys.people import Somebody, everything_is_saved

DECISION, RHYTHM, NAME, DRAFT = "1.E.6", "1.F.3", "1.A.1", re.compile(r"/systems/\d+/draft$")
ON_DEVICE = "Saved on this device, not yet on the server"
CARET = "() => [document.activeElement.name, document.activeElement.selectionStart, Math.round(scrollY)]"


def ends_every_other_session(phone: Somebody) -> None:
    phone.signs_in_with_password()
    phone.tab.goes_to("/account")
    phone.tab.presses("Sign out every other device")


def gives_the_password_in_place(who: Somebody, wrong_first: bool = False) -> None:
    dialog = who.page.get_by_role("dialog", name="Sign in again")
    expect(dialog).to_contain_text(who.who.email)
    if wrong_first:
        dialog.get_by_label("Password").fill("not my password")
        dialog.get_by_role("button", name="Sign in").click()
        expect(dialog.get_by_role("alert")).to_contain_text("do not go together")
    dialog.get_by_label("Password").fill(who.tab.world.passwords[who.who.key])
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_have_count(0)


def test_a_session_that_ended_is_begun_again_in_place(comes: Comes) -> None:
    """Ana signs her laptop out from her phone, types on there, gives her password, and types on at the same letter."""
    laptop, phone = comes(Participant, "ana"), comes(Participant, "ana", phone=True)
    laptop.signs_in_with_password()
    laptop.opens_the_worksheet()
    with laptop.tab.expecting("status of 401", "status of 400", "status of 422"):
        ends_every_other_session(phone)  # the page may be just about to say what has been seen
        laptop.types(RHYTHM, " with tea")
        before = laptop.page.evaluate(CARET)
        expect(laptop.page.locator("#saved")).to_contain_text("Saved on this device. You are signed out")
        laptop.tab.looks()
        gives_the_password_in_place(laptop, wrong_first=True)
        after = laptop.page.evaluate(CARET)
        assert after[:2] == before[:2]
        assert abs(after[2] - before[2]) <= 40, "the bar above may have grown by a line, and nothing else"
        laptop.sheet.says_saved()
        with laptop.page.expect_response(DRAFT):
            laptop.page.keyboard.type(" and cake")
        laptop.sheet.says_saved()
    laptop.tab.reloads()
    expect(laptop.sheet.text(RHYTHM)).to_have_value(re.compile("with tea and cake$"))


def test_the_dialog_can_wait_and_another_tab_answers_it(comes: Comes) -> None:
    """Ben closes the question; it stays in the bar. He signs in in another tab, and the first page saves by itself."""
    laptop, phone = comes(Participant, "ben"), comes(Participant, "ben", phone=True)
    laptop.signs_in_with_password()
    laptop.opens_the_worksheet()
    with laptop.tab.expecting("status of 401", "status of 400"):
        ends_every_other_session(phone)  # the page may be just about to say what has been seen
        laptop.types(RHYTHM, " later")
        laptop.page.get_by_role("dialog").get_by_role("button", name="Not now").click()
        expect(laptop.page.get_by_role("button", name="sign in again")).to_be_visible()
        other = laptop.goes_on_in(laptop.page.context.new_page())
        other.signs_in_with_password()
        laptop.page.bring_to_front()
        laptop.page.evaluate("dispatchEvent(new Event('focus'))")  # a headless window never loses it
        laptop.sheet.says_saved()
    laptop.tab.reloads()
    expect(laptop.sheet.text(RHYTHM)).to_have_value(re.compile("later$"))


def test_an_hour_offline_and_everything_arrives(comes: Comes) -> None:
    """Mia writes in three fields on a flight; an hour later the connection is back, and all of it is saved."""
    mia = comes(Participant, "mia", phone=True)
    mia.signs_in_by_mail()
    mia.page.clock.install()
    mia.opens_the_worksheet()
    typed = {NAME: " aloft", RHYTHM: " at ten thousand feet", DECISION: " when we land"}
    with mia.tab.expecting("ERR_INTERNET_DISCONNECTED"):
        mia.page.context.set_offline(True)
        for field, words in typed.items():
            mia.types(field, words)
            mia.page.clock.run_for(20 * 60 * 1000)
        expect(mia.page.locator("#saved")).to_have_text(ON_DEVICE)
        with mia.page.expect_response(DRAFT) as saving:
            mia.page.context.set_offline(False)
            mia.page.clock.run_for(2000)
        assert saving.value.ok
    mia.sheet.says_saved()
    mia.tab.reloads()
    for field, words in typed.items():
        expect(mia.sheet.text(field)).to_have_value(re.compile(re.escape(words.strip()) + "$"))


def test_two_devices_change_different_fields_and_then_the_same(comes: Comes) -> None:
    """Luis has his worksheet open on phone and laptop. Different fields both win; the same field is asked about."""
    laptop, phone = comes(Participant, "luis"), comes(Participant, "luis", phone=True)
    for one in (laptop, phone):
        one.signs_in_by_mail()
        one.opens_the_worksheet()
    phone.types_and_sees_it_saved(RHYTHM, " from the phone")
    laptop.types(NAME, " from the laptop")
    everything_is_saved(laptop.page, "#work")
    expect(laptop.page.locator("#saved")).to_contain_text("Changed in another tab")
    phone.types(DECISION, " phone words")
    everything_is_saved(phone.page, "#work")
    with laptop.tab.expecting("status of 409"):
        laptop.types(DECISION, " laptop words")
        laptop.tab.presses("see both texts")
    laptop.tab.reads("phone words", "laptop words")
    laptop.page.get_by_label("Keep both").check()
    laptop.tab.presses("Save what I chose")
    for field, words in ((RHYTHM, "from the phone"), (NAME, "from the laptop"), (DECISION, "phone words")):
        expect(laptop.sheet.text(field)).to_have_value(re.compile(words))
    expect(laptop.sheet.text(DECISION)).to_have_value(re.compile("laptop words"))


def test_what_is_typed_before_the_scripts_are_there_is_saved(comes: Comes) -> None:
    """On a slow line Mia types into the page as it comes, and types no more; it is saved all the same."""
    mia = comes(Participant, "mia")
    mia.signs_in_by_mail()
    mia.opens_the_worksheet()
    held = Held(mia.page, re.compile(r"/js/worksheet\.js"))
    mia.page.goto(mia.page.url, wait_until="commit")
    place = mia.sheet.control(NAME)
    before = place.input_value()  # it is there
    mia.sheet.field(NAME)
    place.fill(f"{before} early")
    with mia.page.expect_response(DRAFT):
        held.arrives()
    mia.sheet.says_saved()
    mia.tab.reloads()
    expect(mia.sheet.text(NAME)).to_have_value(f"{before} early")


def test_an_earlier_text_is_put_back(comes: Comes) -> None:
    """Luis empties a long answer by mistake, closes the page, and finds it again."""
    luis = comes(Participant, "luis")
    luis.signs_in_by_mail()
    luis.opens_the_worksheet()
    long = "Every client hears the rule before the first session. " * 4
    luis.types_and_sees_it_saved(DECISION, long)
    with luis.page.expect_response(DRAFT):
        luis.sheet.writing(DECISION).press("Control+a")
        luis.page.keyboard.press("Delete")
    luis.sheet.says_saved()
    luis.tab.follows("Earlier texts")
    luis.tab.is_at("Earlier texts")
    luis.tab.reads("Before much text was taken out")
    luis.tab.arrives(lambda: luis.page.locator(".kept li a").first.click())
    luis.tab.presses(re.compile(f"^Put this back.*{re.escape(DECISION)}"))
    luis.tab.reads("The earlier text is back")
    expect(luis.sheet.text(DECISION)).to_have_value(re.compile("Every client hears the rule"))


def test_without_scripts_the_text_comes_along_through_the_sign_in_page(comes: Comes) -> None:
    """A browser that runs no scripts: Ben presses Save after his session has ended, and saves what he had typed."""
    ben, phone = comes(Participant, "ben", scripts=False), comes(Participant, "ben", phone=True)
    ben.signs_in_with_password()
    ben.opens_the_worksheet()
    ends_every_other_session(phone)
    ben.sheet.text(DECISION).fill("We keep two hours free on Friday.")
    with ben.tab.expecting("status of 401"):
        ben.tab.presses("Save", ben.page.locator(".bar"))
        ben.tab.reads("what you typed comes along")
    form = ben.page.locator("form:has(input[type=password])")
    form.get_by_label("Email").fill(ben.who.email)
    form.get_by_label("Password").fill(ben.tab.world.passwords[ben.who.key])
    ben.tab.presses("Sign in", form)
    ben.tab.is_at("Not saved yet")
    ben.tab.reads("We keep two hours free on Friday.")
    ben.tab.presses("Save what I typed")
    expect(ben.sheet.text(DECISION)).to_have_value("We keep two hours free on Friday.")


# --- the coach ------------------------------------------------------------------------------------


def test_a_coach_signs_in_again_in_place(comes: Comes) -> None:
    """Cora's evening session ends while she writes a review; nothing is lost, and she writes on."""
    desk, phone = comes(Coach, "cora"), comes(Coach, "cora", phone=True)
    desk.signs_in_with_password()
    desk.takes_from_the_queue("Ben")
    ends_every_other_session(phone)
    with desk.tab.expecting("status of 401", "status of 400"):
        strength = desk.page.get_by_label("One strength")
        strength.focus()
        desk.page.keyboard.press("Control+End")
        desk.page.keyboard.type("The path is drawn from the client's side.")
        gives_the_password_in_place(desk)
        desk.sees_it_saved()
        desk.page.keyboard.type(" Keep it.")
    desk.sees_it_saved()
    desk.tab.reloads()
    expect(desk.page.get_by_label("One strength")).to_have_value(re.compile("client's side. Keep it.$"))


def test_a_coach_in_two_tabs_and_an_earlier_review(comes: Comes) -> None:
    """The same review in two tabs: the same part is chosen, and what gave way is in the history."""
    cora = comes(Coach, "cora")
    cora.signs_in_with_password()
    cora.takes_from_the_queue("Ben")
    second = cora.opens_another_tab(cora.tab.path)
    cora.praises_and_sees_it_saved("The scale is clear.")
    with second.tab.expecting("status of 409"):
        second.praises("The steps are short.")
        second.tab.presses("see both texts")
    second.tab.reads("The scale is clear.", "The steps are short.")
    second.page.get_by_label("Keep this one").check()
    second.tab.presses("Save what I chose")
    expect(second.page.get_by_label("One strength")).to_have_value("The steps are short.")
    second.tab.follows("Earlier texts")
    second.tab.reads("Before one of two texts was chosen")
    second.tab.arrives(lambda: second.page.locator(".kept li a").first.click())
    second.tab.presses(re.compile("^Put this back.*One strength"))
    expect(second.page.get_by_label("One strength")).to_have_value("The scale is clear.")
