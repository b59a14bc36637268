"""The local stack of Bellwether: everything the project needs from a cloud, on this machine."""
