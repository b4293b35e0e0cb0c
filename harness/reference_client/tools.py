"""Tool calls: each one is run once, and all outputs go in one request.

Arguments come from the run's `required_action`, which is either complete or missing,
and never from streamed fragments. If the response to the submission is lost, a poll of
the run decides: if it still waits for these calls, the outputs are sent again.
"""

from midstream.harness.record.ops import ToolExec, ToolSubmit

from .asking import Asker, DeclinedError
from .errors import DriverError
from .limits import Watch
from .reading import Reader
from .values import Call, Emit, RunTool, Script, StreamStarted, ToolDone
from .wire import ToolCall, WireRun


class Tools:
    """Runs and submits the tools of one turn.

    Args:
        asker: Makes the requests.
        reader: Polls the run.
        watch: The clock.
        is_stream: Whether to ask for a stream when submitting outputs.
    """

    def __init__(
        self, *, asker: Asker, reader: Reader, watch: Watch, is_stream: bool
    ) -> None:
        self._asker = asker
        self._reader = reader
        self._watch = watch
        self._is_stream = is_stream
        self._outputs: dict[str, str] = {}

    def use(
        self, run_id: str, calls: tuple[ToolCall, ...]
    ) -> Script[WireRun | StreamStarted]:
        """Run the calls that were not run before, and submit all outputs.

        Returns:
            The run, or the start of the stream in which it continues.

        Raises:
            DeclinedError: The server refuses the outputs and still waits for them.
            GaveUpError: Time or attempts ran out.
        """
        for call in calls:
            if call.id not in self._outputs:
                self._outputs[call.id] = yield from self._run(call)
        ids = tuple(c.id for c in calls)
        yield Emit(ToolSubmit(call_ids=ids))
        try:
            return (yield from self._submit(run_id, ids))
        except DeclinedError:
            # "Runs in status "queued" do not accept tool outputs.": the run has them
            # already, or has ended. If it still waits for them, the refusal stands.
            run = yield from self._find_progress(run_id, ids)
            if run is None:
                raise
            return run

    def _run(self, call: ToolCall) -> Script[str]:
        yield Emit(ToolExec(call_id=call.id, name=call.name, arguments=call.arguments))
        answer = yield RunTool(call, self._watch.remaining_s)
        if not isinstance(answer, ToolDone):
            raise DriverError(f"a RunTool cannot be answered by {answer!r}")
        return answer.output

    def _submit(
        self, run_id: str, ids: tuple[str, ...]
    ) -> Script[WireRun | StreamStarted]:
        outputs = [{"tool_call_id": i, "output": self._outputs[i]} for i in ids]
        return (
            yield from self._asker.create(
                self._asker.ledger(),
                Call(
                    what="submit_tools",
                    method="POST",
                    path=f"{self._reader.run_path(run_id)}/submit_tool_outputs",
                    body={"tool_outputs": outputs, "stream": self._is_stream},
                    is_stream=self._is_stream,
                ),
                WireRun,
                lambda: self._find_progress(run_id, ids),
            )
        )

    def _find_progress(
        self, run_id: str, ids: tuple[str, ...]
    ) -> Script[WireRun | None]:
        """Return the run if it no longer waits for *ids*."""
        run, _ = yield from self._reader.run(run_id)
        return None if {c.id for c in run.calls} & {*ids} else run
