"""Reads the fields of a request body; refuses a wrong one in the API's own words.

Recorded: "Invalid type for 'metadata.modified': expected a string, but got a boolean
instead."; the texts of the other refusals follow the same pattern (MEM).
"""

from typing import Any

import msgspec

from .refusal import RefusedError
from .wire import Obj

METADATA_PAIRS, METADATA_KEY_CHARS, METADATA_VALUE_CHARS = 16, 64, 512
_KINDS = {
    bool: "a boolean",
    int: "an integer",
    float: "a decimal",
    str: "a string",
    list: "an array",
    dict: "an object",
    type(None): "null",
}


def body(data: bytes) -> Obj:
    """Return the JSON object in *data*, an empty object if *data* is empty.

    Raises:
        RefusedError: *data* is not a JSON object.
    """
    if not data.strip():
        return {}
    try:
        found = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise RefusedError("We could not parse the JSON body of your request.")
    return found


def need(found: Obj, name: str, kind: type, where: str = "") -> Any:  # noqa: ANN401 (JSON)
    """Return the field *name*, which must be there and be of *kind*.

    Raises:
        RefusedError: It is missing or not of *kind*.
    """
    if found.get(name) is None:
        param = f"{where}{name}"
        raise RefusedError(
            f"Missing required parameter: '{param}'.",
            code="missing_required_parameter",
            param=param,
        )
    return check(found[name], kind, f"{where}{name}")


def get(found: Obj, name: str, kind: type, default: Any = None) -> Any:  # noqa: ANN401 (JSON)
    """Return the field *name*, or *default* where it is absent or null.

    Raises:
        RefusedError: It is not of *kind*.
    """
    value = found.get(name)
    return default if value is None else check(value, kind, name)


def check(value: Any, kind: type, param: str) -> Any:  # noqa: ANN401 (JSON)
    """Return *value* if it is of *kind*; an integer counts as a decimal.

    Raises:
        RefusedError: It is not of *kind*.
    """
    kinds = (int, float) if kind is float else (kind,)
    if isinstance(value, kinds) and (kind is bool or not isinstance(value, bool)):
        return value
    raise RefusedError(
        f"Invalid type for '{param}': expected {_KINDS[kind]}, but got "
        f"{_KINDS[type(value)]} instead.",
        code="invalid_type",
        param=param,
    )


def one_of(value: str, allowed: tuple[str, ...], param: str) -> str:
    """Return *value* if it is one of *allowed*.

    Raises:
        RefusedError: It is not one of *allowed*.
    """
    if value in allowed:
        return value
    known = " and ".join(f"'{word}'" for word in allowed)
    raise RefusedError(
        f"Invalid value: '{value}'. Supported values are: {known}.",
        code="invalid_value",
        param=param,
    )


def metadata(found: Obj) -> dict[str, str]:
    """Return the field ``metadata``, empty if absent, within the limits.

    Specification: at most 16 pairs, keys of 64 and values of 512 characters.

    Raises:
        RefusedError: It is not an object of strings, or exceeds a limit.
    """
    pairs: dict[str, str] = get(found, "metadata", dict, {})
    if len(pairs) > METADATA_PAIRS:
        raise RefusedError(
            "Invalid 'metadata': too many properties. Expected an object with at most "
            f"{METADATA_PAIRS} properties, but got an object with {len(pairs)} "
            "properties instead.",
            code="object_above_max_properties",
            param="metadata",
        )
    for key, value in pairs.items():
        check(value, str, f"metadata.{key}")
        limit(key, METADATA_KEY_CHARS, "metadata")
        limit(value, METADATA_VALUE_CHARS, f"metadata.{key}")
    return pairs


def limit(text: str, chars: int, param: str) -> str:
    """Return *text* if it has at most *chars* characters.

    Raises:
        RefusedError: It is longer.
    """
    if len(text) <= chars:
        return text
    raise RefusedError(
        f"Invalid '{param}': string too long. Expected a string with maximum length "
        f"{chars}, but got a string with length {len(text)} instead.",
        code="string_above_max_length",
        param=param,
    )
