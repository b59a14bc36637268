"""The function to write, as the command line names it."""

import re
from dataclasses import dataclass

from bellwether.console import StackError

METHODS = ("GET", "PUT", "POST", "PATCH", "DELETE")
METHODS_WITH_BODY = ("PUT", "POST", "PATCH")
ROLES = ("viewer", "analyst", "operator", "admin")
ACCESS = ("open", "any", *ROLES)
"""As `x-access` in the contract."""

PLACE = re.compile(r"(?P<context>[a-z]+)/(?P<name>[a-z]+(?:-[a-z][a-z0-9]*)+)")
ROUTE = re.compile(r"(?:/(?:[a-z0-9._-]+|\{[a-z][a-z0-9_]*\}))+")
PARAMETER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class NewFunction:
    """An HTTP function with one route."""

    context: str
    name: str
    method: str
    route: str
    access: str = "viewer"
    does: str = "todo"
    """A phrase for the README, e.g. `cancels one of your analyses`."""

    @property
    def place(self) -> str:
        """`analyses/cancel-analysis`."""
        return f"{self.context}/{self.name}"

    @property
    def module(self) -> str:
        """`cancel_analysis`."""
        return self.name.replace("-", "_")

    @property
    def logical_id(self) -> str:
        """`CancelAnalysis`."""
        return "".join(word.capitalize() for word in self.name.split("-"))

    @property
    def parameters(self) -> list[str]:
        """The names of the path's parameters."""
        return PARAMETER.findall(self.route)

    @property
    def pattern(self) -> str:
        """The route without the names of its parameters: two routes with one pattern are the same."""
        return pattern(self.route)

    @property
    def rate(self) -> str:
        """As `x-rate` in the contract."""
        return "read" if self.method == "GET" else "write"

    @property
    def has_body(self) -> bool:
        """True if the method has a request body."""
        return self.method in METHODS_WITH_BODY

    @property
    def reads_token(self) -> bool:
        """True if the access token of a caller is verified."""
        return self.access != "open"


def parse(place: str, method: str, route: str, access: str, does: str) -> NewFunction:
    """The function that the arguments describe; a StackError names the first invalid one."""
    found = PLACE.fullmatch(place)
    if not found:
        raise StackError(f"F={place} must be <context>/<verb>-<noun>, e.g. F=analyses/cancel-analysis.")
    if method not in METHODS:
        raise StackError(f"METHOD={method} must be one of {', '.join(METHODS)}.")
    names = PARAMETER.findall(route)
    if not ROUTE.fullmatch(route) or len(set(names)) < len(names):
        raise StackError(f"ROUTE={route} must be a path, e.g. ROUTE=/v1/analyses/{{id}}/cancel.")
    if access not in ACCESS:
        raise StackError(f"ACCESS={access} must be one of {', '.join(ACCESS)}.")
    phrase = does.strip().rstrip(".")
    if not phrase or not phrase.isprintable() or "|" in phrase:
        raise StackError("DOES must be one line without `|`, e.g. DOES='cancels one of your analyses'.")
    return NewFunction(found["context"], found["name"], method, route, access, phrase)


def pattern(route: str) -> str:
    """A route without the names of its parameters."""
    return PARAMETER.sub("{}", route)
