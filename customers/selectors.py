"""Reads that join or aggregate: search, the customer's page, credentials, sanctions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from customers import education, names, places
from customers.enums import ContactKind
from customers.models import (
    Address,
    Agent,
    Appointment,
    BankAccount,
    Carrier,
    ContactPoint,
    Course,
    Customer,
    Licence,
    Message,
    SanctionEntry,
)
from customers.personal import open_facts
from office import clock, vault, workflow
from office.enums import Line
from office.models import User

FOUND_AT_MOST = 1_000  # a search that finds more needs another word, not another page
CANDIDATES_EACH = 10
SHOWN_MESSAGES = 20
WARN_DAYS = 90  # before a licence, an appointment or the time for courses runs out


@dataclass(frozen=True)
class CustomerCard:
    """Who it is and how to reach and pay them: what any page about a customer shows first."""

    customer: Customer
    address: Address | None
    emails: Sequence[ContactPoint]
    phones: Sequence[ContactPoint]
    bank_accounts: Sequence[BankAccount]
    messages: Sequence[Message]


def search_customers(text: str, limit: int = 20, *, user: User | None = None) -> QuerySet[Customer]:
    """Customers by any part of a name or number, a whole e-mail or phone, its last four digits.

    Every word must occur. Only what `user` may see, when one is given. At most `limit`, by name:
    of a text that very many have, the first that are found, so that no text takes long.
    """
    found = Customer.objects.all() if user is None else Customer.objects.for_user(user)
    candidates = narrow(found, text).order_by().values("pk")[: limit * CANDIDATES_EACH]
    return Customer.objects.filter(pk__in=candidates).order_by("folded")[:limit]


def narrow(customers: QuerySet[Customer], text: str) -> QuerySet[Customer]:
    """Those of `customers` that a search for `text` finds; all of them when it is empty."""
    words = names.words_of(text)
    if not words:
        return customers
    if "@" in text:
        return customers.filter(pk__in=_owners_of_email(text))
    if names.is_number(words[0]) and len(words) == 1:
        return customers.filter(number=words[0].upper())
    matches = Q()
    for word in words:
        matches &= _holds(word)
    owners = _owners_of_phone(text)
    return customers.filter(matches | Q(pk__in=owners) if owners else matches)


def _holds(word: str) -> Q:
    """A trigram has three letters: a shorter word is looked for where words begin."""
    return Q(folded__contains=word if len(word) > 2 else f" {word}")


def _owners_of_email(text: str) -> list[int]:
    """Keys, not a subquery: PostgreSQL joins a list of keys and a trigram search in one bitmap."""
    key = names.email_key(text)
    by_contact = _owners(
        blind=vault.blind(key, field=f"customers_contactpoint.{ContactKind.EMAIL}")
    )
    by_login = Customer.objects.filter(login__email=key).values_list("pk")
    return [pk for (pk,) in by_contact.union(by_login)[:FOUND_AT_MOST]]


def _owners_of_phone(text: str) -> list[int]:
    """Whose whole number, or whose last four digits, were typed."""
    digits = text.strip()
    if len(digits) == 4 and digits.isdecimal() and digits.isascii():
        found = _owners(last4=digits, is_current=True)
    elif names.looks_like_phone(text) and (key := names.phone_key(text)):
        found = _owners(blind=vault.blind(key, field=f"customers_contactpoint.{ContactKind.PHONE}"))
    else:
        return []
    return [pk for (pk,) in found[:FOUND_AT_MOST]]


def _owners(**of: Any) -> QuerySet[ContactPoint, Any]:
    return ContactPoint.objects.filter(**of).order_by().values_list("customer_id")


def mailbox_of(customer: Customer) -> ContactPoint | None:
    """The e-mail address that mail to this customer goes to."""
    in_use = customer.contact_points.filter(kind=ContactKind.EMAIL, is_current=True)
    return in_use.order_by("-is_preferred", "created_at").first()


def customer_card(customer: Customer, *, user: User | None = None) -> CustomerCard:
    """Four queries, whatever the customer has."""
    points = list(customer.contact_points.filter(is_current=True))
    messages = customer.messages.all()
    if user is not None:
        messages = messages & Message.objects.for_user(user)
    return CustomerCard(
        customer=customer,
        address=customer.addresses.filter(is_current=True).first(),
        emails=[point for point in points if point.kind == ContactKind.EMAIL],
        phones=[point for point in points if point.kind == ContactKind.PHONE],
        bank_accounts=list(customer.bank_accounts.filter(is_current=True)),
        messages=list(messages.defer("body_text", "body_html")[:SHOWN_MESSAGES]),
    )


def history_of(customer: Customer) -> list[dict[str, Any]]:
    """The customer's events, newest first, with what they say about the person opened."""
    return [
        {
            "at": event.at,
            "by": event.by.name,
            "act": _label(customer, event.kind),
            "note": event.note,
            "changes": _changes(customer, event.facts),
        }
        for event in customer.events.select_related("by")
    ]


def _label(customer: Customer, act: str) -> str:
    return str(workflow.label_of(customer, act))


def _changes(customer: Customer, facts: dict[str, Any]) -> list[dict[str, str]]:
    changes = dict(facts.get("choices", {}))
    if "sealed" in facts:
        changes |= open_facts(customer, facts["sealed"])
    labels = {field.name: str(field.verbose_name) for field in Customer._meta.concrete_fields}
    return [
        {
            "field": labels[name],
            "before": before,
            "after": after,
        }
        for name, (before, after) in sorted(changes.items())
    ]


