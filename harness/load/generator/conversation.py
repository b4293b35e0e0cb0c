"""Edge: one user's conversation, from an open session to a judged result."""

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from time import monotonic_ns
from urllib.parse import urlsplit

import gevent

from midstream.harness.errors import HarnessError
from midstream.harness.load.generator.control_channel import Channel
from midstream.harness.load.generator.failures import Kept
from midstream.harness.load.generator.nemesis import struck
from midstream.harness.load.generator.user_proxy import CUT, OpenPath
from midstream.harness.load.metrics.live_judge import StreamJudge
from midstream.harness.load.metrics.stream import StreamResult, carried, has_struck
from midstream.harness.load.metrics.stream_timer import Watching
from midstream.harness.load.storm.sampling import StreamSample
from midstream.harness.load.storm.storm import Storm
from midstream.harness.oracle.grading import grade_by
from midstream.harness.oracle.verdict import Grade, Judgement, Verdict
from midstream.harness.plan.workloads import Workload
from midstream.harness.record.case import Case, ClientInfo, Expect
from midstream.harness.record.conversation import Conversation
from midstream.harness.record.history import Body, ClientExit, Source
from midstream.harness.record.ops import Op
from midstream.mock_server.control.messages import InjectionOrder
from midstream.mock_server.core.journal import Entry
from midstream.mock_server.core.settings import SessionSettings

