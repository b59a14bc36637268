"""The local stack of Bellwether: what the project needs from a cloud, on one machine.

The rooms, each of which may import only those above it:

- this package: paths, keys, console output and child processes, used by all rooms
- `services`: one module for each part of the stack
- `stack`: installs, deploys, starts and supervises the parts
- `checks`: tests and checks of a running stack and of the contract
- `cli`: the commands

`scale` runs in a virtual environment of its own and imports this package only.
"""
