"""The reference client: a streaming client done right, and how it is done.

`machine.py` is the core, a state machine without I/O: `decoder.py` (bytes to events),
`assembler.py` and `transcript.py` (events to what is shown), `recovery.py` (what to
do when the network fails). `client.py` drives it with aiohttp. Import from those
modules; importing the package imports neither aiohttp nor asyncio.
"""
