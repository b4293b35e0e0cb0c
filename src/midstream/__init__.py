"""Proves that a streaming LLM client survives a broken network."""

from midstream.harness import __version__

__all__ = ["__version__"]
