"""Forwards HTTP requests unchanged, streaming in both directions."""

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

HOP_BY_HOP = {
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
SMALL = 64 * 1024
LARGEST_HEADER = 64 * 1024
ADDED_BY_CLIENT = {"User-Agent", "Accept", "Accept-Encoding", "Content-Type"}


class Proxy:
    """One pool of keep-alive connections to the servers behind the gateway."""

    def __init__(self) -> None:
        """Open the pool; its idle timeout is shorter than that of any server."""
        self.session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=4),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=5),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=ADDED_BY_CLIENT,
            max_line_size=LARGEST_HEADER,
            max_field_size=LARGEST_HEADER,
        )

    async def close(self) -> None:
        """Close every connection."""
        await self.session.close()

    async def forward(
        self,
        request: web.Request,
        base: str,
        path: str,
        headers: CIMultiDict[str] | None = None,
        name: str = "The server",
    ) -> web.StreamResponse:
        """Forward the request to `base` + `path` and return the response."""
        target = URL(base + path, encoded=True)
        headers = forwarded_headers(request) if headers is None else headers
        try:
            async with self.session.request(
                request.method, target, headers=headers, data=body_of(request), allow_redirects=False
            ) as upstream:
                return await relay(request, upstream)
        except aiohttp.ClientConnectionError:
            return bad_gateway(name)
        except aiohttp.ClientResponseError:
            return bad_gateway(name, "sent a response that cannot be read")


def bad_gateway(name: str, fault: str = "does not respond") -> web.Response:
    """The 502 for a server that does not respond, or not with HTTP."""
    return web.json_response({"message": f"{name} {fault}."}, status=502)


def body_of(request: web.Request) -> aiohttp.StreamReader | None:
    """The body of the request as a stream, if there is one."""
    return request.content if request.body_exists else None


def forwarded_headers(request: web.Request) -> CIMultiDict[str]:
    """The end-to-end headers of the request, with forwarding headers added."""
    headers = end_to_end(request.headers)
    headers.popall("Host", None)
    headers["X-Forwarded-Host"] = request.host
    headers["X-Forwarded-Proto"] = "http"
    headers.add("X-Forwarded-For", request.remote or "127.0.0.1")
    return headers


def end_to_end(headers: "aiohttp.typedefs.LooseHeaders | CIMultiDict[str]") -> CIMultiDict[str]:
    """The headers without hop-by-hop headers."""
    kept = CIMultiDict(headers)
    named = {name.strip().lower() for value in kept.getall("Connection", []) for name in value.split(",")}
    for name in HOP_BY_HOP | named:
        kept.popall(name, None)
    return kept


async def relay(request: web.Request, upstream: aiohttp.ClientResponse) -> web.StreamResponse:
    """Forward a response: small bodies at once, large ones as a stream."""
    headers = end_to_end(upstream.headers)
    length = upstream.headers.get("Content-Length")
    if request.method == "HEAD" or upstream.status in (204, 304) or (length is not None and int(length) <= SMALL):
        return web.Response(
            status=upstream.status, reason=upstream.reason, headers=headers, body=await upstream.read() or None
        )
    response = web.StreamResponse(status=upstream.status, reason=upstream.reason, headers=headers)
    await response.prepare(request)
    async for piece in upstream.content.iter_any():
        await response.write(piece)
    await response.write_eof()
    return response
