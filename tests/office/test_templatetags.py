"""The small words of a page: icons, amounts, marks, acts, filters, fields, fonts."""

import re
from decimal import Decimal
from io import StringIO

import pytest
from django import forms
from django.core.management import call_command
from django.http import HttpRequest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation
from django_cotton.compiler_regex import CottonCompiler
from fontTools.ttLib import TTFont

from office import gallery, navigation
from office.management.commands import build_assets
from office.templatetags import icon, marks, money, page

EVERYTHING = {grant for entry in navigation.SIDEBAR for grant in entry.permission.split("|")}


class Clerk:
    """Somebody at the door, with the grants that a test gives them."""

    is_authenticated = is_staff = is_active = True
    name, email, theme, density = "Dana Ruiz", "dana@bindery.example", "light", "comfortable"

    def __init__(self, *grants: str) -> None:
        self.grants = grants

    def may(self, permission: str) -> bool:
        return permission in self.grants


def _request(path: str = "/", user: Clerk | None = None) -> HttpRequest:
    request = RequestFactory().get(path)
    request.user = user or Clerk()
    request.csp_nonce = "nonce"
    return request


def _draw(source: str, **context) -> str:
    compiled = CottonCompiler().process("{% load money marks page %}" + source)
    return Template(compiled).render(Context(context))


def test_an_icon_is_silent_and_drawn_once():
    first = icon.icon("shield-check", 20)

    assert 'aria-hidden="true"' in first
    assert 'width="20" height="20"' in first
    assert icon.icon("shield-check", 20) is first


def test_an_unknown_icon_names_itself():
    with pytest.raises(icon.UnknownIcon, match="no-such-icon"):
        icon.icon("no-such-icon")


@pytest.mark.parametrize("language", ["en", "es"])
def test_amounts_look_as_they_are_written_in_the_united_states(language):
    with translation.override(language):
        assert money.money(Decimal("1234567.5"), "USD") == "$1,234,567.50"
        assert money.figure(Decimal("-1234567.5")) == "-1,234,567.50"


def test_amounts_look_as_they_are_written_elsewhere():
    with translation.override("de"):
        assert money.figure(Decimal("1234567.5")) == "1.234.567,50"


def test_an_amount_that_is_not_known_is_a_dash_and_zero_is_not():
    assert money.money(None) == money.figure(None) == money.short_money(None) == "—"
    assert money.money(Decimal(0)) == "$0.00"
    assert money.percent(None) == "not known"


def test_large_sums_and_shares_are_short():
    assert money.short_money(Decimal("1240000"), "USD") == "$1.2M"
    assert money.percent(Decimal("0.0825")) == "8.25%"


def test_the_step_of_a_claim_is_drawn_and_said():
    html = marks.micro(3)

    assert html.count('<i class="done">') == 2
    assert html.count('<i class="now">') == 1
    assert html.count("<i") == marks.STEPS
    assert 'aria-label="Step 3 of 8"' in html


def test_a_finished_claim_has_no_current_step():
    html = marks.micro(8, "good", "Closed")

    assert html.count('<i class="done">') == 8
    assert 'aria-label="Closed"' in html


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Marguerite Okafor-Lindqvist", "MO"),
        ("Sven & Ada Bergström", "SB"),
        ("Ünal", "Ü"),
        ("", ""),
    ],
)
def test_initials_are_of_the_first_and_the_last_word(name, letters):
    assert marks.initials(name) == letters


def test_the_primary_act_stands_apart_and_the_fourth_goes_under_more():
    acts = [{"label": label, "href": "#", "primary": label == "c"} for label in "abcd"]

    found = page.sort_acts(acts)

    assert found["primary"]["label"] == "c"
    assert [act["label"] for act in found["beside"]] == ["a", "b"]
    assert [act["label"] for act in found["more"]] == ["d"]


def test_a_filter_in_use_is_named_in_words_and_can_be_removed():
    request = _request("/claims/?state=open&text=&page=3&sort=due")
    form = gallery.FilterForm(request.GET)
    form.is_valid()

    used = page.filters_in_use(form, request)

    assert used == [{"label": "State", "value": "Open", "without": "/claims/?sort=due"}]


