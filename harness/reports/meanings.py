"""The meaning of each verdict, grade, phase and fault class, for a reader."""

from typing import Final

from midstream.harness.oracle.verdict import Grade, Verdict
from midstream.harness.record.case import FaultClass

MEANINGS: Final = {
    Verdict.CROSS_TALK: "Text of another conversation was shown.",
    Verdict.DUPLICATE_EFFECT: (
        "Something was done twice: a message, a run or a tool call."
    ),
    Verdict.SILENT_TRUNCATION: "A part of the answer was passed off as the whole.",
    Verdict.FALSE_SUCCESS: "The turn failed, and the user was told that it had not.",
    Verdict.CORRUPTED: "Text was shown that the server never said.",
    Verdict.DUPLICATED: "Text was shown twice.",
    Verdict.REORDERED: "Text was shown in another order than it was said.",
    Verdict.HUNG: "The client did not end in time.",
    Verdict.CRASHED: "An exception escaped that the client does not document.",
    Verdict.RETRY_STORM: "The client retried more often than it promises.",
    Verdict.BACKOFF_VIOLATION: (
        "The client retried too early, or blindly: it did not check whether the "
        "request before had its effect."
    ),
    Verdict.FALSE_FAILURE: "The answer was there, and the user was told it had failed.",
    Verdict.ORPHANED: "The client gave up and left a run going that locks its thread.",
    Verdict.LEAKED: "The client left connections open.",
    Verdict.LATE: "The client ended, but long after it should have.",
    Verdict.DEGRADED_HONESTLY: "The user got less than the answer, and was told so.",
    Verdict.NOT_COMPARED: (
        "What was compared is right in spite of the fault; the rest was waived."
    ),
    Verdict.RECOVERED_BY_RESTART: (
        "The whole answer in the end, but shown text was taken back on the way."
    ),
    Verdict.RECOVERED: "The whole answer, once and in order, in spite of the fault.",
    Verdict.UNAFFECTED: "The whole answer, once and in order; nothing could be lost.",
    Verdict.INVALID: "Nothing proves that the fault had its effect: no verdict.",
    Verdict.INCONCLUSIVE: (
        "Too little is known for a verdict: of the client, or of the recording."
    ),
    Verdict.UNSUPPORTED: "The client cannot do this, or cannot tell what it did.",
}

GRADES: Final = {
    Grade.OK: "passed",
    Grade.NON_STRICT: "passed, but not as it should be: the scenario asks for more",
    Grade.FAILED: "failed",
    Grade.INVALID: "proves nothing: the fault had no effect that could be shown",
    Grade.INCONCLUSIVE: "proves nothing: too little is known",
    Grade.UNSUPPORTED: "the client cannot be asked",
}
"""What a grade says of the run."""

FAULT_CLASSES: Final[dict[FaultClass, str]] = {
    "recoverable": "the server still has the whole answer, so a client can get it",
    "ignorable": "a good client does not even notice",
    "unrecoverable": "the answer is lost, so a client can only say so",
}

PHASES: Final = {
    "P0": "connecting",
    "P1": "the request",
    "P2": "waiting for the response's head",
    "P3": "between the head and the first event",
    "P4": "before the run's id can be known",
    "P5": "between events",
    "P6": "inside an event, a character or a line end",
    "P7": "between the finished message and the end of the run",
    "P8": "between the end of the run and the end of the response",
    "P9": "the run asks for tools",
    "P10": "sending the tools' outputs",
    "P11": "the stream after the tools",
    "P12": "the recovery itself",
    "P13": "after a cancel",
    "P14": "the idle connection",
    "none": "nothing is struck",
}
"""The part of the traffic that a scenario strikes."""
