"""What a request and an event are for, in words that fit every API."""

from typing import Literal, TypeAlias

Role: TypeAlias = Literal[
    "text", "reasoning", "tool_arguments", "tool_call", "terminal", "last", "other"
]
"""
text: a piece of the answer. reasoning: a piece of the model's thoughts. tool_call: it
names a tool that is to be called. tool_arguments: a piece of the arguments of a call.
terminal: it says how the answer ends. last: what stands behind that, the last event of
all. other: anything else.
"""

RequestRole: TypeAlias = Literal["say", "generate", "submit", "read", "cancel", "other"]
"""
say: it adds what the user says. generate: it asks for an answer. submit: it hands in
what tools have given, and asks to go on. read: it changes nothing. cancel: it ends an
answer. other: anything else.
"""
