"""The names and URLs that the AWS emulator assigned to the resources of template.yaml."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Deployment:
    """The resources of a deployed stack."""

    functions: dict[str, str]
    """Folder below functions/ -> name of the deployed function."""
    api: str
    """URL of the HTTP API in the emulator."""
    hooks: dict[str, str]
    """Folder -> function URL in the emulator."""
    queues: dict[str, str]
    """Logical id -> queue URL."""
