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
    from midstream.harness.clients import Client as Client
    from midstream.harness.errors import HistoryError as HistoryError
    from midstream.harness.errors import ScenarioError as ScenarioError
    from midstream.harness.errors import UnavailableError as UnavailableError
    from midstream.harness.load.locust_hooks.users import StreamingUser as StreamingUser
    from midstream.harness.oracle.verdict import Grade as Grade
    from midstream.harness.oracle.verdict import Judgement as Judgement
    from midstream.harness.oracle.verdict import Verdict as Verdict
    from midstream.harness.record.case import ClientInfo as ClientInfo
    from midstream.harness.record.case import Profile as Profile
    from midstream.harness.record.conversation import Conversation as Conversation
    from midstream.harness.record.ops import Append as Append
    from midstream.harness.record.ops import Attempt as Attempt
    from midstream.harness.record.ops import ClientError as ClientError
    from midstream.harness.record.ops import Final as Final
    from midstream.harness.record.ops import FinalMessage as FinalMessage
    from midstream.harness.record.ops import Notice as Notice
    from midstream.harness.record.ops import Op as Op
    from midstream.harness.record.ops import Replace as Replace
    from midstream.harness.record.ops import Retract as Retract
    from midstream.harness.record.ops import Settle as Settle
    from midstream.harness.record.ops import ToolExec as ToolExec
    from midstream.harness.record.ops import ToolSubmit as ToolSubmit
    from midstream.harness.reference_client.driving.client import (
        ReferenceClient as ReferenceClient,
    )
    from midstream.harness.reference_client.limits import Limits as Limits
    from midstream.mock_server.core.errors import CassetteError as CassetteError
    from midstream.mock_server.core.errors import SettingsError as SettingsError
    from midstream.mock_server.core.errors import UnknownNameError as UnknownNameError
    from midstream.mock_server.core.settings import SessionSettings as SessionSettings
    from midstream.mock_server.serving.server import MockServer as MockServer

_HOMES = {
    "__version__": "midstream.harness",
    # the server
    "MockServer": "midstream.mock_server.serving.server",
    "SessionSettings": "midstream.mock_server.core.settings",
    "serve": "midstream.harness.api.serving",
    # a client of yours
    "Client": "midstream.harness.clients",
    "ClientInfo": "midstream.harness.record.case",
    "Conversation": "midstream.harness.record.conversation",
    "Profile": "midstream.harness.record.case",
    # what it tells
    "Op": "midstream.harness.record.ops",
    "Append": "midstream.harness.record.ops",
    "Attempt": "midstream.harness.record.ops",
    "Final": "midstream.harness.record.ops",
    "FinalMessage": "midstream.harness.record.ops",
    "Notice": "midstream.harness.record.ops",
    "Replace": "midstream.harness.record.ops",
    "Retract": "midstream.harness.record.ops",
    "Settle": "midstream.harness.record.ops",
    "ToolExec": "midstream.harness.record.ops",
    "ToolSubmit": "midstream.harness.record.ops",
    "ClientError": "midstream.harness.record.ops",
    # runs
    "run": "midstream.harness.api.running",
    "RunResults": "midstream.harness.api.running",
    "judge": "midstream.harness.api.judging",
    "Judgement": "midstream.harness.oracle.verdict",
    "Verdict": "midstream.harness.oracle.verdict",
    "Grade": "midstream.harness.oracle.verdict",
    # the reference client
    "ReferenceClient": "midstream.harness.reference_client.driving.client",
    "Limits": "midstream.harness.reference_client.limits",
    # load tests; imports Locust, which patches the whole process
    "StreamingUser": "midstream.harness.load.locust_hooks.users",
    # errors
    "MidstreamError": "midstream.errors",
    "CassetteError": "midstream.mock_server.core.errors",
    "HistoryError": "midstream.harness.errors",
    "ScenarioError": "midstream.harness.errors",
    "SettingsError": "midstream.mock_server.core.errors",
    "UnavailableError": "midstream.harness.errors",
    "UnknownNameError": "midstream.mock_server.core.errors",
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
