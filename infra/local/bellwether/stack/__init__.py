"""Installs the dependencies, deploys the functions, and starts, supervises and stops the services."""