def missing_credentials(
    *, agent: Agent, carrier: Carrier, line: str, jurisdiction: str, on: date
) -> list[str]:
    """What `agent` lacks to sell this line of this carrier there on that day, one sentence each.

    Empty means that they may sell. A licence or appointment does not cover the day it ends on.
    """
    words = {
        "agent": agent.name,
        "line": str(Line(line).label).lower(),
        "place": places.name_of(jurisdiction),
        "carrier": carrier.name,
        "day": date_format(on, pgettext("a date in a sentence", "j F Y")),
    }
    licences = Licence.objects.in_force(on).filter(jurisdiction=jurisdiction, line=line)
    appointments = Appointment.objects.in_force(on).filter(carrier=carrier, line=line)
    is_licensed, is_appointed = Agent.objects.values_list(
        Exists(licences.filter(agent=OuterRef("pk"))),
        Exists(appointments.filter(agent=OuterRef("pk"))),
    ).get(pk=agent.pk)
    missing = []
    if not is_licensed:
        missing.append(_("%(agent)s holds no %(line)s licence in %(place)s on %(day)s.") % words)
    if not is_appointed:
        missing.append(
            _("%(agent)s has no %(line)s appointment with %(carrier)s on %(day)s.") % words
        )
    return missing


@dataclass(frozen=True)
class RunningOut:
    """Something without which an agent may not sell, and the day from which it is missing."""

    agent: Agent
    ends_on: date
    text: str


def running_out_of(agent: Agent, *, on: date) -> list[RunningOut]:
    return running_out(Agent.objects.filter(pk=agent.pk), on=on)


def running_out(agents: QuerySet[Agent], *, on: date) -> list[RunningOut]:
    """Licences, appointments and courses that run out soon and are not renewed, soonest first.

    Three queries, whatever there is.
    """
    until = clock.add_days(on, WARN_DAYS)
    licences = list(_unrenewed(Licence, ("jurisdiction", "line"), agents, on, until))
    found = [RunningOut(one.agent, one.valid_to, _licence_text(one)) for one in licences]
    appointments = _unrenewed(Appointment, ("carrier", "line"), agents, on, until)
    for one in appointments.select_related("carrier"):
        words = {"carrier": one.carrier.name, "line": one.get_line_display()}
        text = _("Appointment with %(carrier)s, %(line)s") % words
        found.append(RunningOut(one.agent, one.valid_to, text))
    found += _courses_due(licences)
    return sorted(found, key=lambda row: (row.ends_on, row.agent.name, row.text))


def _unrenewed(
    model: Any, same: Sequence[str], agents: QuerySet[Agent], on: date, until: date
) -> QuerySet[Any]:
    """In force on `on`, ended by `until`, and followed by nothing of the same kind."""
    again = model.objects.filter(
        agent=OuterRef("agent"),
        valid_from__lte=OuterRef("valid_to"),
        **{name: OuterRef(name) for name in same},
    ).filter(Q(valid_to=None) | Q(valid_to__gt=OuterRef("valid_to")))
    ending = model.objects.filter(agent__in=agents).ending(after=on, until=until)
    return ending.filter(~Exists(again)).select_related("agent").order_by("valid_to", "pk")


def _licence_text(licence: Licence) -> str:
    words = {"place": places.name_of(licence.jurisdiction), "line": licence.get_line_display()}
    return _("Licence in %(place)s, %(line)s") % words


def _courses_due(licences: Sequence[Licence]) -> list[RunningOut]:
    """One row for each state in which hours are still missing before a licence ends."""
    return [
        RunningOut(agent, due.due_on, education_text(due))
        for agent, due in _standings(licences)
        if not due.is_complete
    ]


def education_of(agent: Agent, *, on: date) -> list[education.Standing]:
    """How far the agent is with what each licence in force will need when it ends."""
    licences = agent.licences.in_force(on).exclude(valid_to=None).select_related("agent")
    return [due for _agent, due in _standings(licences)]


def _standings(licences: Iterable[Licence]) -> list[tuple[Agent, education.Standing]]:
    """One for each agent, state and day on which a licence ends; the lines of a state share it."""
    ends = {(one.agent, one.jurisdiction, one.valid_to) for one in licences if one.valid_to}
    credits: dict[tuple[int, str], list[education.Credit]] = {}
    courses = Course.objects.filter(agent__in={agent for agent, _place, _day in ends})
    for course in courses if ends else ():
        credit = education.Credit(course.completed_on, course.hours, course.is_ethics)
        credits.setdefault((course.agent_id, course.jurisdiction), []).append(credit)
    found = [
        (agent, education.standing(place, day, credits.get((agent.pk, place), ())))
        for agent, place, day in sorted(ends, key=lambda end: (end[2], end[1], end[0].pk))
    ]
    return [(agent, due) for agent, due in found if due is not None]


def education_text(due: education.Standing) -> str:
    words = {
        "place": places.name_of(due.requirement.jurisdiction),
        "hours": f"{due.missing.normalize():f}",
        "ethics": f"{due.missing_ethics.normalize():f}",
        "law": due.requirement.citation,
    }
    if due.missing_ethics:
        return (
            _("Courses for %(place)s: %(hours)s h missing, %(ethics)s of ethics (%(law)s)") % words
        )
    return _("Courses for %(place)s: %(hours)s h missing (%(law)s)") % words


def sanctions_matches(name: str) -> list[SanctionEntry]:
    """Entries in force whose name is this one, or one of the two holds all words of the other.

    Word order, accents, capitals, punctuation and company forms do not count. A name of a single
    word must match whole. A match is a reason to stop and look, not a verdict.
    """
    words = names.match_key(name).split()
    if not words:
        return []
    match = Q(words=words)
    if len(words) > 1:
        match |= Q(words__contains=words) | Q(words__contained_by=words, words__len__gt=1)
    return list(SanctionEntry.objects.filter(match, is_current=True))
