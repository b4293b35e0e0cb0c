"""Edge: Locust, as `midstream load` becomes it.

Locust puts the working directory first on its path. By then midstream is imported, so
that a file there cannot stand in for it.
"""

from typing import Any

from locust.main import main

_MAIN: Any = main  # Locust has no types here

if __name__ == "__main__":
    _MAIN()
