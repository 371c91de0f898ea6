"""A bare Django with a bare Celery on the same servers: the floor of the memory at rest."""

import os

import dj_database_url
import django
from celery import Celery
from django.conf import settings
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.urls import path

if not settings.configured:
    settings.configure(
        SECRET_KEY="bare",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        DATABASES={"default": dj_database_url.parse(os.environ["DATABASE_URL"])},
        USE_TZ=True,
    )
    django.setup()


def healthz(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{get_user_model().__name__}\n")


urlpatterns = [path("healthz", healthz)]

from django.core.wsgi import get_wsgi_application  # noqa: E402  the settings come first

application = get_wsgi_application()
app = Celery("bare", broker=os.environ["REDIS_URL"])
app.conf.beat_schedule = {"nothing": {"task": "bench.bare.nothing", "schedule": 3600}}


@app.task
def nothing() -> None:
    """Something for the worker to know."""
