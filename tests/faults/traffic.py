"""Visitors who come all the time, and what each of them was answered."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPException
from itertools import count, cycle
from threading import Event

from tests.faults.enquiries import enquiry
from tests.faults.site import Answer, Web
from tests.live_site import until
from tests.reading import PAGES

READERS = 3
MORE = 20  # answers that a test waits for before and after what it does


class Traffic:
    """What visitors were answered; ``failures`` are the answers that no visitor should get."""

    def __init__(self) -> None:
        self.answers = 0
        self.failures: list[object] = []
        self.confirmed: list[Answer] = []

    def flows(self) -> None:
        """Wait for a number of visitors more."""
        enough = self.answers + MORE
        until(lambda: self.answers >= enough, "visitors")

    def visit(self, ask: Callable[[], Answer], expected: int) -> Answer | None:
        """Note down what one visitor was answered."""
        try:
            answer = ask()
        except (OSError, HTTPException) as error:
            self.failures.append(error)
            return None
        self.answers += 1
        if answer.status != expected:
            self.failures.append(answer)
        return answer


@contextmanager
def traffic(web: Web, *, writing: bool = True) -> Iterator[Traffic]:
    """Read all pages over and over until the end of the block, and write enquiries."""
    seen, over = Traffic(), Event()

    def read() -> None:
        for page in cycle(PAGES):
            if over.is_set():
                return
            seen.visit(lambda: web.ask("GET", page), 200)  # noqa: B023 (called at once)

    def write() -> None:
        for _ in count():
            if over.is_set():
                return
            answer = seen.visit(lambda: web.post(enquiry()), 303)
            if answer and answer.status == 303:
                seen.confirmed.append(answer)

    with ThreadPoolExecutor(READERS + 1) as visitors:
        under_way = [visitors.submit(read) for _ in range(READERS)]
        under_way += [visitors.submit(write)] if writing else []
        try:
            seen.flows()
            yield seen
            seen.flows()
        finally:
            over.set()
    for each in under_way:
        each.result()
