"""The formula of each measured time, and the tools that use the same one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_FIRST = "first text shown - request for the run sent"
_PACE = "(last token - first token) / (tokens - 1), one value a turn"


@dataclass(frozen=True, slots=True)
class Formula:
    """A metric's *title*, its *formula*, and in *alike* the tools that use the same."""

    title: str
    formula: str
    alike: str


FORMULAS: Final[Mapping[str, Formula]] = {
    "ttft": Formula(
        "Time to first token",
        f"{_FIRST}, one value a turn",
        "TTFT of vLLM, AIPerf and GuideLLM",
    ),
    "ttft_intended": Formula(
        "Time to first token, from the intended start",
        "first text shown - moment at which the stream was meant to begin",
        "GuideLLM measures its request latency from the targeted start, too",
    ),
    "itl": Formula(
        "Inter-token latency",
        "every gap between two tokens of a turn, all streams pooled",
        "ITL of vLLM, inter-chunk latency (ICL) of AIPerf",
    ),
    "tpot": Formula(
        "Time per output token",
        _PACE,
        "TPOT of vLLM; GuideLLM and AIPerf call it ITL",
    ),
    "duration": Formula(
        "Stream duration",
        "client ended - stream began",
        "E2EL of vLLM, request latency of GuideLLM and AIPerf",
    ),
    "recovery": Formula(
        "Recovery time",
        "next new token - effect of the fault; if none came: never",
        "nobody's: the others stop at the error",
    ),
    "stall": Formula(
        "Longest stall",
        "longest gap after the first token, to the end included, one value a stream",
        "nobody's by name: the maximum of a stream's ICL",
    ),
    "late": Formula(
        "Lateness of starts",
        "stream began - moment at which it was meant to begin",
        "dispatch delay of GuideLLM, schedule lag of AIPerf",
    ),
}
