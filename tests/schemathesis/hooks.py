"""Puts valid server-side values into generated requests: an analysis id of the caller, cursors and ETags.

Only requests that should be accepted are changed; requests that should be rejected stay as they are.
"""

import os
import re
from functools import cache
from uuid import UUID

import requests
import schemathesis
from schemathesis import Case
from schemathesis.generation import GenerationMode

BASE_URL = os.environ["BASE_URL"]
TIMEOUT = 30


@schemathesis.hook
def before_load_schema(context, raw_schema: dict) -> None:
    """What the contract says in words: an empty parameter counts as left out, and a list may be CSV, too."""
    operations = [operation for path in raw_schema["paths"].values() for operation in path.values()]
    inline = [parameter for operation in operations for parameter in operation.get("parameters", [])]
    for parameter in [*raw_schema["components"]["parameters"].values(), *inline]:
        if parameter.get("in") == "query":
            parameter["allowEmptyValue"] = True
    for operation in operations:
        for response in operation["responses"].values():
            response.get("content", {}).update(response.get("x-content", {}))


@schemathesis.hook
def before_call(context, case: Case, kwargs: dict) -> None:
    """Replace generated values by existing ones."""
    if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    supply_names(case.path_parameters or {})
    if case.query:
        case.query = with_one_selector(case.query)
    if case.query and "cursor" in case.query:
        supply_cursor(case)
    if case.headers and len(case.headers.get("If-None-Match", "")) % 2:
        supply_etag(case)


def supply_names(path: dict) -> None:
    """Use an existing analysis in every second request for one, and likewise an existing asset."""
    if "id" in path and UUID(path["id"]).int % 2:
        path["id"] = os.environ["ANALYSIS_ID"]
    if "file" in path and len(path["file"]) % 2:
        path["file"] = asset()


@cache
def asset() -> str:
    """The name of an asset that the reference page links."""
    page = requests.get(f"{BASE_URL}/docs", timeout=TIMEOUT).text
    return re.search(r'/docs/assets/([^"]+)"', page)[1]


def with_one_selector(query: dict) -> dict:
    """Combine no parameters that exclude each other.

    `from` and `to` replace `range`. `symbols` and `q` allow few other parameters: half of the requests use only those,
    half drop `symbols` or `q`.
    """
    if query.keys() & {"from", "to"}:
        query = {name: value for name, value in query.items() if name != "range"}
    selector = next((name for name in ("symbols", "q") if name in query), None)
    if selector is None:
        return query
    if len(query) % 2 == 0:
        return {name: value for name, value in query.items() if name != selector}
    if selector == "symbols":
        kept = {name: value for name, value in query.items() if name in ("fields", "format")}
        return {"symbols": "AAPL,IBM,NOPE"} | kept
    return {name: value for name, value in query.items() if name not in ("cursor", "sort")}


def supply_cursor(case: Case) -> None:
    """Use the cursor from the first page of the same query; none if that is the last page."""
    query = {name: value for name, value in case.query.items() if name != "cursor"}
    answer = fetch(case, query | {"format": "json"})
    following = answer.json()["next"] if answer.ok else None
    case.query = query | ({"cursor": following} if following else {})


def supply_etag(case: Case) -> None:
    """Send the current ETag of the resource, so that the response is a 304."""
    etag = fetch(case, case.query).headers.get("ETag")
    if etag:
        case.headers["If-None-Match"] = etag


def fetch(case: Case, query: dict | None) -> requests.Response:
    """Request the same resource without conditional headers."""
    headers = {name: value for name, value in (case.headers or {}).items() if name.lower() == "accept"}
    headers["Authorization"] = f"Bearer {os.environ['USER_TOKEN']}"
    return requests.get(BASE_URL + case.formatted_path, params=query, headers=headers, timeout=TIMEOUT)
