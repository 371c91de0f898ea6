"""Surveys and recommendations for the tests, each walked there by the services."""

import io
from datetime import UTC, date, datetime

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from office import clock, uploads
from tests import factories
from underwriting import services

ORDERED = datetime(2026, 3, 9, 18, tzinfo=UTC)
VISITED = datetime(2026, 3, 20, 18, tzinfo=UTC)


def surveyor(name="Beth Coleman"):
    return factories.person("loss_control", name=name, department_id="loss_control")


def png_file():
    content = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(content, "PNG")
    return SimpleUploadedFile("panel.png", content.getvalue(), content_type="image/png")


def picture(by):
    return uploads.receive(png_file(), by=by, source="survey")


def ordered(policy=None, **fields):
    """A survey of a home, ordered on 9 March 2026 for the 31st."""
    policy = policy or factories.policy_in_force("home", from_on=date(2026, 1, 1))
    with clock.travel(ORDERED):
        return services.order_survey(
            **{
                "policy": policy,
                "kind": "initial",
                "item": "dwelling",
                "location": "12 Alder Street, Los Angeles",
                "reason": "Look at the wiring.",
                "due_on": date(2026, 3, 31),
                "by": factories.underwriter(),
                **fields,
            }
        )


def visited(policy=None, *, by=None, **fields):
    """Visited on 20 March by somebody who took it on."""
    by = by or surveyor()
    survey = ordered(policy, **fields)
    with clock.travel(VISITED):
        survey = services.schedule_survey(survey=survey, scheduled_on=date(2026, 3, 20), by=by)
        survey = services.visit_survey(
            survey=survey, visited_on=date(2026, 3, 20), summary="An old house, well kept.", by=by
        )
        return services.find_survey(
            survey=survey, hazard="electrical", grade="poor", text="Cloth-covered wiring.", by=by
        )


def recommended(policy=None, *, by=None, grade="critical", due_on=date(2026, 4, 20), **fields):
    """A reported survey with one recommendation; returns the recommendation."""
    by = by or surveyor()
    survey = visited(policy, by=by, **fields)
    with clock.travel(VISITED):
        row = services.recommend_survey(
            survey=survey,
            finding=survey.findings.get(),
            grade=grade,
            title="Replace the wiring",
            text="Have an electrician replace the cloth-covered wiring.",
            due_on=due_on,
            by=by,
        )
        services.report_survey(survey=survey, by=by)
    return type(row).objects.select_related("survey__customer").get(pk=row.pk)


def certified(policy, *, valid_to=date(2026, 6, 30), number="B-1", **fields):
    """A boiler's certificate from 1 July 2025 on."""
    by = fields.pop("by", None) or factories.underwriter()
    return services.record_certificate(
        **{
            "policy": policy,
            "kind": "boiler",
            "subject": "Boiler in the basement",
            "number": number,
            "issuer": "State inspector",
            "valid_from": date(2025, 7, 1),
            "valid_to": valid_to,
            "upload": picture(by),
            "by": by,
            **fields,
        }
    )
