"""The local stack of Bellwether: the cloud services that the project needs, on one machine.

The subpackages ("rooms"), lowest first; each may import only lower ones:

- this package: paths, keys, console output and child processes, used by all subpackages
- `services`: one module for each part of the stack
- `stack`: installs, deploys, starts and supervises the parts
- `checks`: tests and checks of a running stack and of the contract
- `cli`: the commands

`scale` runs in its own virtual environment and imports this package only.
"""
