"""Installs what the stack needs, deploys the functions, and starts, supervises and stops the parts."""
