"""Histories in one line: builders of records with everything else filled in."""

from collections.abc import Iterable
from typing import Any, Literal, NoReturn, TypeAlias

import msgspec

from midstream.harness.oracle.checkers import CHECKERS
from midstream.harness.oracle.projections.shared import Projections
from midstream.harness.oracle.projections.wire import Wire
from midstream.harness.oracle.proofs import PROOFS
from midstream.harness.oracle.verdict import Finding
from midstream.harness.record.case import ArmedFault, Case, ClientInfo, Expect, Profile
from midstream.harness.record.dispatch import Dispatcher
from midstream.harness.record.history import (
    Asked,
    Body,
    CaseBegin,
    CaseEnd,
    ClientExit,
    Committed,
    Crossed,
    Ended,
    FaultFired,
    Invoked,
    Opened,
    Phase,
    Record,
    RunStatus,
    Source,
    TextPlanned,
)
from midstream.harness.record.ops import (
    Append,
    Claim,
    Final,
    FinalMessage,
    Notice,
    Replace,
    Retract,
    Settle,
    ToolExec,
)
from midstream.mock_server.dialects.openai_assistants.state.wire import ROLES
from tests.harness.helpers_wire import head, received

TOKENS = ("alpha ", "bravo ", "charlie ", "delta ")
MESSAGE, RUN, TURN = "msg_1", "run_1", "What is it?"

Item: TypeAlias = Body | tuple[float, Body] | list[Body]
"""A body one step later; a pair: at that time in ms; a list: its bodies in turn."""


def history(*items: Item, step_ms: float = 10) -> list[Record]:
    """Number and stamp *items*; each is *step_ms* after the one before it."""
    records: list[Record] = []
    now_ms = -step_ms
    for item in _flat(items):
        now_ms, body = item if isinstance(item, tuple) else (now_ms + step_ms, item)
        seq, t_ns = len(records), round(now_ms * 1_000_000)
        records.append(Record(seq=seq, t_ns=t_ns, src=_source(body), body=body))
    return records


def _flat(items: Iterable[Item]) -> Iterable[Body | tuple[float, Body]]:
    for item in items:
        if isinstance(item, list):
            yield from item
        else:
            yield item


def _source(body: Body) -> Source:
    module = type(body).__module__
    if isinstance(body, Opened | Crossed | Ended):
        return "tap"
    if module == "midstream.mock_server.core.journal":
        return "server"
    is_client = module == "midstream.harness.record.ops" or isinstance(body, ClientExit)
    return "client" if is_client else "harness"


def check(invariant: str, *items: Item) -> Finding:
    """Return what the checker of *invariant* finds in the history of *items*."""
    dispatcher, projections = Dispatcher(), Projections()
    projections.join(dispatcher)
    checker = CHECKERS[invariant](projections)
    dispatcher.join(checker.handlers(), raised)
    feed(dispatcher, *items)
    return checker.answer()


def prove(proof: str, fault: ArmedFault, *items: Item) -> dict[str, Any]:
    """Return the effect that *proof* finds of *fault* in the history of *items*."""
    dispatcher, wire = Dispatcher(), Wire(ROLES)
    dispatcher.join(wire.handlers(), raised)
    found = PROOFS[proof](fault, wire)
    dispatcher.join(found.handlers(), raised)
    feed(dispatcher, *items)
    wire.last = dispatcher.last
    return found.finish()


def feed(dispatcher: Dispatcher, *items: Item) -> None:
    """Feed *readers* the history of *items*."""
    for record in history(*items):
        dispatcher.feed(record)


def raised(error: Exception) -> NoReturn:
    """Let the test fail by what a reader raised."""
    raise error


def fault(kind: str = "abort", **changes: Any) -> ArmedFault:  # noqa: ANN401  # fields
    """Return a fault by the server on the first run, named "f1"."""
    default: dict[str, Any] = {
        "id": "f1",
        "family": "protocol",
        "at": {"on": "run"},
        "args": {},
        "proof": "cut",
        "disruptive": True,
    }
    return ArmedFault(kind=kind, **(default | changes))


def path_fault(kind: str, **changes: Any) -> ArmedFault:  # noqa: ANN401  # fields
    """Return a fault on the path from the start on, named "f1"."""
    return fault(kind, **({"family": "path", "at": {}} | changes))


