"""The first step: a file comes in. It is written to its place while it arrives."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_safe

from safar.doors.web.audit.actor import Actor
from safar.doors.web.design.sizes import size_in_words
from safar.doors.web.members.guard import DeskRequest, desk
from safar.doors.web.members.policies import Capability
from safar.store.registry import Workspace
from safar.vocabulary.errors import Fault, SafarError

from . import services
from .errors import UploadCutOff, UploadMissing
from .page import sentence_for, wizard_steps
from .sample import sample_name, sample_orders
from .uploading import FIELD, LAST_FIELD, NAME_FIELD, Received, ToDisk, most_bytes, room_for, shown_name

#: What the readers of `safar.collect` take.
READABLE: Final = "CSV, TSV, Excel (.xlsx .xlsb .xls .ods), JSON Lines, Parquet, XES"


def as_download(response: HttpResponseBase, name: str) -> HttpResponseBase:
    """Let a browser keep an answer as a file of that name."""
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


@require_safe
@desk(Capability.IMPORT)
def sample(request: DeskRequest, workspace: Workspace) -> HttpResponseBase:
    """Give a file to try the import with, in the reader's language."""
    language = request.reader.language
    content = sample_orders(language, timezone.now())
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    return as_download(response, sample_name(language))


# The file is written to its place while the form is read, so the form is read here and not before: the check against
# forged forms, which reads it, comes second. Who may not, or has no session, is turned away before a byte is read.
@csrf_exempt
@desk(Capability.IMPORT)
def new(request: DeskRequest, workspace: Workspace) -> HttpResponseBase:
    """Ask for a file, and take it in."""
    if request.method in ("GET", "HEAD"):
        return _upload_page(request, workspace)
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD, POST"})
    import_id, arriving = services.new_place(workspace.workspace_id)
    handler = ToDisk(request, arriving)
    try:
        with room_for(int(request.META.get("CONTENT_LENGTH") or 0)):
            request.upload_handlers = [handler]
            answer = _take_in(request, workspace, import_id, arriving)
    except SafarError as error:
        return _upload_refused(request, workspace, error)
    finally:
        # What was taken in has left this place; all else goes, also what a forged form has brought.
        handler.upload_interrupted()
        services.throw_away(arriving)
    return answer


@csrf_protect
def _take_in(request: DeskRequest, workspace: Workspace, import_id: str, arriving: Path) -> HttpResponseBase:
    received = request.FILES.get(FIELD)
    if LAST_FIELD not in request.POST and arriving.exists():
        raise UploadCutOff("The form ends within the file.", hint="Send the file again.")
    if not isinstance(received, Received):
        raise UploadMissing("The form came without a file.", hint="Choose a file.")
    # Django takes half-spaces out of the file's own name; a browser with JavaScript says it a second time.
    name = shown_name(request.POST.get(NAME_FIELD) or received.name or "")
    row = services.receive(workspace, import_id, arriving, file_name=name, by=Actor.of(request))
    there = reverse(
        "import-columns",
        kwargs={"workspace_id": workspace.workspace_id, "import_id": row.import_id},
    )
    if _wants_json(request):
        return JsonResponse({"next": there})
    return redirect(there)


def _upload_refused(request: DeskRequest, workspace: Workspace, error: SafarError) -> HttpResponse:
    sentence = sentence_for(error, request.reader.locale(workspace))
    status = 507 if isinstance(error, Fault) else 413 if error.code == "upload.too_large" else 422
    if _wants_json(request):
        return JsonResponse({"error": sentence, "code": error.code}, status=status)
    detail = "" if isinstance(error, Fault) else str(error)
    return _upload_page(request, workspace, refusal=sentence, detail=detail, code=error.code, status=status)


def _upload_page(
    request: DeskRequest,
    workspace: Workspace,
    *,
    refusal: str = "",
    detail: str = "",
    code: str = "",
    status: int = 200,
) -> HttpResponse:
    locale = request.reader.locale(workspace)
    context = {
        "steps": wizard_steps(None, 0, workspace.workspace_id),
        "formats": READABLE,
        "limit": size_in_words(most_bytes(), locale),
        "most_bytes": most_bytes(),
        "refusal": refusal,
        "detail": detail,
        "code": code,
        "desk": "imports",
    }
    # The reader's own form: reading it for the token again would read the file again.
    return render(request, "imports/new.html", context, status=status)


def _wants_json(request: DeskRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")
