"""Pages that join the apps: the desk, search, the workflow map, one's own preferences."""

from django import forms
from django.apps import apps
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import i18n
from django.views.decorators.http import require_GET, require_POST
from django_fsm import FSMField

from customers.models import Agent
from office import clock, finder
from office import desk as desks
from office import production as figures
from office.doors import staff_required
from office.enums import Density, JobState, Language, Theme
from office.exceptions import Refused
from office.lists import Column, Filter, List, own
from office.models import Job, OwnView, User
from office.navigation import address
from office.uploads import TooMuchAtOnce
from office.workflow import targets_of

STOP_POLLING = 286  # htmx swaps the answer in and asks no more


@staff_required
@require_GET
def desk(request):
    """Work whose turn is mine, what is due, my figures."""
    return render(request, "desk.html", desks.desk_of(request.user))


@staff_required
@require_GET
def search(request):
    """The palette's records for what was typed."""
    groups = finder.find(request.user, request.GET.get("q", "").strip())
    return render(request, "palette_results.html", {"groups": groups})


@require_POST
def preferences(request):
    """Theme and density: kept with the person, so that they follow to the next device."""
    choices = {"theme": Theme, "density": Density}
    changed = {
        name: request.POST[name]
        for name, allowed in choices.items()
        if request.POST.get(name) in allowed.values
    }
    User.objects.filter(pk=request.user.pk).update(**changed)
    return HttpResponse(status=204)


@staff_required
@require_POST
def keep_view(request):
    """Name the filter of a list: a tab that only this person sees."""
    name = request.POST.get("list", "")
    back = f"{address(name)}?{request.POST.get('query', '')}".rstrip("?")
    if not address(name):
        raise Http404
    try:
        view = own.keep_view(
            key=name,
            name=request.POST.get("name", ""),
            query=request.POST.get("query", ""),
            by=request.user,
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    messages.success(request, _("“%(name)s” is among your views now.") % {"name": view})
    return redirect(f"{address(name)}?{view.query}&own={view.pk}")


@staff_required
@require_POST
def delete_view(request, pk):
    view = get_object_or_404(OwnView, pk=pk, user=request.user)
    own.delete_view(view=view, by=request.user)
    messages.success(request, _("“%(name)s” is deleted.") % {"name": view})
    return redirect(address(view.list_key) or "desk")


@login_not_required
@require_POST
def set_language(request):
    """The language of this browser, and of the person where we know who it is."""
    language = request.POST.get("language")
    if request.user.is_authenticated and language in Language.values:
        User.objects.filter(pk=request.user.pk).update(language=language)
    return i18n.set_language(request)


@staff_required
@require_GET
def job(request, pk):
    """A job's progress bar; the last answer tells htmx to stop."""
    row = get_object_or_404(Job, pk=pk, created_by=request.user)
    status = 200 if row.state == JobState.RUNNING else STOP_POLLING
    return render(request, "job.html", {"job": row}, status=status)


@staff_required
@require_GET
def workflow_map(request, label="claims.claim"):
    """The map of one kind of record, drawn from its transitions, with how many stand where."""
    maps = _maps()
    if label not in maps:
        raise Http404
    model = maps[label]
    field = model._meta.get_field("state")
    transitions = list(field.get_all_transitions(model))
    edges = [
        (t.source, t.name, target)
        for t in transitions
        if t.source and not t.custom.get("guarded")
        for target in targets_of(t)
    ]
    context = {
        "record": model._meta.verbose_name_plural,
        "edges": edges,
        "counts": desks.counts_by_state(model.objects, request.user),
        "labels": {state: str(name) for state, name in field.choices if state},
        "acts": {t.name: str(t.custom.get("label", t.name)) for t in transitions},
        "tabs": [
            {
                "label": str(other._meta.verbose_name_plural).capitalize(),
                "href": f"/workflow/{key}/",
                "current": key == label,
            }
            for key, other in maps.items()
        ],
    }
    return render(request, "workflow_map.html", context)


AGENTS = List(
    name=_("Production"),
    sort="name",
    columns=[
        Column("code", _("Agent"), "link", link="production_of"),
        Column("name", _("Name"), sortable=True),
        Column("agency", _("Agency"), priority="wide"),
        Column("in_force", _("Policies in force"), "number", sortable=True, total=True),
        Column("premium", _("Premium in force"), "money", sortable=True, total=True),
        Column("written", _("Written in twelve months"), "money", sortable=True, total=True),
        Column("asked", _("Submissions"), "number", priority="mid", total=True),
        Column("bound", _("Bound"), "number", priority="mid", total=True),
    ],
    filters=[
        Filter("q", forms.CharField(label=_("Name"), max_length=80), lookup="name__icontains")
    ],
)


@staff_required
@require_GET
def production(request):
    """Who sells what: all agents for those who keep them, their own page for an agent."""
    if not figures.may_see_all_production(request.user):
        agent = get_object_or_404(Agent, user=request.user)
        return redirect("production_of", agent.code)
    rows = figures.agent_rows(on=clock.today())
    return AGENTS.respond(request, rows, template="production/list.html")


@staff_required
@require_GET
def production_of(request, code):
    """One agent's book of business and production."""
    agent = get_object_or_404(Agent, code=code)
    if not figures.may_see_production_of(agent, request.user):
        raise Http404
    context = {"agent": agent, **figures.production_of(agent, on=clock.today())}
    if figures.may_see_all_production(request.user):
        context["crumbs"] = [{"label": AGENTS.name, "href": reverse("production")}]
    return render(request, "production/agent.html", context)


def _maps():
    return {
        model._meta.label_lower: model
        for model in apps.get_models()
        if any(isinstance(field, FSMField) for field in model._meta.fields)
    }


def bad_request(request, exception):
    """What could not be read. Of files that are too much at once the page says how much."""
    told = str(exception) if isinstance(exception, TooMuchAtOnce) else ""
    return render(request, "400.html", {"told": told}, status=400)
