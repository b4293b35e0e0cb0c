"""When to try again: after which statuses, and after how long.

Sources: RFC 9110, section 10.2.3 (Retry-After is a number of seconds or a date);
OpenAI's SDKs for ``retry-after-ms`` and ``openai-poll-after-ms``.
"""

import math
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from .limits import Limits, Random
from .values import Response
from .wire import error_in

# 408 and 409 ("lock timeout") pass; 429 and 5xx may pass. All other 4xx mean that our
# request is wrong, and repeating it would not help.
_TRANSIENT = frozenset({408, 409, 429})
# "You exceeded your current quota": waiting does not help.
_HOPELESS = frozenset({"insufficient_quota", "credit_balance_exhausted"})


def is_success(response: Response) -> bool:
    """Say whether the server carried out the request."""
    return HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES


def is_retryable(response: Response) -> bool:
    """Say whether the same request may succeed later.

    A success whose body cannot be read counts: a repetition or a read can tell.
    """
    if is_success(response) or response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return True
    error = error_in(response.body)
    is_hopeless = error is not None and bool({error.code, error.type} & _HOPELESS)
    return response.status in _TRANSIENT and not is_hopeless


def retry_after_s(response: Response) -> float | None:
    """Return how long the server asks to wait, in seconds; None if it does not."""
    headers = response.headers
    millis = _number(headers.get("retry-after-ms"))
    if millis is not None:
        return millis / 1000
    asked = headers.get("retry-after")
    seconds = _number(asked)
    if seconds is not None or asked is None:
        return seconds
    date_s = _epoch_s(asked)
    if date_s is None:
        return None
    # Compare with the server's own clock if it sends the time: ours may be wrong.
    here_s = _epoch_s(headers.get("date", ""))
    return max(0.0, date_s - (response.epoch_s if here_s is None else here_s))


def poll_after_s(response: Response, limits: Limits) -> float:
    """Return the time until the next poll of a run, in seconds."""
    millis = _number(response.headers.get("openai-poll-after-ms"))
    if millis is None:
        return limits.poll_s
    return min(max(millis / 1000, limits.poll_s / 10), limits.retry_after_cap_s)


def backoff_s(failures: int, limits: Limits, random: Random) -> float:
    """Return the wait after the *failures*-th failure: exponential with full jitter."""
    most_s = limits.backoff_base_s * 2.0 ** min(failures - 1, 30)
    return random.uniform(0.0, min(most_s, limits.backoff_max_s))


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _epoch_s(date: str) -> float | None:
    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
