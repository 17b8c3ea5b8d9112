"""The description of the API: as OpenAPI for programs, as a page for people."""

from __future__ import annotations

from functools import cache

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from safar.doors.web.design.reader import reader_of

from .door import API
from .problems import problem
from .reference import reference_page


@cache
def _document() -> dict[str, object]:
    return dict(API.get_openapi_schema())


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """Return the OpenAPI document. It says what there is, of nobody's data, so everybody may read it."""
    return JsonResponse(_document(), json_dumps_params={"ensure_ascii": False})


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """Show the same as a page."""
    address = f"{request.scheme}://{request.get_host()}"
    page = reference_page(API, _document(), address, reader_of(request))
    return render(request, "api/reference.html", {"page": page})


def unknown(request: HttpRequest, rest: str) -> HttpResponse:
    """Say that the API has nothing here."""
    return problem(request, 404, "api.not_found", hint="The operations are listed at /api/.")


# They describe the API and read no data.
openapi.needed = reference.needed = unknown.needed = "public"  # type: ignore[attr-defined]
unknown.csrf_exempt = True  # type: ignore[attr-defined] # it reads nothing