def test_errors_and_help_are_tied_to_their_field_and_the_input_is_kept():
    form = gallery.ReportForm({"phone": "+1 503 555 0142"})
    html = _draw('<c-errors :form="form" /><c-fields :form="form" />', form=form)

    assert 'aria-describedby="id_happened_helptext id_happened_error"' in html
    assert 'id="id_happened_helptext"' in html
    assert 'id="id_happened_error"' in html
    assert 'href="#id_happened"' in html
    assert 'value="+1 503 555 0142"' in html
    assert html.count("<label") >= len(form.fields)


def test_a_block_may_stand_in_two_places():
    html = _draw("{% capture name %} {{ word }} {% endcapture %}{{ name }}|{{ name }}", word="a<b")

    assert html == "a&lt;b|a&lt;b"


def test_the_sidebar_holds_what_the_roles_grant():
    nobody = navigation.sidebar(_request())
    everybody = navigation.sidebar(_request(user=Clerk(*EVERYTHING)))

    labels = [entry["label"] for section in nobody for entry in section["entries"]]
    assert "Today" in labels
    assert "Admin" not in labels
    assert "Admin" in [entry["label"] for section in everybody for entry in section["entries"]]


def test_the_place_where_one_is_is_marked_once():
    below_customers = navigation.address("customers:messages") + "0199/"

    sections = navigation.sidebar(_request(below_customers, Clerk(*EVERYTHING)))

    entries = [entry for section in sections for entry in section["entries"] if entry["current"]]
    assert [entry["label"] for entry in entries] == ["Messages"]


def test_the_gallery_shows_every_component_to_staff():
    response = gallery.gallery(_request("/gallery/"))

    html = response.content.decode()
    assert response.status_code == 200
    assert "<c-" not in html
    assert all(
        f'class="{name}' in html for name in ("stepper", "stats", "timeline", "hero", "chart")
    )


def test_a_single_box_stands_before_its_label_and_choices_in_a_fieldset():
    class Choice(forms.Form):
        agreed = forms.BooleanField(label="I agree")
        way = forms.ChoiceField(widget=forms.RadioSelect, choices=[("a", "A")])

    html = _draw('<c-fields :form="form" />', form=Choice())

    assert re.search(r'<label class="choice" for="id_agreed"><input type="checkbox"[^>]*>', html)
    assert re.search(r'<fieldset class="field" id="id_way"[^>]*><legend class="label">Way', html)


def test_the_faces_of_the_stylesheet_do_not_overlap_and_hold_what_names_need():
    sheet = (build_assets.Path(build_assets.settings.BASE_DIR) / "static/css/fonts.css").read_text()

    faces = dict(build_assets.faces(sheet))

    assert ord("ñ") in faces["inter-latin"]
    assert ord("ś") in faces["inter-latin-ext"]
    assert ord("Ж") in faces["inter-cyrillic"]
    assert ord("Ω") in faces["inter-greek"]
    assert sum(map(len, faces.values())) == len(set().union(*faces.values()))


def test_a_subset_keeps_the_letters_the_weights_and_the_figures_of_one_width(tmp_path):
    path = tmp_path / "cut.woff2"

    build_assets._cut({ord("A"), ord("ñ"), ord("1")}, path)

    font = TTFont(path)
    features = {record.FeatureTag for record in font["GSUB"].table.FeatureList.FeatureRecord}
    weight = next(axis for axis in font["fvar"].axes if axis.axisTag == "wght")
    assert set(font.getBestCmap()) == {ord("A"), ord("ñ"), ord("1")}
    assert (weight.minValue, weight.maxValue) == build_assets.WEIGHTS
    assert "tnum" in features


def test_fonts_are_cut_once(settings, tmp_path, monkeypatch):
    cut = []
    monkeypatch.setattr(build_assets, "_cut", lambda codes, path: cut.append(path.write_text("x")))
    (tmp_path / "static" / "css").mkdir(parents=True)
    sheet = build_assets.Path(settings.BASE_DIR) / "static/css/fonts.css"
    (tmp_path / "static/css/fonts.css").write_text(sheet.read_text())
    settings.BASE_DIR = tmp_path

    call_command("build_assets", stdout=StringIO())
    call_command("build_assets", stdout=(said := StringIO()))

    assert len(cut) == 4
    assert "up to date" in said.getvalue()
