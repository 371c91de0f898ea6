"""The gallery and the skeletons in a real browser: by eye of axe, by keyboard, on a phone.

Pages and files are handed to the browser by the test itself, under the policy of the office;
no server and no database stand behind them.
"""

import mimetypes
import shutil
from collections.abc import Iterator
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from csp.utils import build_policy
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.template import RequestContext, Template
from django.test import RequestFactory

from office import gallery

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(
    not CHROMIUM, reason="There is no Chromium on this machine: no page was looked at."
)
OFFICE = "http://office.test"
STANDARDS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
QUIET = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"]
LIST = """{% extends "list.html" %}{% block title %}Claims{% endblock %}
{% block head %}<th class="pick"><input type="checkbox" data-pick-all aria-label="All"></th>
<th>Claim</th>{% endblock %}
{% block rows %}{% for number in page %}<tr><td class="pick"><input type="checkbox" name="pick"
aria-label="Pick {{ number }}"></td><td><a href="/gallery/#{{ number }}">CL-{{ number }}</a></td>
</tr>{% endfor %}{% endblock %}
{% block bulk %}<button class="btn" name="act" value="assign">Assign</button>{% endblock %}"""
FORM = '{% extends "form.html" %}{% block title %}Report a loss{% endblock %}'
SIGN_IN = (
    '{% extends "account/base_entrance.html" %}{% block content %}<h1>Sign in</h1>{% endblock %}'
)


@pytest.fixture(scope="session")
def browser_type_launch_args():
    return {"executable_path": CHROMIUM, "args": QUIET}


