"""What each verdict means to the user of the client, in one sentence."""

from typing import Final

from midstream.harness.oracle.verdict import Verdict

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
    Verdict.HUNG: "The client never came to an end.",
    Verdict.CRASHED: "An exception escaped that the client does not document.",
    Verdict.RETRY_STORM: "The client asked more often than it says that it would.",
    Verdict.BACKOFF_VIOLATION: (
        "The client asked again too early, or blindly: without a look whether the "
        "request before had its effect."
    ),
    Verdict.FALSE_FAILURE: "The answer was there, and the user was told it had failed.",
    Verdict.ORPHANED: "The client gave up and left a run going that locks its thread.",
    Verdict.LEAKED: "The client left connections open behind it.",
    Verdict.LATE: "The client ended, but long after it should have.",
    Verdict.DEGRADED_HONESTLY: "The user got less than the answer, and was told so.",
    Verdict.RECOVERED_BY_RESTART: (
        "Whole in the end, but text that had been shown was taken back."
    ),
    Verdict.RECOVERED: "Whole, once and in order, in spite of the fault.",
    Verdict.UNAFFECTED: "Whole, once and in order; nothing could be lost.",
    Verdict.INVALID: "The fault was not proven to have had its effect: no verdict.",
    Verdict.INCONCLUSIVE: "The client told too little for a verdict.",
    Verdict.UNSUPPORTED: "The client cannot be asked, or cannot tell.",
}
