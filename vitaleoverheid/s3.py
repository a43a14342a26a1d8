"""Uploads in an S3-compatible bucket that need not be public: visitors get them from the site."""

from pathlib import PurePosixPath
from urllib.parse import quote

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from storages.backends.s3 import S3Storage


class BucketStorage(S3Storage):
    """A bucket whose files have the addresses that they would have on a disk.

    So nothing about visitors reaches who keeps the bucket, and the policy of pages stays as it is.
    """

    def url(self, name: str, *args: object, **kwargs: object) -> str:
        return settings.MEDIA_URL + quote(name)


@require_safe
@cache_control(public=True, max_age=3600)
def serve(request: HttpRequest, path: str) -> FileResponse:
    """A file in the bucket, in pieces."""
    if ".." in PurePosixPath(path).parts or not default_storage.exists(path):
        raise Http404
    return FileResponse(default_storage.open(path))
