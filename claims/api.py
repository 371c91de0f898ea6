"""The doors for programs."""

urlpatterns = []
