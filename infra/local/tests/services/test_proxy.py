"""The gateway forwards what servers behind it send, and says so when it cannot."""

import socket
import unittest

import aiohttp
from aiohttp import web

from bellwether.services.gateway import serve
from bellwether.services.proxy import Proxy

LONG = "x" * 9000


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class ProxyTest(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.proxy = Proxy()
        self.addAsyncCleanup(self.proxy.close)
        self.upstream = await self.listen(self.answer)
        self.gateway = await self.listen(self.forward)

    async def listen(self, handler) -> str:
        port = free_port()
        runner = await serve(handler, port)
        self.addAsyncCleanup(runner.cleanup)
        return f"http://127.0.0.1:{port}"

    async def answer(self, request: web.Request) -> web.Response:
        return web.Response(text="found", headers={"X-Long": "x" * int(request.query["length"])})

    async def forward(self, request: web.Request) -> web.StreamResponse:
        return await self.proxy.forward(request, self.upstream, request.raw_path, name="The part")

    async def read(self, length: int, headers: dict[str, str]) -> tuple[int, str, int]:
        async with (
            aiohttp.ClientSession(max_field_size=1024 * 1024) as session,
            session.get(f"{self.gateway}/?length={length}", headers=headers) as response,
        ):
            return response.status, await response.text(), len(response.headers.get("X-Long", ""))

    async def test_headers_over_8_kb_pass_in_both_directions(self) -> None:
        self.assertEqual(await self.read(9000, {"Authorization": LONG}), (200, "found", 9000))

    async def test_a_header_over_64_kb_is_a_502_that_names_the_part(self) -> None:
        message = '{"message": "The part sent a response that cannot be read."}'
        self.assertEqual(await self.read(70_000, {}), (502, message, 0))
