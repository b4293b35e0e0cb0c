"""A small response as steps, and ways to look at what a fault makes of it."""

from collections.abc import Iterable, Iterator

from midstream.mock_server.core.event_log import EventLog
from midstream.mock_server.core.faults import SpeakingFault
from midstream.mock_server.core.roles import Role
from midstream.mock_server.core.steps import Fault, Finish, Head, Send, Span, Step
from midstream.mock_server.dialects.openai_assistants.spoken import SpokenAssistants

HEAD = Head(200, {"content-type": "text/event-stream; charset=utf-8"})


def event(index: int, name: str = "e", data: str = "") -> Send:
    """Return the *index*-th event of a log."""
    text = data or f'{{"n":{index}}}'
    role: Role = "text" if name == "thread.message.delta" else "other"
    return Send(f"event: {name}\ndata: {text}\n\n".encode(), index, name, role=role)


E0, E1, E2, E3 = (event(i) for i in range(4))
LOG = EventLog("run_1")


def wait(index: int) -> Span:
    """Return the wait for the *index*-th event of a log."""
    return Span(LOG, index, index)


W1, W2, W3 = (wait(i) for i in range(1, 4))
STEPS: tuple[Step, ...] = (HEAD, E0, W1, E1, W2, E2, W3, E3, Finish())


def worded(fault: Fault) -> Fault:
    """Return *fault* as it speaks Assistants, if it speaks."""
    if isinstance(fault, SpeakingFault):
        return fault.speaking(SpokenAssistants())
    return fault


def struck(fault: Fault, steps: Iterable[Step] = STEPS) -> list[Step]:
    """Return what *fault* makes of *steps*."""
    return list(worded(fault)(iter(steps)))


def sent(steps: Iterable[Step]) -> bytes:
    """Return all bytes sent, joined."""
    return b"".join(s.data for s in steps if isinstance(s, Send))


def waited(steps: Iterable[Step]) -> list[Step]:
    """Return *steps* without the sends."""
    return [s for s in steps if not isinstance(s, Send)]


class Lazy:
    """Steps of a run that is still going on: an event exists once it was waited for.

    Pulling an event before the wait for it was performed raises; call `perform` with
    each step that came out of the fault, as the edge would.
    """

    def __init__(self, steps: Iterable[Step] = STEPS) -> None:
        """Let only the first event exist."""
        self._steps, self._published = list(steps), 0

    def __iter__(self) -> Iterator[Step]:
        for step in self._steps:
            if isinstance(step, Send) and (step.event or 0) > self._published:
                raise AssertionError(f"pulled event {step.event} before it exists")
            yield step

    def perform(self, step: Step) -> None:
        """Do what the edge does with *step*, as far as it concerns the run."""
        if isinstance(step, Span):
            self._published = max(self._published, step.start)


def performed(fault: Fault, steps: Iterable[Step] = STEPS) -> list[Step]:
    """Return what *fault* makes of a run going on, each step performed in turn."""
    run, made = Lazy(steps), []
    for step in worded(fault)(iter(run)):
        run.perform(step)
        made.append(step)
    return made
