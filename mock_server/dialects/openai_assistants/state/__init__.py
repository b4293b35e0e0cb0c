"""Assistants v2 as a pure state machine: objects, rules and the events of runs.

Requests come in by `mock_server.dialects.openai_assistants`. No I/O, no clock.
"""
