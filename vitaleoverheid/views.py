"""What the site answers beside its pages: search, health, and the files that machines ask for."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.defaults import page_not_found
from django.views.static import serve as serve_file
from wagtail.contrib.redirects.middleware import get_redirect
from wagtail.contrib.redirects.models import Redirect

from vitaleoverheid.limits import one_after_another
from vitaleoverheid.models import OrganisationSettings, Person
from vitaleoverheid.search import answer
from vitaleoverheid.tree import place_of, serve

QUERY_LENGTH = 200  # characters; nobody types more


def media(request: HttpRequest, path: str) -> HttpResponse | FileResponse:
    """A picture in one of the sizes made for visitors, from the disk or the bucket."""
    if settings.S3_BUCKET:
        from vitaleoverheid import s3  # noqa: PLC0415 (what a bucket needs is large)

        return s3.serve(request, path)
    return serve_file(request, path, document_root=str(settings.MEDIA_ROOT))


@one_after_another
def page(request: HttpRequest, path: str) -> HttpResponse:
    """A page of the tree; where there is none the site's own 404, also for who develops it."""
    try:
        return serve(request, path)
    except Http404 as error:
        return gone(request) or page_not_found(request, error)


def gone(request: HttpRequest) -> HttpResponse | None:
    """410 for what was removed on purpose: editors say so by a redirect that leads nowhere."""
    redirect = get_redirect(request, Redirect.normalise_path(request.path))
    return render(request, "410.html", status=410) if redirect and not redirect.link else None


@require_safe
@one_after_another
def search(request: HttpRequest) -> HttpResponse:
    """Pages that hold what the visitor asked for."""
    place_of(request)  # found now, it need not be asked for again
    query = " ".join(request.GET.get("q", "").replace("\0", " ").split())[:QUERY_LENGTH]
    found = answer(query, request.GET.get("page")) if query else {}
    return render(
        request, "vitaleoverheid/search.html", {"query": query, "is_search": True} | found
    )


@require_safe
@cache_control(public=True, max_age=3600)
def text_file(request: HttpRequest, name: str) -> HttpResponse:
    """What search engines may visit (RFC 9309), or where to report a weakness (RFC 9116).

    The latter expires half a year from today, every day anew.
    """
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    context = {
        "site_url": settings.SITE_URL,
        "email": settings.DEFAULT_FROM_EMAIL,
        "expires": (today + timedelta(days=180)).isoformat(),
    }
    text = render_to_string(f"vitaleoverheid/{name}", context)
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=3600)
def vcard(request: HttpRequest, slug: str = "") -> HttpResponse:
    """The firm, or somebody of it, for an address book (RFC 6350)."""
    person = get_object_or_404(Person, slug=slug) if slug else None
    organisation = OrganisationSettings.load()
    context = {"organisation": organisation, "person": person, "site_url": settings.SITE_URL}
    text = render_to_string("vitaleoverheid/vcard.vcf", context)
    lines = "\r\n".join(line for line in text.splitlines() if line)
    response = HttpResponse(lines + "\r\n", content_type="text/vcard; charset=utf-8")
    name = slug or "vitale-overheid"
    response["Content-Disposition"] = f'attachment; filename="{name}.vcf"'
    return response


def healthz(request: HttpRequest) -> HttpResponse:
    """Say that this process can answer; touch nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """Say whether the site can do its work, and if not, which part of it can't."""
    problems = [name for name, check in READINESS.items() if not passes(check)]
    return JsonResponse({"problems": problems}, status=503 if problems else 200)


def passes(check: Callable[[], bool]) -> bool:
    """What the check finds; a database that refuses is an answer too."""
    try:
        return check()
    except Error:
        return False


def database_answers() -> bool:
    """Whether a query comes back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def migrations_are_applied() -> bool:
    """Whether the database has the tables that this code expects."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


READINESS: dict[str, Callable[[], bool]] = {
    "database": database_answers,
    "migrations": migrations_are_applied,
}
