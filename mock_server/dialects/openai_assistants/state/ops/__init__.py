"""The operations of the API, grouped by the noun of their paths."""
