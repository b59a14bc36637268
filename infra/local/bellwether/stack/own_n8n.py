"""The developer's own n8n, in place of the fake one: `make run N8N_BASE_URL=http://127.0.0.1:5678/webhook`."""

import base64
import os
import re
from typing import Any

from bellwether.console import StackError
from bellwether.stack import daemon, template

VARIABLE = "N8N_BASE_URL"


def base_url() -> str:
    """The URL of its webhooks, as the template accepts it; empty for the fake n8n."""
    given = os.environ.get(VARIABLE, "").rstrip("/")
    parameter = template.load()["Parameters"]["N8nBaseUrl"]
    if not re.fullmatch(parameter["AllowedPattern"], given):
        raise StackError(f"{VARIABLE} is not valid: {parameter['ConstraintDescription']}.")
    return given


def require_same() -> None:
    """Fail if the running stack calls another n8n: it is set at the start."""
    given = base_url()
    if given and daemon.running() and daemon.stack()["n8n_base_url"] != given:
        raise StackError("The running stack calls another n8n: stop it with `make stop`, then start it again.")


def instructions(stack: dict[str, Any]) -> str:
    """What to enter in n8n, whose Crypto node takes the secret as text."""
    key = base64.b64decode(stack["webhook_secret"].removeprefix("whsec_")).decode()
    return f"""
Workflows are called below {stack["n8n_base_url"]}. In n8n:

Key     {key}   paste it as the HMAC secret of a Crypto credential
API     {stack["base_url"]}   the address of the metrics, and of callbacks

The README's section n8n says how to build and activate the workflow stock-analysis, which the demo calls.
"""
