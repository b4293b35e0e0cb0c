"""The reference client: a streaming client done right, as a machine without I/O.

`machine` is its core, `decoder` makes events of bytes, `assembler` and `transcript`
make of events what is shown, `recovery` says what to do when the network fails. No
file here touches the network or a clock: `driving` does. Nothing here knows a server.
"""
