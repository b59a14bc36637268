"""Counts the CloudFormation resources that template.yaml expands to: `make figures`.

CloudFormation takes at most 500 resources of a stack. Each function is counted with what a canary deployment adds:
a version, an alias and a deployment group, and for all of them an application and its role.
"""

import copy
import json
import logging
import os
import sys
from typing import Any

from bellwether.stack import template

MAX_RESOURCES = 450
"""Leaves room below the 500 of CloudFormation."""
CANARY = {"AutoPublishAlias": "live", "DeploymentPreference": {"Type": "Canary10Percent5Minutes"}}


def main() -> int:
    """Print the number of resources and the largest allowed; returns the exit code."""
    known = template.load()
    counted = len(expanded(known))
    functions = len(template.functions(known))
    print(f"{'CloudFormation resources, canary included':44}{counted:>8}{MAX_RESOURCES:>8}")
    print(f"({functions} functions; {room(known)} more with a route fit)")
    return int(counted > MAX_RESOURCES)


def expanded(known: template.Template) -> dict[str, Any]:
    """The resources of the template after SAM's transform, with a canary deployment of every function."""
    # Imported here: it takes a second.
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    # SAM replaces parts of the template; the copy has no part twice, as an alias of YAML would have.
    given = json.loads(json.dumps(known))
    given["Globals"]["Function"] |= copy.deepcopy(CANARY)
    for name in template.functions(known):
        given["Resources"][name]["Properties"]["CodeUri"] = "s3://bucket/key"
    logging.getLogger("samtranslator").setLevel(logging.ERROR)
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    return Translator({}, Parser()).translate(given, parameter_values={})["Resources"]


def room(known: template.Template) -> int:
    """How many more functions with a route fit."""
    more = copy.deepcopy(known)
    model = next(function for route, function in template.routes(known).items() if route.startswith("GET "))
    for suffix in ("", "Logs", "Permission"):
        more["Resources"][f"Another{suffix}"] = copy.deepcopy(known["Resources"][f"{model}{suffix}"])
    counted = len(expanded(known))
    return (MAX_RESOURCES - counted) // (len(expanded(more)) - counted)


if __name__ == "__main__":
    sys.exit(main())
