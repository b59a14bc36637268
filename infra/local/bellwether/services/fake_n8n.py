"""A fake n8n that behaves like the real one, in 20 MB instead of 3 GB; also serves the price bars as CSV.

`POST /webhook/<path>` is a workflow: it verifies the signature, responds with 202 and an execution
id, runs, and sends signed callbacks. As with n8n, a repeated request starts a second execution.
Paths below `fault/` reproduce observed faults of n8n.
"""

import asyncio
import itertools
import json
import uuid
from typing import Any

import aiohttp
from aiohttp import web

from bellwether import paths
from bellwether.services import webhooks
from bellwether.services.analyst import analyse
from bellwether.services.bars import Bars

RETRY_AFTER = (0.5, 1.0, 2.0, 4.0)
Message = dict[str, Any]


class FakeN8n:
    """One n8n instance with its workflows, and the files of the csv provider."""

    def __init__(self, api: str, secret: str, session: aiohttp.ClientSession) -> None:
        """Reads metrics from `api`, signs with `secret`."""
        self.api = api
        self.secret = secret
        self.session = session
        self.executions = itertools.count(1)
        self.running: set[asyncio.Task[None]] = set()

    async def serve(self, port: int) -> web.AppRunner:
        """Listen on a port."""
        application = web.Application(client_max_size=64 * 1024 * 1024)
        application.router.add_post("/webhook/{path:.+}", self.trigger)
        Bars().add_routes(application.router)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, paths.HOST, port).start()
        return runner

    async def trigger(self, request: web.Request) -> web.Response:
        """Start an execution, or reproduce the fault named by the path."""
        path, body = request.match_info["path"], await request.read()
        if not webhooks.is_genuine(self.secret, request.headers, body):
            return web.json_response({"message": "The signature is not valid."}, status=401)
        match path:
            case "fault/404":
                message = f'The requested webhook "POST {path}" is not registered.'
                return web.json_response({"code": 404, "message": message}, status=404)
            case "fault/500":
                return web.json_response({"message": "Error in workflow"}, status=500)
            case "fault/empty-200":
                return web.Response()
        number = next(self.executions)
        execution = str(number)
        work = self.execute(path, execution, json.loads(body))
        if path == "fault/callback-before-202":
            await work
        else:
            task = asyncio.create_task(work)
            self.running.add(task)
            task.add_done_callback(self.running.discard)
        match path:
            case "fault/immediate":
                return web.json_response({"message": "Workflow was started"})
            case "fault/numeric-id":
                return web.json_response([{"executionId": number}], status=202)
        return web.json_response({"executionId": execution}, status=202)

    async def execute(self, path: str, execution: str, message: Message) -> None:
        """Run the workflow."""
        about = {"analysis_id": message["analysis_id"], "execution_id": execution}
        url = message["callback_url"]
        if path == "fault/silent":
            return
        if path == "fault/invalid-result":
            result = {"type": "analysis.succeeded", **about, "result": {"verdict": "unsure"}}
            status = await self.deliver(url, f"msg_{uuid.uuid4().hex}", json.dumps(result).encode())
            error = {"code": "result_refused", "message": f"The result was refused with {status}."}
            await self.report(url, {"type": "analysis.failed", **about, "error": error})
            return
        if path == "fault/failed":
            error = {"code": "workflow_failed", "message": "The workflow failed on request."}
            await self.report(url, {"type": "analysis.failed", **about, "error": error})
            return
        await self.report(url, {"type": "analysis.progress", **about, "progress": 50})
        finished = await self.finished(message["symbol"], about)
        await self.report(url, finished)

    async def finished(self, symbol: str, about: Message) -> Message:
        """The final message: the result, or the error."""
        async with self.session.get(
            f"{self.api}/v1/stocks/{symbol}/metrics", headers={"Accept": "application/json"}
        ) as response:
            text = await response.text()
        if response.status != 200:
            error = {
                "code": "metrics_unavailable",
                "message": f"The API returned {response.status} for the metrics of {symbol}.",
            }
            return {"type": "analysis.failed", **about, "error": error}
        return {"type": "analysis.succeeded", **about, "result": analyse(symbol, json.loads(text))}

    async def report(self, url: str, message: Message) -> None:
        """Deliver one message, with retries under the same id."""
        message_id, body = f"msg_{uuid.uuid4().hex}", json.dumps(message).encode()
        for pause in (*RETRY_AFTER, None):
            if await self.deliver(url, message_id, body) == 200 or pause is None:
                break
            await asyncio.sleep(pause)

    async def deliver(self, url: str, message_id: str, body: bytes) -> int:
        """Make one attempt; returns the status of the response, 0 without one."""
        headers = {"Content-Type": "application/json", **webhooks.headers(self.secret, message_id, body)}
        try:
            async with self.session.post(url, data=body, headers=headers) as response:
                await response.read()
                return response.status
        except aiohttp.ClientError:
            return 0
