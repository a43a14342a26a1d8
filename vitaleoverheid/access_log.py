"""Hears of every request, counts it, and writes it down."""

from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger

from vitaleoverheid import metrics
from vitaleoverheid.page_cache import HIT
from vitaleoverheid.settings import METRICS_PORT

FROM_MEMORY = ("Cache-Status", HIT)


class AccessLog(Logger):
    """gunicorn's logger.

    A finished page from memory is counted and not written: writing takes longer than answering.
    """

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        if FROM_MEMORY in resp.headers:
            metrics.HITS.inc()
        elif environ["SERVER_PORT"] != str(METRICS_PORT):
            facts = {"status": resp.status_code, "seconds": request_time.total_seconds()}
            metrics.REQUESTS.labels(facts["status"]).observe(facts["seconds"])
            request = environ["REQUEST_METHOD"], environ["PATH_INFO"]
            self.access_log.info("%s %s", *request, extra={"facts": facts})
