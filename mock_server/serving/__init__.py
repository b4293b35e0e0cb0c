"""Bytes and time: connections, the clock that publishes events, sessions, the server.

What is said, and what state that makes, is decided in `dialects` and not here.
"""
