"""A scenario with every name resolved and every argument checked.

Reads scenario and cassette files, otherwise pure. A mistake in a scenario is found
here, before anything runs; the message says file, place and remedy.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from midstream import scenarios
from midstream.explain import explain
from midstream.harness.errors import ScenarioError
from midstream.harness.oracle.verdict import Verdict
from midstream.harness.path.planned_fault import PlannedFault
from midstream.harness.path.toxics import TOXICS, Toxic
from midstream.harness.record.case import ArmedFault, Expect, FaultClass
from midstream.mock_server import (
    FAULTS,
    Cassette,
    CassetteError,
    DeclarationError,
    FaultSpec,
    Position,
    UnknownNameError,
    load,
)
from midstream.scenarios import FaultEntry, Scenario

from .fitting import require_fitting
from .reach import require_reached
from .unknown_scenario import UnknownScenarioError
from .workloads import WORKLOADS, Workload

T = TypeVar("T")

DEFAULTS: Mapping[FaultClass, Expect] = {
    "recoverable": Expect(
        ok=("RECOVERED", "UNAFFECTED"),
        non_strict=("RECOVERED_BY_RESTART", "DEGRADED_HONESTLY"),
    ),
    "ignorable": Expect(ok=("UNAFFECTED", "RECOVERED")),
    "unrecoverable": Expect(ok=("DEGRADED_HONESTLY",)),
}
"""The expectation of a scenario that gives none; see docs/scenarios.md."""
_GOLDEN_SPEED = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that a run needs except the client and the seed."""

    scenario: Scenario
    cassettes: tuple[Cassette, ...]
    workload: Workload
    faults: tuple[PlannedFault, ...]
    expect: Expect
    is_golden: bool = False

    def golden(self) -> "Plan":
        """Return the same plan without faults, at 20 times the recorded pace.

        A scenario that plays without waiting does so here as well.
        """
        speed = _GOLDEN_SPEED if self.scenario.speed else 0.0
        calm = msgspec.structs.replace(
            self.scenario, faults=(), speed=speed, tail_s=None
        )
        return replace(
            self,
            scenario=calm,
            faults=(),
            is_golden=True,
        )


def select(patterns: Sequence[str]) -> list[Scenario]:
    """Return the scenarios that match any of *patterns*, each once, in order of id.

    A pattern is an id, an id with wildcards, or the path of a user's own file.
    Without any pattern, the whole catalogue is returned.

    Raises:
        UnknownScenarioError: A pattern matches nothing, or is a folder.
        ScenarioFileError: A file has a mistake.
    """
    known = scenarios.ids()
    chosen: dict[str, Scenario] = {}
    for pattern in patterns or ["*"]:
        if pattern.endswith(".toml"):
            own = scenarios.load_file(Path(pattern))
            chosen[own.id] = own
            continue
        found = [name for name in known if fnmatchcase(name, pattern)]
        if not found:
            raise UnknownScenarioError(pattern, known, is_folder=_is_folder(pattern))
        chosen.update((name, scenarios.load(name)) for name in found)
    return list(chosen.values())


def _is_folder(pattern: str) -> bool:
    try:
        return Path(pattern).is_dir()
    except OSError:  # no file can have such a name
        return False


def make_plan(scenario: Scenario) -> Plan:
    """Resolve *scenario*.

    Raises:
        UnknownNameError: A cassette, workload, fault or toxic does not exist.
        ScenarioError: An argument or an expectation is wrong.
        CassetteError: A cassette cannot be read.
        DeclarationError: The dialect cannot be read.
    """
    cassettes = tuple(_cassette(name, scenario) for name in scenario.cassettes)
    places = [f"{scenario.id}: $.faults[{n}]" for n in range(len(scenario.faults))]
    faults = tuple(
        plan_fault(entry, index, place)
        for index, (entry, place) in enumerate(
            zip(scenario.faults, places, strict=True)
        )
    )
    for fault, place in zip(faults, places, strict=True):
        require_reached(fault.position, cassettes, f"{place}.at")
        require_fitting(fault, cassettes, place)
    return Plan(
        scenario=scenario,
        cassettes=cassettes,
        workload=WORKLOADS[scenario.workload],
        faults=faults,
        expect=_expect(scenario, cassettes),
    )


