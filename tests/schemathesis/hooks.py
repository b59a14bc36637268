"""Gives generated requests what nobody can make up: an analysis of the caller, a cursor of the list asked for, an ETag.

Only requests that should be accepted are changed; one that is meant to be refused stays as it is.
"""

import os
from uuid import UUID

import requests
import schemathesis
from schemathesis import Case
from schemathesis.generation import GenerationMode

BASE_URL = os.environ["BASE_URL"]
TIMEOUT = 30


@schemathesis.hook
def before_call(context, case: Case, kwargs: dict) -> None:
    """Exchange a made-up batch or cursor for a real one, and every second made-up id and ETag."""
    if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    if "id" in (case.path_parameters or {}) and int(UUID(case.path_parameters["id"])) % 2:
        case.path_parameters["id"] = os.environ["ANALYSIS_ID"]
    if case.query and "symbols" in case.query:
        case.query["symbols"] = "AAPL,IBM,NOPE"
    if case.query and "cursor" in case.query:
        supply_cursor(case)
    if case.headers and len(case.headers.get("If-None-Match", "")) % 2:
        supply_etag(case)


def supply_cursor(case: Case) -> None:
    """The cursor behind the first page of the same list; none when that is the last page."""
    query = {name: value for name, value in case.query.items() if name != "cursor"}
    answer = fetch(case, query)
    following = answer.json()["next"] if answer.ok else None
    case.query = query | ({"cursor": following} if following else {})


def supply_etag(case: Case) -> None:
    """The ETag of what is asked for, so that the answer is a 304."""
    etag = fetch(case, case.query).headers.get("ETag")
    if etag:
        case.headers["If-None-Match"] = etag


def fetch(case: Case, query: dict | None) -> requests.Response:
    """The same resource, unconditionally."""
    headers = {name: value for name, value in (case.headers or {}).items() if name.lower() == "accept"}
    headers["Authorization"] = f"Bearer {os.environ['USER_TOKEN']}"
    return requests.get(BASE_URL + case.formatted_path, params=query, headers=headers, timeout=TIMEOUT)
