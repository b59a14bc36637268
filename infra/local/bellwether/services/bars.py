"""Daily price bars as CSV for the csv provider: the files in data/bars, or replacements made by tests."""

from aiohttp import web

from bellwether import paths

FOLDER = paths.STACK / "data" / "bars"
ROUTE = "/bars/{symbol:[A-Za-z0-9.-]+}.csv"


class Bars:
    """One CSV file per symbol."""

    def __init__(self) -> None:
        """Start with the files in data/bars."""
        self.replaced: dict[str, bytes] = {}

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """GET reads a file; PUT replaces it until DELETE or the next start."""
        router.add_get(ROUTE, self.get)
        router.add_put(ROUTE, self.put)
        router.add_delete(ROUTE, self.delete)

    async def get(self, request: web.Request) -> web.StreamResponse:
        """The bars of one symbol."""
        symbol = request.match_info["symbol"]
        if symbol in self.replaced:
            return web.Response(body=self.replaced[symbol], content_type="text/csv")
        file = FOLDER / f"{symbol}.csv"
        if not file.is_file():
            return web.json_response({"message": f"There are no bars of {symbol}."}, status=404)
        return web.Response(body=file.read_bytes(), content_type="text/csv")

    async def put(self, request: web.Request) -> web.Response:
        """Replace the file of a symbol."""
        self.replaced[request.match_info["symbol"]] = await request.read()
        return web.Response(status=204)

    async def delete(self, request: web.Request) -> web.Response:
        """Restore the original file."""
        self.replaced.pop(request.match_info["symbol"], None)
        return web.Response(status=204)
