"""Proves that a streaming LLM client survives a broken network.

These names are for everybody; all that is not among them is private and may change.
A name is loaded when it is first used, so that ``import midstream`` stays light.
"""

from importlib import import_module

TYPE_CHECKING = False  # type checkers know the name; to import typing takes long
if TYPE_CHECKING:
    from midstream.errors import MidstreamError as MidstreamError
    from midstream.harness import __version__ as __version__
    from midstream.harness.api.judging import judge as judge
    from midstream.harness.api.running import RunResults as RunResults
    from midstream.harness.api.running import run as run
    from midstream.harness.api.serving import serve as serve
    from midstream.harness.case import ClientInfo as ClientInfo
    from midstream.harness.case import Profile as Profile
    from midstream.harness.clients import Client as Client
    from midstream.harness.clients import Conversation as Conversation
    from midstream.harness.errors import HistoryError as HistoryError
    from midstream.harness.errors import ScenarioError as ScenarioError
    from midstream.harness.errors import UnavailableError as UnavailableError
    from midstream.harness.load.users import StreamingUser as StreamingUser
    from midstream.harness.ops import Append as Append
    from midstream.harness.ops import Attempt as Attempt
    from midstream.harness.ops import Final as Final
    from midstream.harness.ops import FinalMessage as FinalMessage
    from midstream.harness.ops import Notice as Notice
    from midstream.harness.ops import Op as Op
    from midstream.harness.ops import Replace as Replace
    from midstream.harness.ops import Retract as Retract
    from midstream.harness.ops import Settle as Settle
    from midstream.harness.ops import ToolExec as ToolExec
    from midstream.harness.ops import ToolSubmit as ToolSubmit
    from midstream.harness.ops import Trouble as Trouble
    from midstream.harness.reference_client.client import (
        ReferenceClient as ReferenceClient,
    )
    from midstream.harness.reference_client.limits import Limits as Limits
    from midstream.harness.verdict import Grade as Grade
    from midstream.harness.verdict import Judgement as Judgement
    from midstream.harness.verdict import Verdict as Verdict
    from midstream.mock_server.errors import CassetteError as CassetteError
    from midstream.mock_server.errors import SettingsError as SettingsError
    from midstream.mock_server.errors import UnknownNameError as UnknownNameError
    from midstream.mock_server.server import MockServer as MockServer
    from midstream.mock_server.settings import SessionSettings as SessionSettings

_HOMES = {
    "__version__": "midstream.harness",
    # the server
    "MockServer": "midstream.mock_server.server",
    "SessionSettings": "midstream.mock_server.settings",
    "serve": "midstream.harness.api.serving",
    # a client of yours
    "Client": "midstream.harness.clients",
    "ClientInfo": "midstream.harness.case",
    "Conversation": "midstream.harness.clients",
    "Profile": "midstream.harness.case",
    # what it tells
    "Op": "midstream.harness.ops",
    "Append": "midstream.harness.ops",
    "Attempt": "midstream.harness.ops",
    "Final": "midstream.harness.ops",
    "FinalMessage": "midstream.harness.ops",
    "Notice": "midstream.harness.ops",
    "Replace": "midstream.harness.ops",
    "Retract": "midstream.harness.ops",
    "Settle": "midstream.harness.ops",
    "ToolExec": "midstream.harness.ops",
    "ToolSubmit": "midstream.harness.ops",
    "Trouble": "midstream.harness.ops",
    # runs
    "run": "midstream.harness.api.running",
    "RunResults": "midstream.harness.api.running",
    "judge": "midstream.harness.api.judging",
    "Judgement": "midstream.harness.verdict",
    "Verdict": "midstream.harness.verdict",
    "Grade": "midstream.harness.verdict",
    # the reference client
    "ReferenceClient": "midstream.harness.reference_client.client",
    "Limits": "midstream.harness.reference_client.limits",
    # load tests; imports Locust, which patches the whole process
    "StreamingUser": "midstream.harness.load.users",
    # errors
    "MidstreamError": "midstream.errors",
    "CassetteError": "midstream.mock_server.errors",
    "HistoryError": "midstream.harness.errors",
    "ScenarioError": "midstream.harness.errors",
    "SettingsError": "midstream.mock_server.errors",
    "UnavailableError": "midstream.harness.errors",
    "UnknownNameError": "midstream.mock_server.errors",
}
"""The public names, and the modules that they are loaded from."""

__all__ = list(_HOMES)

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Load *name* when it is first used."""
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(_HOMES[name]), name)
        return value


def __dir__() -> list[str]:
    """List the public names, whether they are loaded or not."""
    return sorted(__all__)
