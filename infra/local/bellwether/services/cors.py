"""CORS as on hosted Supabase: any origin may call `/auth/v1` and `/rest/v1` and read every response.

Its API gateway responds to preflights itself, before it checks the API key, and allows the headers that
a preflight names. It accepts no cookies. The services behind it say which response headers are exposed.
"""

from aiohttp import web

PATHS = ("/auth/v1", "/rest/v1")
METHODS = "GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS,TRACE,CONNECT"
MAX_AGE = "3600"
# @supabase/lite exposes none. PostgREST sends its own.
EXPOSED_BY_AUTH = "X-Total-Count, Link, X-Supabase-Api-Version"
ASKED_METHOD, ASKED_HEADERS = "Access-Control-Request-Method", "Access-Control-Request-Headers"


def is_preflight(request: web.Request) -> bool:
    """True if a browser asks what another origin may send."""
    return request.method == "OPTIONS" and "Origin" in request.headers and ASKED_METHOD in request.headers


def preflight(request: web.Request) -> web.Response:
    """The response to a preflight; `allow_origin` adds the origin."""
    headers = {"Access-Control-Allow-Methods": METHODS, "Access-Control-Max-Age": MAX_AGE}
    if ASKED_HEADERS in request.headers:
        headers["Access-Control-Allow-Headers"] = request.headers[ASKED_HEADERS]
    return web.Response(headers=headers)


async def allow_origin(request: web.Request, response: web.StreamResponse) -> None:
    """Make a response readable for any origin, before its headers are sent."""
    if not request.raw_path.startswith(PATHS):
        return
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers.popall("Access-Control-Allow-Credentials", None)
    if request.raw_path.startswith("/auth/v1") and not is_preflight(request):
        response.headers.setdefault("Access-Control-Expose-Headers", EXPOSED_BY_AUTH)
