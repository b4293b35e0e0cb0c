"""The one door through which the harness reaches the server's registry class."""

from midstream.mock_server import Registry

__all__ = ["Registry"]
