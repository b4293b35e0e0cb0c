"""The reference client: a streaming client that handles every network fault correctly.

Its core does no I/O. `machine.py` runs a conversation as a state machine; `decoder.py`
turns bytes into events, `assembler.py` and `transcript.py` turn events into the shown
text, and `recovery.py` decides what to do when the network fails. `driving/client.py`
drives the core with aiohttp. Import from these modules; importing the package imports
neither aiohttp nor asyncio.
"""
