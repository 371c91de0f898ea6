"""Loss experience: what claims have cost, in rules, on pages and in the loss run."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from claims import services as claims
from claims.enums import ClaimState
from office import clock
from office.exceptions import Refused
from tests import factories, papers
from tests.claims import scenes
from underwriting import appetite, selectors, services
from underwriting.experience import Experience, begin_of
from underwriting.models import RuleSetVersion
from underwriting.practice import practice

TODAY = date(2026, 11, 24)


@dataclass(frozen=True)
class Row:
    policy: str = "HO-1"
    kind: str = "home"
    line: str = "property"
    lost_on: date = date(2026, 3, 1)
    coverages: frozenset = frozenset({"DWELL"})
    paid: D = D("0.00")
    reserve: D = D("0.00")
    recovered: D = D("0.00")
    is_open: bool = False

    @property
    def incurred(self):
        return self.paid + self.reserve - self.recovered


LIABILITY = {"auto": frozenset({"BI", "PD"})}
ROWS = (
    Row(paid=D("4000.00"), reserve=D("1500.50"), is_open=True),
    Row(lost_on=date(2025, 7, 9)),  # reported, and it cost nothing
    Row(
        policy="PA-1",
        kind="auto",
        line="casualty",
        coverages=frozenset({"COLL", "PD"}),
        paid=D("9000.00"),
        recovered=D("1000.00"),
    ),
    Row(policy="PA-1", kind="auto", line="casualty", coverages=frozenset({"COLL"}), paid=D("800")),
)


def known(rows=ROWS):
    return Experience(TODAY, 5, rows, LIABILITY)


def test_what_cost_something_counts_and_what_was_reported_is_told():
    """Incurred: 4,000.00 + 1,500.50 + 0 + (9,000.00 - 1,000.00) + 800.00."""
    total = known().total

    assert (total.reported, total.count, total.open) == (4, 3, 1)
    assert (total.paid, total.reserve, total.recovered) == (D("13800.00"), D("1500.50"), D(1000))
    assert total.incurred == D("14300.50")
    assert total.largest == D("8000.00")


def test_who_answers_to_others_is_at_fault():
    """The property damage of somebody else is; one's own collision is not."""
    assert [known().is_at_fault(row) for row in ROWS] == [False, False, True, False]


def test_by_year_and_by_line():
    assert {year: one.reported for year, one in known().by_year.items()} == {2026: 3, 2025: 1}
    assert {line: one.incurred for line, one in known().by_line.items()} == {
        "property": D("5500.50"),
        "casualty": D("8800.00"),
    }


def test_facts_are_whole_dollars_of_every_line():
    """5,500.50 lies half-way: to the even dollar."""
    facts = known().as_facts("PA-1")

    assert facts["lines"]["property"]["incurred"] == 5500
    assert facts["lines"]["life"]["count"] == 0
    assert facts["policy"] == {
        "reported": 2, "count": 2, "open": 0, "at_fault": 1, "paid": 9800, "reserve": 0,
        "incurred": 8800, "largest": 8000,
    }  # fmt: skip
    asked = appetite.facts(
        risk={}, coverages=[], jurisdiction="US-CA", on=TODAY, standing={"experience": facts}
    )
    assert asked["experience"] == facts
    assert asked["loss_control"]["overdue_critical"] == 0


@pytest.mark.parametrize(
    ("on", "begin"),
    [(date(2026, 11, 24), date(2021, 11, 24)), (date(2028, 2, 29), date(2023, 2, 28))],
)
def test_five_years_back(on, begin):
    assert begin_of(on, 5) == begin


AMOUNTS = st.integers(0, 10**8).map(lambda cents: D(cents) / 100)
A_ROW = st.builds(
    Row,
    line=st.sampled_from(["property", "casualty", "life", "health"]),
    lost_on=st.dates(date(2021, 11, 25), TODAY),
    paid=AMOUNTS,
    reserve=AMOUNTS,
    is_open=st.booleans(),
)


