"""Writes all shipped cassettes again from their sources."""

import sys

from .build import build_all

for path in build_all():
    sys.stdout.write(f"{path}\n")