def _cassette(name: str, scenario: Scenario) -> Cassette:
    """Load a cassette; a message says which scenario asks."""
    try:
        return load(name, dialect=scenario.dialect)
    except CassetteError as error:
        raise CassetteError(f"{scenario.id}: $.cassettes: {error}") from error
    except DeclarationError as error:
        raise DeclarationError(f"{scenario.id}: $.dialect: {error}") from error


def plan_fault(entry: FaultEntry, index: int, place: str) -> PlannedFault:
    """Resolve *entry*, the fault number *index*; messages call its place *place*.

    Raises:
        UnknownNameError: No fault and no toxic has that name.
        ScenarioError: An argument or the position is wrong.
    """
    position = (
        _convert(msgspec.to_builtins(entry.at), Position, f"{place}.at")
        if entry.at
        else None
    )
    if entry.kind in FAULTS:
        server = _convert(entry.args, FAULTS[entry.kind], f"{place}.args")
        position = position or Position()
        armed = _arm(index, entry, "protocol", server, position)
        return PlannedFault(armed=armed, position=position, server=server)
    if entry.kind in TOXICS:
        args = dict(entry.args)
        if entry.kind == "cut" and entry.at is not None:
            args["byte"] = entry.at.byte
        toxic = _convert(args, TOXICS[entry.kind], f"{place}.args")
        if position is not None:  # the gate stands before the event; toxics count on
            position = msgspec.structs.replace(position, byte=0)
        _refuse_misplaced(toxic, position, place)
        armed = _arm(index, entry, "path", toxic, position)
        return PlannedFault(armed=armed, position=position, toxic=toxic)
    raise UnknownNameError("fault or toxic", entry.kind, [*FAULTS, *TOXICS])


def _refuse_misplaced(toxic: Toxic, position: Position | None, place: str) -> None:
    """Report before the run, not during it, that a toxic needs a position."""
    try:
        toxic.placed("f1", dormant=position is not None)
    except ValueError as error:
        raise ScenarioError(f"{place}: {error}") from error


def _arm(
    index: int,
    entry: FaultEntry,
    family: Any,  # noqa: ANN401  # one of two literals, checked by the struct
    thing: FaultSpec | Toxic,
    position: Position | None,
) -> ArmedFault:
    at = msgspec.to_builtins(position) if position is not None else {}
    return ArmedFault(
        id=f"f{index + 1}",
        kind=entry.kind,
        family=family,
        at=at,
        args=msgspec.to_builtins(thing),
        proof=thing.proof,
        disruptive=thing.disruptive,
        if_reached=entry.if_reached,
    )


def _convert(value: object, kind: type[T], place: str) -> T:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise ScenarioError(explain(str(error), kind, place)) from error


def _expect(scenario: Scenario, cassettes: Iterable[Cassette]) -> Expect:
    """Return what passes: what the scenario says, or what its class asks for.

    Where a recorded answer is not whole, who says so is right in any class.
    """
    default = DEFAULTS[scenario.fault_class]
    given, usual = scenario.expect, default.ok
    if not all(cassette.ends_well for cassette in cassettes):
        usual = tuple(dict.fromkeys((*usual, Verdict.DEGRADED_HONESTLY.name)))
    expect = Expect(
        ok=usual if given.ok is None else given.ok,
        non_strict=default.non_strict if given.non_strict is None else given.non_strict,
    )
    for word in _words(expect):
        if word not in Verdict.__members__:
            unknown = UnknownNameError("verdict", word, Verdict.__members__)
            raise ScenarioError(f"{scenario.id}: $.expect: {unknown}")
    return expect


def _words(expect: Expect) -> Iterable[str]:
    return (*expect.ok, *expect.non_strict)