_PATIENCE = 0.9
"""The part of its time in which an honest client should have given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """The settings of one conversation.

    Attributes:
        run: The name of the load run.
        scenario: The storm and the phase: "commuter_train/tunnel".
        user: The number of the user.
        number: The number of the conversation among those of the user.
        storm: The storm, with its *workload* and *expect*.
        drawn: The sampled fault.
        began_at_s: When it begins, in seconds since the epoch, by the master's clock.
        late_s: By how much it begins later than it was due.
    """

    run: str
    scenario: str
    user: int
    number: int
    storm: Storm
    workload: Workload
    expect: Expect
    drawn: StreamSample
    began_at_s: float
    late_s: float = 0.0

    @property
    def key(self) -> str:
        """The API key, which is the name of the session."""
        return f"sk-{self.run}-{self.user}-{self.number}-{self.drawn.seed}"

    def case(self, client: ClientInfo) -> Case:
        """Return the case with which its history begins."""
        return Case(
            scenario=self.scenario,
            seed=self.drawn.seed,
            client=client,
            turns=self.workload.turns,
            faults=self.drawn.armed(),
            expect=self.expect,
            fault_class="recoverable",
            budget_s=self.storm.total_s,
            cassettes=self.storm.cassettes,
        )

    def injections(self) -> tuple[InjectionOrder, ...]:
        """Return the server fault that was sampled, if there is one."""
        drawn = self.drawn
        if drawn.server is None or drawn.at is None:
            return ()
        args = drawn.armed()[0].args
        return (InjectionOrder(name=CUT, kind=drawn.kind, at=drawn.at, args=args),)


class LoadTalk:
    """One conversation while it goes on."""

    def __init__(
        self, meeting: Meeting, client: ClientInfo, channel: Channel, toxiproxy: str
    ) -> None:
        """Prepare to hold *meeting* with *client*, on the server of *channel*."""
        self._meeting, self._channel = meeting, channel
        self._case = meeting.case(client)
        self._began_ns = monotonic_ns()
        self._judge = StreamJudge(
            self._case,
            self._began_ns,
            toxiproxy=toxiproxy,
            sync=partial(channel.sync, meeting.key),
        )
        self._watching = Watching(self._began_ns)

    def hold(
        self,
        converse: Callable[[Conversation], Iterable[Op]],
        path: OpenPath | None,
        kept: Kept,
    ) -> StreamResult:
        """Let the client converse through *path*, or without one, with the server.

        Raises:
            HarnessError: The server or Toxiproxy is gone.
        """
        meeting, storm = self._meeting, self._meeting.storm
        settings = SessionSettings(
            cassettes=storm.cassettes,
            dialect=storm.dialect,
            speed=storm.speed,
            seed=meeting.drawn.seed,
        )
        key = meeting.key
        self._channel.open(key, settings, meeting.injections(), self._hear)
        try:
            with ExitStack() as stack:
                conversation = self._conversation(stack, path)
                self._converse(converse, conversation)
        finally:
            runs = self._channel.shut(key)
        judgement = self._judge.finish(monotonic_ns(), runs)
        return self._result(judgement, kept)

    def _conversation(self, stack: ExitStack, path: OpenPath | None) -> Conversation:
        """Return the conversation for the client, with the address of its path."""
        base_url = self._channel.served.base_url
        port = path.port if path else urlsplit(base_url).port or 0
        if self._case.faults:  # a tap must prove the fault's effect
            port = stack.enter_context(struck(port, path, self._note)).tap.port
        storm, workload = self._meeting.storm, self._meeting.workload
        return Conversation(
            base_url=f"http://127.0.0.1:{port}/v1",
            api_key=self._meeting.key,
            turns=workload.turns,
            tools=workload.tools,
            idle_s=storm.idle_s,
            total_s=storm.total_s * _PATIENCE,
            seed=self._meeting.drawn.seed,
        )

    def _converse(
        self,
        converse: Callable[[Conversation], Iterable[Op]],
        conversation: Conversation,
    ) -> None:
        """Judge the client's operations until it ends, however it ends.

        Raises:
            ChannelError: The server is gone.
        """
        say, watch = self._judge.say, self._watching.say
        # Not a TimeoutError: a client might take it for the network's and go on.
        limit = gevent.Timeout(self._meeting.storm.total_s)
        try:
            with limit:
                for op in converse(conversation):
                    t_ns = monotonic_ns()
                    watch(t_ns, op)
                    say(t_ns, op)
            left = ClientExit(how="returned")
        except gevent.Timeout as timeout:
            if timeout is not limit:
                raise
            left = ClientExit(how="killed")
        except HarnessError:
            raise  # the rig failed, not the client
        except Exception as error:  # noqa: BLE001  # what it did wrong is data
            text = f"{type(error).__module__}.{type(error).__name__}: {error}"
            left = ClientExit(how="raised", text=text)
        self._sync()
        t_ns = monotonic_ns()
        self._judge.leave(t_ns, left)
        self._watching.leave(t_ns)

    def _sync(self) -> None:
        self._channel.sync(self._meeting.key)

    def _hear(self, t_ns: int, entry: Entry) -> None:
        self._watching.hear(t_ns, entry)
        self._judge.hear(t_ns, entry)

    def _note(self, source: Source, body: Body) -> None:
        t_ns = monotonic_ns()
        self._watching.note(t_ns, body)
        self._judge.note(t_ns, source, body)

    def _result(self, judgement: Judgement, kept: Kept) -> StreamResult:
        """Return the result of the conversation; store it if it did not pass."""
        meeting, tokens = self._meeting, judgement.tokens
        verdict = judgement.verdict
        if verdict is Verdict.UNAFFECTED and self._watching.is_disturbed:
            verdict = Verdict.RECOVERED  # from an outage that hit many users
        grade = grade_by(meeting.expect, verdict)
        directory = ""
        if grade not in {Grade.OK, Grade.NON_STRICT}:
            directory = kept.store(self._case, self._judge.records, verdict)
        return StreamResult(
            scenario=meeting.scenario,
            client=self._case.client.name,
            user=meeting.user,
            seed=meeting.drawn.seed,
            fault=carried(meeting.drawn.kind, judgement),
            struck=has_struck(judgement),
            began_at_s=meeting.began_at_s,
            late_s=meeting.late_s,
            times=self._watching.times(),
            tokens_said=tokens.said,
            tokens_shown=tokens.shown,
            tokens_lost=tokens.lost,
            tokens_doubled=tokens.doubled,
            tokens_moved=tokens.moved,
            verdict=verdict,
            grade=grade,
            reason=judgement.reason,
            directory=directory,
        )