@pytest.fixture
def office(page) -> Iterator[SimpleNamespace]:
    """The browser's page, and what the browser complained about."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if _is_refusal(said) else None)
    pages = {
        "/gallery/": gallery.gallery(_request("/gallery/")).content.decode(),
        "/claims/": _draw(LIST, "/claims/", page=Paginator(range(1, 6), 5).get_page(1)),
        "/report/": _draw(FORM, "/report/", form=gallery.ReportForm()),
        "/sign-in/": _draw(SIGN_IN, "/sign-in/"),
    }
    page.route(f"{OFFICE}/**", lambda route: _answer(route, pages))
    yield SimpleNamespace(page=page, visit=lambda path: page.goto(OFFICE + path))
    assert complaints == []


def _is_refusal(said) -> bool:
    return "Content Security Policy" in said.text


def _request(path):
    request = RequestFactory().get(path)
    request.csp_nonce = "test"
    request.user = SimpleNamespace(
        is_authenticated=True,
        is_staff=True,
        name="Dana Ruiz",
        email="dana@bindery.example",
        theme="system",
        density="comfortable",
        may=lambda permission: True,
    )
    return request


def _draw(source: str, path: str, **context) -> str:
    return Template(source).render(RequestContext(_request(path), context))


def _answer(route, pages) -> None:
    path = urlsplit(route.request.url).path
    found = finders.find(path.removeprefix("/static/")) if path.startswith("/static/") else None
    if found:
        route.fulfill(path=found, content_type=mimetypes.guess_type(path)[0] or "font/woff2")
    elif path in pages:
        headers = {"Content-Security-Policy": build_policy(nonce="test")}
        route.fulfill(body=pages[path], content_type="text/html; charset=utf-8", headers=headers)
    else:
        route.fulfill(body="<title>Elsewhere</title>", content_type="text/html")


@pytest.mark.parametrize(
    ("path", "width", "scheme"),
    [
        ("/gallery/", 1440, "light"),
        ("/gallery/", 1440, "dark"),
        ("/gallery/", 390, "light"),
        ("/gallery/", 390, "dark"),
        ("/claims/", 390, "dark"),
        ("/report/", 390, "dark"),
        ("/sign-in/", 390, "light"),
    ],
)
def test_everybody_can_use_the_page_and_it_fits(office, path, width, scheme):
    office.page.set_viewport_size({"width": width, "height": 900})
    office.page.emulate_media(color_scheme=scheme)
    office.visit(path)

    found = Axe().run(office.page, options=STANDARDS)

    faults = [(fault["id"], fault["nodes"][0]["html"]) for fault in found.response["violations"]]
    assert faults == []
    assert office.page.evaluate("document.documentElement.scrollWidth") == width


def test_the_palette_leads_somewhere_by_keyboard_alone(office):
    office.visit("/claims/")

    office.page.keyboard.press("Control+k")
    office.page.keyboard.type("workfl")
    shown = office.page.locator(".palette [role=option]:visible")
    words = shown.all_inner_texts()
    office.page.keyboard.press("Enter")
    office.page.wait_for_url("**/workflow/")

    assert [text.split("\n")[0] for text in words] == ["Workflow map"]


def test_rows_are_walked_picked_and_opened_by_keyboard(office):
    office.visit("/claims/")

    for key in "jjkx":
        office.page.keyboard.press(key)

    assert office.page.locator("tr.at").inner_text().strip() == "CL-1"
    assert office.page.locator("[data-picked]").inner_text() == "1"
    assert office.page.locator(".bulk").is_visible()
    office.page.keyboard.press("Enter")
    office.page.wait_for_url("**/gallery/#1")


def test_theme_and_density_follow_to_the_next_page(office):
    office.page.emulate_media(color_scheme="light")
    office.visit("/claims/")

    office.page.locator("switch-theme button").click()
    office.page.locator("switch-density button").click()
    office.visit("/report/")

    root = office.page.locator("html")
    assert root.get_attribute("data-theme") == "dark"
    assert root.get_attribute("data-density") == "compact"


def _tell_a_story(page) -> None:
    page.fill("#id_happened", "The pipe burst")
    page.select_option("#id_cause", "water")
    page.check("#id_channel_1")
    page.check("#id_injured")


def test_what_was_typed_outlives_a_lost_session(office):
    page = office.page
    office.visit("/report/")
    _tell_a_story(page)
    page.evaluate("document.querySelector('.form').action = '/sign-in/'")

    page.locator(".form button.primary").click()
    page.wait_for_url("**/sign-in/")
    office.visit("/report/")

    assert page.input_value("#id_happened") == "The pipe burst"
    assert page.input_value("#id_cause") == "water"
    assert page.is_checked("#id_channel_1")
    assert page.is_checked("#id_injured")
    assert page.locator(".draft-note").is_visible()


def test_what_was_accepted_is_not_kept(office):
    page = office.page
    office.visit("/report/")
    _tell_a_story(page)
    page.evaluate("document.querySelector('.form').action = '/claims/'")

    page.locator(".form button.primary").click()
    page.wait_for_url("**/claims/")
    office.visit("/report/")

    assert page.input_value("#id_happened") == ""
    assert page.locator(".draft-note").is_hidden()


def test_signing_out_forgets_what_was_typed(office):
    page = office.page
    office.visit("/report/")
    _tell_a_story(page)

    page.locator(".top details.menu summary").click()
    page.locator("[data-forget] button").click()
    office.visit("/report/")

    assert page.input_value("#id_happened") == ""


def test_a_dialog_opens_and_escape_closes_it(office):
    office.visit("/gallery/")
    dialog = office.page.locator("#gallery-dialog")

    office.page.locator("[data-opens=gallery-dialog]").click()
    was_open = dialog.is_visible()
    office.page.keyboard.press("Escape")

    assert was_open
    assert dialog.is_hidden()


def test_the_sidebar_is_a_drawer_on_a_phone(office):
    office.page.set_viewport_size({"width": 390, "height": 844})
    office.visit("/claims/")
    side = office.page.locator("#side")
    was_hidden = side.is_hidden()

    office.page.locator("[popovertarget=side]").click()

    assert was_hidden
    assert side.is_visible()
