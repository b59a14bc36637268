"""The names and addresses that the AWS emulator gave to what template.yaml declares."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Deployment:
    """What a deployed stack is made of."""

    functions: dict[str, str]
    """Folder below functions/ -> name of the deployed function."""
    api: str
    """URL of the HTTP API in the emulator."""
    hooks: dict[str, str]
    """Folder -> URL of that function's function URL in the emulator."""
    queues: dict[str, str]
    """Logical id -> queue URL."""
