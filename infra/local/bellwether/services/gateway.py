"""The gateway of the stack: routes each request to Supabase, a function URL or the HTTP API."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from bellwether import paths
from bellwether.console import StackError
from bellwether.services import cors
from bellwether.services.deployment import Deployment
from bellwether.services.proxy import LARGEST_HEADER, Proxy, bad_gateway
from bellwether.services.supabase import Supabase

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
UPDATE = "/_stack/update"
LARGEST_AUTH_BODY = 1024 * 1024


class Gateway:
    """Routes requests by path prefix."""

    def __init__(self, proxy: Proxy, supabase: Supabase, update: Callable[[], Awaitable[None]]) -> None:
        """`deployment` is set once the API is deployed; `update` redeploys it."""
        self.proxy = proxy
        self.supabase = supabase
        self.update = update
        self.deployment: Deployment | None = None

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Route by path."""
        path = request.raw_path
        if path.startswith(cors.PATHS):
            return cors.preflight(request) if cors.is_preflight(request) else await self.supabase.handle(request)
        if self.deployment is None:
            return bad_gateway("The API")
        if path == UPDATE and self.supabase.is_secret(request.headers.get("apikey")):
            return await self.updated()
        if path.startswith("/hooks/"):
            return await self.hook(request, self.deployment)
        return await self.proxy.forward(request, self.deployment.api, path, name="The API")

    async def hook(self, request: web.Request, deployment: Deployment) -> web.StreamResponse:
        """Forward `/hooks/<function>` to the function URL of that function."""
        name, slash, rest = request.raw_path.removeprefix("/hooks/").partition("/")
        name, question_mark, query = name.partition("?")
        if name not in deployment.hooks:
            return web.json_response({"message": f"There is no hook {name}."}, status=404)
        path = f"/{rest}" if slash else f"/{question_mark}{query}"
        return await self.proxy.forward(request, deployment.hooks[name], path, name="The hook")

    async def updated(self) -> web.Response:
        """Update the stack to the current files, for the command line."""
        try:
            await self.update()
        except StackError as error:
            return web.json_response({"message": str(error)}, status=409)
        return web.json_response({"message": "The stack is up to date."})


async def serve(handler: Handler, port: int, largest_body: int = LARGEST_AUTH_BODY) -> web.AppRunner:
    """Serve one handler for all methods and paths; stop it with `cleanup`."""
    application = web.Application(client_max_size=largest_body)
    # A signal, because it also gets streamed responses and the errors of aiohttp, such as a 413.
    application.on_response_prepare.append(cors.allow_origin)
    # A path may contain an encoded line break, which a dot would not match.
    application.router.add_route("*", r"/{path:[\s\S]*}", handler)
    runner = web.AppRunner(
        application,
        auto_decompress=False,
        access_log=None,
        keepalive_timeout=75,
        max_line_size=LARGEST_HEADER,
        max_field_size=LARGEST_HEADER,
    )
    await runner.setup()
    await web.TCPSite(runner, paths.HOST, port).start()
    return runner