def begin(
    *faults: ArmedFault,
    level: int = 2,
    profile: Profile | None = None,
    **changes: Any,  # noqa: ANN401  # fields of the case
) -> CaseBegin:
    """Return a case's beginning; its client may replace text."""
    client = ClientInfo(
        name="tested",
        version="1",
        level=level,
        profile=profile or Profile(display="may_replace"),
    )
    case = Case(
        scenario="some/scenario",
        seed=7,
        client=client,
        turns=(TURN,),
        faults=faults,
        expect=Expect(ok=("RECOVERED", "UNAFFECTED"), non_strict=()),
        fault_class="recoverable",
        budget_s=5.0,
    )
    case = msgspec.structs.replace(case, **changes)
    return CaseBegin(case=case, tool="0", toxiproxy="2.12.0")


def invoked(turn: int = 0, text: str = TURN) -> Invoked:
    """Return a turn's beginning."""
    return Invoked(turn=turn, text=text)


def told(
    *texts: str, message: str = MESSAGE, part: int = 0, run: str = RUN
) -> list[Body]:
    """Return what a run says, made known token by token."""
    return [
        TextPlanned(run=run, message=message, part=part, texts=(text,))
        for text in texts
    ]


def appended(*texts: str, message: str = MESSAGE, part: int = 0) -> list[Body]:
    """Return what a client showed, a piece each."""
    return [Append(message=message, part=part, text=text) for text in texts]


def replaced(text: str, message: str = MESSAGE) -> Replace:
    """Return a client's replacing of a whole part."""
    return Replace(message=message, text=text)


def retracted(count: int, message: str = MESSAGE) -> Retract:
    """Return a client's taking back of the last characters."""
    return Retract(message=message, count=count)


def final(**texts: str) -> Final:
    """Return a client's last word: the text of each message by name."""
    said = (FinalMessage(message=m, parts={0: t}) for m, t in texts.items())
    return Final(messages=tuple(said))


def settled(claim: Claim = "complete", turn: int = 0) -> Settle:
    """Return a client's claim."""
    return Settle(turn=turn, claim=claim)


def noticed(level: Literal["info", "warning", "error"] = "error") -> Notice:
    """Return what a client told its user beside the answer."""
    return Notice(text="sorry", level=level)


def message(text: str = TURN, req: int = 1) -> Committed:
    """Return the making of the user's message."""
    return Committed(req=req, what="message", id=f"msg_user_{req}", text=text)


def run(text: str = TURN, name: str = RUN, req: int = 2) -> Committed:
    """Return the making of a run."""
    return Committed(req=req, what="run", id=name, thread="thread_1", text=text)


def outputs(*call_ids: str, req: int = 3) -> Committed:
    """Return the taking of tool outputs."""
    return Committed(req=req, what="tool_output", id=RUN, call_ids=call_ids)


def status(status: str = "completed", name: str = RUN) -> RunStatus:
    """Return a run's status."""
    return RunStatus(run=name, thread="thread_1", status=status)


def asked(arguments: str, call_id: str = "call_1") -> Asked:
    """Return a run's asking for a tool."""
    return Asked(run=RUN, call_id=call_id, name="lookup", arguments=arguments)


def executed(arguments: str, call_id: str = "call_1") -> ToolExec:
    """Return a client's running of a tool."""
    return ToolExec(call_id=call_id, name="lookup", arguments=arguments)


def ended(how: Literal["returned", "raised", "killed"] = "returned") -> ClientExit:
    """Return the end of the client's program."""
    return ClientExit(how=how, text="ValueError: no" if how == "raised" else "")


def over(**runs: str) -> CaseEnd:
    """Return the run's end; without *runs*, the one run has completed."""
    return CaseEnd(runs=runs or {RUN: "completed"})


def answer(
    *shown: Item,
    claim: Claim = "complete",
    faults: Iterable[ArmedFault] = (),
    tokens: Iterable[str] = TOKENS,
    run_status: str = "completed",
    **changes: Any,  # noqa: ANN401  # fields of the case
) -> list[Item]:
    """Return one whole turn in which the client did *shown* and then claimed."""
    return [
        begin(*faults, **changes),
        Phase(name="safety"),
        invoked(),
        received(1, "add_message"),
        message(),
        received(2),
        run(),
        *told(*tokens),
        status(run_status),
        *shown,
        settled(claim),
        ended(),
        over(run_1=run_status),
    ]


WHOLE = "".join(TOKENS)
SHOWN = appended(*TOKENS)
FAULT = fault("http_status", args={"status": 500}, proof="status")
STRUCK: list[Item] = [FaultFired(fault="f1", req=2, conn=1, offset=0), head(status=500)]
"""What a run has in which :data:`FAULT` struck the second request."""
