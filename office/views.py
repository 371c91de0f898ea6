from django.http import HttpResponse

from office.doors import staff_required


@staff_required
def home(request):
    return HttpResponse("Today")
