"""Carriers' agents: who sells, and what they are licensed and appointed to sell."""

from collections import defaultdict

from django.contrib import messages
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from customers import forms, places, rules, selectors, services
from customers.models import Agent, Appointment, Licence
from office import clock
from office.doors import permission_required, staff_required
from office.exceptions import Refused

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])
SEEN_BY = permission_required("customers.view_agent")
KEPT_BY = permission_required("customers.change_agent")


def _agents(user):
    return (
        Agent.objects.for_user(user)
        .select_related("user")
        .prefetch_related(
            Prefetch("licences", Licence.objects.order_by("jurisdiction", "line", "-valid_from")),
            Prefetch(
                "appointments",
                Appointment.objects.select_related("carrier").order_by("carrier__name", "line"),
            ),
        )
    )


@SEEN_BY
@require_GET
def agent_list(request):
    """Every agent with the licences and appointments in force, and the next one to expire."""
    today = clock.today()
    agents = list(_agents(request.user))
    for agent in agents:
        agent.licensed = _lines_by(_place_of, agent.licences.all(), today)
        agent.appointed = _lines_by(_carrier_of, agent.appointments.all(), today)
        agent.next_expiry = _next_expiry(agent, today)
    context = {
        "page": agents,
        "soon": clock.add_days(today, selectors.WARN_DAYS),
        "may_keep": rules.may_keep_agents(request.user),
    }
    return render(request, "customers/agents.html", context)


def _lines_by(name_of, periods, day):
    """The lines in force for each state or carrier: [("California", "Casualty, Life")]."""
    lines = defaultdict(set)
    for period in periods:
        if _covers(period, day):
            lines[name_of(period)].add(period.get_line_display())
    return [(name, ", ".join(sorted(found))) for name, found in sorted(lines.items())]


def _place_of(licence):
    return places.name_of(licence.jurisdiction)


def _carrier_of(appointment):
    return appointment.carrier.name


def _covers(period, day):
    return period.valid_from <= day and (period.valid_to is None or day < period.valid_to)


def _next_expiry(agent, day):
    ends = [
        period.valid_to
        for period in [*agent.licences.all(), *agent.appointments.all()]
        if period.valid_to and _covers(period, day)
    ]
    return min(ends, default=None)


@staff_required
@require_GET
def agent_page(request, code):
    """An agent's licences, appointments and courses, and what of them runs out."""
    agent = get_object_or_404(_agents(request.user).prefetch_related("courses"), code=code)
    today = clock.today()
    for period in [*agent.licences.all(), *agent.appointments.all()]:
        period.is_in_force = _covers(period, today)
    for row in [*agent.licences.all(), *agent.courses.all()]:
        row.place = places.name_of(row.jurisdiction)
    acts = [
        {
            "label": _("Add a licence"),
            "href": reverse("customers:add_licence", args=[code]),
            "icon": "badge-check",
        },
        {
            "label": _("Add an appointment"),
            "href": reverse("customers:add_appointment", args=[code]),
            "icon": "handshake",
        },
        {
            "label": _("Record a course"),
            "href": reverse("customers:record_course", args=[code]),
            "icon": "graduation-cap",
        },
    ]
    context = {
        "agent": agent,
        "acts": acts if rules.may_keep_agents(request.user) else [],
        "warnings": selectors.running_out_of(agent, on=today),
        "education": [_meter(due) for due in selectors.education_of(agent, on=today)],
        "crumbs": _crumbs(request.user),
    }
    return render(request, "customers/agent.html", context)


def _meter(due):
    """The hours taken, beside those that the state wants and the day by which."""
    words = {
        "taken": formats.number_format(due.taken.normalize()),
        "hours": formats.number_format(due.requirement.hours),
        "day": formats.date_format(due.due_on),
    }
    return {
        "place": places.name_of(due.requirement.jurisdiction),
        "taken": min(due.taken, due.requirement.hours),
        "hours": due.requirement.hours,
        "note": _("%(taken)s of %(hours)s h by %(day)s") % words,
        "law": due.requirement.citation,
        "is_complete": due.is_complete,
    }


@KEPT_BY
@GET_OR_POST
def add_agent(request):
    return _add(
        request,
        forms.AgentForm,
        _("New agent"),
        lambda values: services.add_agent(**values, by=request.user).code,
    )


@KEPT_BY
@GET_OR_POST
def add_licence(request, code):
    agent = get_object_or_404(Agent, code=code)
    return _add(
        request,
        forms.LicenceForm,
        _("New licence for %(agent)s") % {"agent": agent.name},
        lambda values: services.add_licence(agent=agent, **values, by=request.user).agent.code,
    )


@KEPT_BY
@GET_OR_POST
def add_appointment(request, code):
    agent = get_object_or_404(Agent, code=code)
    return _add(
        request,
        forms.AppointmentForm,
        _("New appointment of %(agent)s") % {"agent": agent.name},
        lambda values: services.add_appointment(agent=agent, **values, by=request.user).agent.code,
    )


@KEPT_BY
@GET_OR_POST
def record_course(request, code):
    agent = get_object_or_404(Agent, code=code)
    return _add(
        request,
        forms.CourseForm,
        _("New course of %(agent)s") % {"agent": agent.name},
        lambda values: services.record_course(agent=agent, **values, by=request.user).agent.code,
    )


def _add(request, form_class, title, service):
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            code = service(form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("Done: %(act)s.") % {"act": title})
            return redirect("customers:agent", code)
    context = {
        "form": form,
        "title": title,
        "cancel": reverse("customers:agents"),
        "crumbs": _crumbs(request.user),
        "jurisdictions": places.choices(),
    }
    return render(request, "customers/form.html", context)


def _crumbs(user):
    """Agents who may only see themselves have no list to go back to."""
    if not user.may("customers.view_agent"):
        return []
    return [{"label": _("Agents"), "href": reverse("customers:agents")}]
