"""Assistants v2 as a pure state machine: objects, rules and the events of runs.

`mock_server.dialects.openai_assistants` is its front door. No I/O, no clock.
"""
