"""Controls a load run: its rig, its outages, and its result."""
