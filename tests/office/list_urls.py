"""The site's addresses and one more, to which the rows of a test's list lead."""

from django.http import HttpResponse
from django.urls import path

from office.urls import urlpatterns as site

urlpatterns = [
    *site,
    path("limits/<str:kind>/", lambda request, kind: HttpResponse(), name="limit"),
]
