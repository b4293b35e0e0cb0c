"""The server answered the struck request with the status that the fault asks for.

If the fault asks the client to wait, the answer says how long. A fault without a
status answers with something that is no event stream.
"""

from typing import Any

from midstream.harness.oracle.projections.wire import WireResponse, effect
from midstream.harness.oracle.proofs import PROOFS
from midstream.harness.oracle.proofs._response import ResponseProof
from midstream.harness.record.history import Record


@PROOFS.register
class StatusProof(ResponseProof):
    """Looks at the head of each struck response."""

    def seen(self, response: WireResponse, began: Record) -> dict[str, Any]:  # noqa: ARG002  # by protocol
        """Return the status, and the wait if there is one."""
        if response.head is None:
            return {}
        record, head = response.head
        wanted = self.fault.args.get("status")
        if head.status != wanted if wanted is not None else head.is_stream:
            return {}
        if self.fault.kind == "retry_after" and head.retry_after_s is None:
            return {}
        return effect(
            response.record,
            record,
            status=head.status,
            retry_after_s=head.retry_after_s,
        )
