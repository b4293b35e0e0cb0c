"""The catalogue: one TOML file a scenario. A leaf: it knows nothing of the rest."""
