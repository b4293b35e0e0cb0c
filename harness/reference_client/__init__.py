"""The reference client: a streaming client done right, as a machine without I/O.

`machine` is its core. `decoder` turns bytes into events, `assembler` and `transcript`
turn events into the shown text, and `recovery` decides what to do when the network
fails. No file here touches the network or a clock: `driving` does. Nothing here knows
the server.
"""
