"""A page of another origin may call Supabase through the gateway, and read every response."""

import io
import unittest
from collections.abc import Mapping

import aiohttp
from aiohttp import web

from bellwether import keys
from bellwether.services.gateway import Gateway, serve
from bellwether.services.proxy import Proxy
from bellwether.services.supabase import Supabase
from bellwether.services.tokens import Tokens
from tests.services.test_proxy import free_port

ORIGIN = {"Origin": "https://app.example.test"}
PREFLIGHT = ORIGIN | {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "apikey,authorization,x-client-info,x-later",
}
PREFIX = "Access-Control-"


def cors(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.removeprefix(PREFIX): value for name, value in headers.items() if name.startswith(PREFIX)}


class CorsTest(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.keys = keys.generate()
        self.reached: list[str] = []
        proxy = Proxy()
        self.addAsyncCleanup(proxy.close)
        server = await self.listen(self.answer)
        gone = f"http://127.0.0.1:{free_port()}"
        tokens = Tokens(self.keys, "http://127.0.0.1/auth/v1")
        self.open = await self.listen(Gateway(proxy, Supabase(proxy, tokens, None, server, server), None).handle)
        self.down = await self.listen(Gateway(proxy, Supabase(proxy, tokens, None, gone, gone), None).handle)

    async def listen(self, handler) -> str:
        port = free_port()
        runner = await serve(handler, port)
        self.addAsyncCleanup(runner.cleanup)
        return f"http://127.0.0.1:{port}"

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.reached.append(request.method)
        headers = {"Access-Control-Allow-Credentials": "true"}
        if not request.path.startswith("/auth/v1"):
            headers["Access-Control-Expose-Headers"] = "Content-Range"
        if request.path == "/large":
            response = web.StreamResponse(headers=headers)
            await response.prepare(request)
            await response.write(b"x" * 100_000)
            return response
        return web.Response(status=404 if request.path == "/none" else 200, headers=headers)

    async def send(self, method: str, url: str, headers: dict[str, str], **sent) -> tuple[int, dict[str, str]]:
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, url, headers=headers, **sent) as response,
        ):
            return response.status, cors(response.headers)

    async def read(self, url: str, **headers: str) -> tuple[int, dict[str, str]]:
        return await self.send("GET", url, ORIGIN | headers)

    async def test_a_preflight_needs_no_key_and_allows_the_headers_it_names(self) -> None:
        allowed = {
            "Allow-Origin": "*",
            "Allow-Methods": "GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS,TRACE,CONNECT",
            "Allow-Headers": "apikey,authorization,x-client-info,x-later",
            "Max-Age": "3600",
        }
        for path in ("/rest/v1/stock_metrics?select=*", "/auth/v1/token?grant_type=password", "/auth/v1/health"):
            self.assertEqual(await self.send("OPTIONS", self.open + path, PREFLIGHT), (200, allowed), path)
            self.assertEqual(await self.send("OPTIONS", self.down + path, PREFLIGHT), (200, allowed), path)
        self.assertEqual(self.reached, [])

    async def test_other_options_requests_are_forwarded_with_their_key(self) -> None:
        url = f"{self.open}/rest/v1/stocks"
        self.assertEqual((await self.send("OPTIONS", url, ORIGIN))[0], 401)
        key = {"apikey": self.keys.publishable_key}
        self.assertEqual((await self.send("OPTIONS", url, ORIGIN | key))[0], 200)
        self.assertEqual(self.reached, ["OPTIONS"])

    async def test_responses_are_readable_with_the_headers_that_the_servers_expose(self) -> None:
        exposed = {"Allow-Origin": "*", "Expose-Headers": "Content-Range"}
        for path, status in (("/rest/v1/stocks", 200), ("/rest/v1/large", 200), ("/rest/v1/none", 404)):
            found = await self.read(self.open + path, apikey=self.keys.publishable_key)
            self.assertEqual(found, (status, exposed), path)

    async def test_responses_of_auth_expose_the_headers_of_auth(self) -> None:
        exposed = {"Allow-Origin": "*", "Expose-Headers": "X-Total-Count, Link, X-Supabase-Api-Version"}
        found = await self.read(f"{self.open}/auth/v1/user", apikey=self.keys.publishable_key)
        self.assertEqual(found, (200, exposed))

    async def test_errors_of_the_gateway_are_readable(self) -> None:
        key = self.keys.publishable_key
        for status, path, headers in (
            (401, "/rest/v1/stocks", {}),
            (401, "/auth/v1/user", {"apikey": "wrong"}),
            (403, "/auth/v1/user", {"apikey": key, "Authorization": "Bearer wrong"}),
            (502, "/rest/v1/stocks", {"apikey": key}),
            (502, "/auth/v1/user", {"apikey": key}),
        ):
            found, sent = await self.read(self.down + path, **headers)
            self.assertEqual((found, sent.get("Allow-Origin")), (status, "*"), path)

    async def test_a_body_that_is_too_large_is_a_readable_413(self) -> None:
        headers = ORIGIN | {"apikey": self.keys.publishable_key}
        url = f"{self.open}/auth/v1/signup"
        status, sent = await self.send("POST", url, headers, data=io.BytesIO(bytes(2 * 1024 * 1024)))
        self.assertEqual((status, sent.get("Allow-Origin")), (413, "*"))

    async def test_the_key_set_is_readable(self) -> None:
        status, sent = await self.read(f"{self.open}/auth/v1/.well-known/jwks.json")
        self.assertEqual((status, sent.get("Allow-Origin")), (200, "*"))

    async def test_other_paths_have_the_headers_of_the_api_only(self) -> None:
        self.assertEqual(await self.read(f"{self.open}/v1/stocks"), (502, {}))