@given(st.lists(A_ROW, max_size=12))
def test_years_and_lines_sum_to_the_whole(rows):
    whole = known(tuple(rows))

    for parts in (whole.by_year, whole.by_line):
        assert sum((one.incurred for one in parts.values()), D(0)) == whole.total.incurred
        assert sum(one.count for one in parts.values()) == whole.total.count


def test_every_line_has_a_rule_that_asks_for_losses():
    """In health it only reminds: claims are a health factor (45 CFR 146.121)."""
    asking = {
        line: {r["blocks"] for r in practice().rules_of(line) if f"lines.{line}." in r["when"]}
        for line in ("property", "casualty", "life", "health")
    }

    assert all(asking.values())
    assert asking["health"] == {"info"}
    for line in asking:
        assert appetite.faults(practice().rules_of(line)) == []


# From here on with the database


def rules_saying(code, when, blocks="bind"):
    """The rule set in force, with one more rule."""
    found = RuleSetVersion.objects.in_force(code=code, on=date(2026, 1, 2))
    messages = {"en": "There were losses.", "es": "Hubo siniestros."}
    return services.publish_rule_set(
        code=code,
        name=code,
        effective_from=date(2026, 1, 1),
        quote_days=30,
        rules_=[
            *found.rules,
            {"code": "losses_known", "when": when, "blocks": blocks, "messages": messages},
        ],
        by=factories.office(),
    )


def insured_with_a_loss(**fields):
    """A homeowner with a claim of 9,000.00 reserved on a policy from 1 January 2026."""
    policy = factories.policy_in_force("home", from_on=date(2026, 1, 1), **fields)
    scenes.claim_at(ClaimState.COVERAGE_REVIEW, policy=policy)
    return policy


@pytest.mark.django_db
def test_claims_of_all_policies_in_the_look_back_count():
    policy = insured_with_a_loss()
    other = factories.policy_in_force(
        "home", carrier="HARBOR", from_on=date(2026, 1, 1), insured=policy.customer
    )
    with clock.travel(scenes.NOTICE):
        taken_back = scenes.notify(policy, lost_at=scenes.LOSS - timedelta(days=20))
        claims.withdraw_claim(claim=taken_back, reason="A mistake.", by=scenes.service_agent())
    away = scenes.claim_at(ClaimState.DOCUMENTING, policy=other, lost_at=scenes.LOSS)
    with clock.travel(scenes.NOTICE):
        claims.hand_over_claim(claim=away, by=scenes.handler())

    found = selectors.experience_of(policy.customer, on=date(2026, 4, 1))
    early = selectors.experience_of(policy.customer, on=date(2026, 3, 9))
    late = selectors.experience_of(policy.customer, on=date(2031, 3, 10))

    # 9,000.00 reserved here; with the other carrier 9,000.00 as the notice estimated.
    assert (found.total.reported, found.total.incurred) == (2, D("18000.00"))
    assert [row.is_as_told for row in found.rows] == [True, False]
    assert (early.total.reported, late.total.reported) == (0, 0)


@pytest.mark.django_db
def test_a_rule_about_losses_refers_a_quote():
    policy = insured_with_a_loss()
    rules_saying("BIND-HO", "experience.lines.property.incurred >= 9000")

    quote = factories.quote("BIND", "home", insured=policy.customer, seller=policy.agent)
    free = factories.quote("BIND", "home", seller=policy.agent)

    assert (quote.state, free.state) == ("referred", "rated")
    assert [row["rule"] for row in selectors.findings_of(quote)] == [
        "open_property_loss",
        "losses_known",
    ]


