"""Declared dialects: a TOML file says where a recording's text is, and how it ends.

So any streaming API has truth and positions, also a user's own, without code.
"""
