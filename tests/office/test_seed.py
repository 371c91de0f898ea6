"""The demo office: what its people buy is well described, and no carrier throws it out."""

from datetime import date

import pytest

from office.management.commands.seed_office import ASKED, BOUGHT
from office.management.seed import business, risks, sales
from office.management.seed.losses import PAID
from office.management.seed.stories import STORIES
from policies.catalogue import load_folder
from policies.catalogue.application import coverage_errors, default_coverages, risk_errors, stamped
from underwriting import appetite
from underwriting.enums import Blocks

DAYS = [date(2026, 1, 15), date(2026, 8, 29), date(2028, 2, 29)]
BUYER = {"name": "Ángela Okafor-Lindqvist", "street": "7 Elm Street"}
TURNED_AWAY = {Blocks.REJECT, Blocks.QUOTE}


@pytest.fixture(scope="module")
def shipped():
    return load_folder()


def buyers(dice):
    place = dice.place()
    city, postal_code = dice.choice(risks.CITIES[place])
    return BUYER | {"jurisdiction": place, "city": city, "postal_code": postal_code}


def blocked(product, risk, wanted, place, on) -> str:
    """What the carrier's appetite holds up at the worst."""
    known = appetite.facts(
        risk=stamped(product, risk, on), coverages=wanted, jurisdiction=place, on=on
    )
    rules = [
        {"code": rule.code, "blocks": rule.blocks, "when": rule.when, "messages": rule.messages}
        for rule in product.appetite
    ]
    return appetite.worst(appetite.evaluate(rules, known))


@pytest.mark.parametrize("kind", sorted(sales.RISKS))
def test_what_is_bought_is_well_described_and_wanted(kind, shipped):
    products = [product for product in shipped if product.kind == kind]
    assert len(products) == 2

    for seed in range(12):
        dice = risks.Dice(seed)
        buyer, on = buyers(dice), DAYS[seed % len(DAYS)]
        place = buyer["jurisdiction"]
        risk = sales.RISKS[kind](dice, buyer, on)
        worst = set()
        for product in products:
            wanted = default_coverages(product, risk, place)
            assert risk_errors(product, risk) == []
            assert coverage_errors(product, risk, wanted, place) == []
            worst.add(blocked(product, risk, wanted, place, on))

        assert worst - TURNED_AWAY, (seed, worst)


def test_every_kind_that_is_for_sale_is_bought(shipped):
    bought = {*BOUGHT, *business.RISKS}

    assert bought == {product.kind for product in shipped} == set(sales.RISKS) == set(STORIES)
    assert set(ASKED) <= bought


def test_every_story_is_of_a_cause_that_a_paying_coverage_answers(shipped):
    for product in shipped:
        for cause in STORIES[product.kind]:
            assert PAID & set(product.cause(cause).coverages), (product.code, cause)


def test_one_person_has_one_day_of_birth_in_every_policy():
    born = set()
    for seed in range(3):
        dice = risks.Dice(seed)
        buyer = buyers(dice)
        car, health, life = (
            sales.RISKS[kind](dice, buyer, DAYS[0]) for kind in ("auto", "medical", "term_life")
        )
        born |= {
            car["drivers"][0]["born_on"],
            health["members"][0]["born_on"],
            life["lives"][0]["born_on"],
        }

    assert len(born) == 1
