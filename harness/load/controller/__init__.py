"""One load run: its rig, its weather, and what comes of it."""
