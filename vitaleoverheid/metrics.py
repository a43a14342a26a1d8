"""Figures about the site for Prometheus, of all processes together, on a port of their own."""

from collections.abc import Callable, Iterable, Iterator
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.conf import settings
from django.db import Error, close_old_connections
from prometheus_client import CollectorRegistry, Counter, Histogram, make_wsgi_app
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

BUCKETS = 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10  # seconds

HITS = Counter("page_cache_hits", "Finished pages from memory, each in less than a millisecond.")
REQUESTS = Histogram(
    "http_request_seconds", "Every other answer: the time it took.", ["status"], buckets=BUCKETS
)
FIGURES: list[Callable[[], Iterable[Metric]]] = []
"""What the apps read from the database each time that Prometheus asks."""


class DatabaseFigures(Collector):
    """Whether the database answers, and if so the figures of the apps."""

    def collect(self) -> Iterator[Metric]:
        try:
            found = [metric for figures in FIGURES for metric in figures()]
        except Error:
            found = []
        yield GaugeMetricFamily("database_up", "1 when PostgreSQL answers.", value=bool(found))
        yield from found


def figures(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """A WSGI application that answers with all figures."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    registry.register(DatabaseFigures())
    close_old_connections()
    try:
        return make_wsgi_app(registry)(environ, start_response)
    finally:
        close_old_connections()


def beside(site: WSGIApplication) -> WSGIApplication:
    """The site, and on ``METRICS_PORT`` its figures."""
    port = str(settings.METRICS_PORT)

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = figures if environ["SERVER_PORT"] == port else site
        return answer(environ, start_response)

    return application if settings.METRICS_PORT else site
