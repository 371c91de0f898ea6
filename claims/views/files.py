"""Files and letters of a claim, for those who may see the claim."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from claims.models import Claim
from office import uploads
from office.doors import permission_required


def _attachment(request, number, pk):
    claim = get_object_or_404(Claim.objects.for_user(request.user), number=number)
    return get_object_or_404(claim.attachments.select_related("upload"), upload_id=pk).upload


@permission_required("claims.view_claim")
@require_GET
def file(request, number, pk):
    return uploads.download(_attachment(request, number, pk))


@permission_required("claims.view_claim")
@require_GET
def picture(request, number, pk):
    return uploads.thumbnail(_attachment(request, number, pk))


@permission_required("claims.view_claim")
@require_GET
def letter(request, number, pk):
    claim = get_object_or_404(Claim.objects.for_user(request.user), number=number)
    row = get_object_or_404(claim.letters.select_related("document"), pk=pk)
    if row.document is None:
        raise Http404
    return uploads.download(row.document)