@pytest.mark.django_db
def test_a_renewal_that_the_rules_hold_up_is_offered_once_it_is_approved():
    policy = insured_with_a_loss()
    rules_saying("BIND-HO", "experience.policy.count >= 1")
    office, underwriter = factories.office(), factories.underwriter()
    on = date(2026, 11, 20)
    with clock.travel(datetime(2026, 11, 20, 18, tzinfo=UTC)):
        renewal = services.prepare_renewal(policy=policy, by=office)
        assert renewal.blocks == "bind"
        assert selectors.offers_due(on) == []
        with pytest.raises(Refused, match="There were losses"), transaction.atomic():
            services.offer_renewal(renewal=renewal, by=office)
        with pytest.raises(PermissionDenied), transaction.atomic():
            services.approve_renewal(renewal=renewal, by=policy.agent.user, note="Mine")
        with pytest.raises(IntegrityError, match="renewal_that_is_held"), transaction.atomic():
            _sign_as_offered(renewal)

        services.approve_renewal(renewal=renewal, by=underwriter, note="The kitchen is new.")
        assert selectors.offers_due(on) == [renewal.pk]
        with pytest.raises(Refused, match="No rule holds"), transaction.atomic():
            services.approve_renewal(renewal=renewal, by=underwriter, note="Again")
        again = services.rework_renewal(renewal=renewal, by=underwriter)
        assert (again.is_held, again.approved_by) == (True, None)

        services.approve_renewal(renewal=renewal, by=underwriter, note="The kitchen is new.")
        renewal = services.offer_renewal(renewal=renewal, by=office)

    assert renewal.state == "offered"


def _sign_as_offered(renewal):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE underwriting_renewal SET state = 'offered' WHERE id = %s", [renewal.pk]
        )


@pytest.mark.django_db
def test_what_was_known_of_the_risk_at_the_beginning_holds_up_no_renewal():
    policy = factories.policy_in_force("home", from_on=date(2026, 1, 1))
    rules_saying("BIND-HO", "risk.losses == 0")

    with clock.travel(datetime(2026, 11, 20, 18, tzinfo=UTC)):
        renewal = services.prepare_renewal(policy=policy, by=factories.office())

    assert (renewal.blocks, renewal.trace) == ("info", [])


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_the_loss_run_takes_the_same_statements_for_one_claim_and_for_three(
    count, django_assert_num_queries
):
    """Session, user, roles, customer, claims, terms."""
    policy = factories.policy_in_force("home", from_on=date(2026, 1, 1))
    with clock.travel(scenes.NOTICE):
        for number in range(count):
            scenes.notify(policy, lost_at=scenes.LOSS - timedelta(days=20 * number))
    client = factories.signed_in(factories.person("underwriter"))

    with clock.travel(scenes.NOTICE), django_assert_num_queries(6):
        page = client.get(reverse("underwriting:loss_run", args=[policy.customer.number]))

    assert page.content.decode().count(">CL-") == count


@pytest.mark.django_db
def test_the_loss_run_says_the_same_on_page_paper_and_portal():
    holder = factories.customer(login=True, language="es")
    policy = insured_with_a_loss(insured=holder)
    number = policy.claims.get().number
    staff = factories.signed_in(factories.person("underwriter"))

    with clock.travel(datetime(2026, 4, 1, 18, tzinfo=UTC)):
        page = staff.get(reverse("underwriting:loss_run", args=[holder.number]), {"years": 3})
        paper = staff.get(reverse("underwriting:loss_run_paper", args=[holder.number]))
        portal = factories.signed_in(holder.login).get(reverse("portal:loss_run"))
        own = factories.signed_in(holder.login).get(reverse("portal:loss_run_paper"))
        stranger = factories.signed_in(factories.customer(login=True).login)
        others = stranger.get(reverse("portal:loss_run"))

    said = papers.words_of(paper.content)
    for words in ("Historial de siniestros", "Fecha de valuación", number, "$9,000.00"):
        assert words in said
    assert number in papers.words_of(own.content)
    assert "9,000.00" in page.content.decode()
    assert number in portal.content.decode()
    assert "/claims/CL-" not in portal.content.decode().replace(reverse("portal:claims"), "")
    assert number not in others.content.decode()


@pytest.mark.django_db
def test_an_agent_sees_the_losses_of_what_they_sold_alone():
    policy = insured_with_a_loss()
    sold, other = (factories.signed_in(one) for one in (policy.agent.user, factories.agent().user))
    address = reverse("underwriting:loss_run", args=[policy.customer.number])

    with clock.travel(datetime(2026, 4, 1, 18, tzinfo=UTC)):
        answers = (sold.get(address), other.get(address))

    assert [answer.status_code for answer in answers] == [404, 404]
