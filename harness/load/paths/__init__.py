"""How conversations reach a server, and what is done to them on the way."""
