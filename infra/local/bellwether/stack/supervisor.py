"""The long-lived process of a stack: starts its services in order, keeps them running and stops them."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiohttp import web
from psycopg_pool import AsyncConnectionPool

from bellwether import paths
from bellwether.console import StackError
from bellwether.processes import forget_all
from bellwether.services import migrations, ministack, outbox, postgres, postgrest, supabase_auth
from bellwether.services.deployment import Deployment
from bellwether.services.fake_n8n import FakeN8n
from bellwether.services.gateway import Gateway, serve
from bellwether.services.proxy import Proxy
from bellwether.services.supabase import Supabase
from bellwether.services.tokens import Tokens
from bellwether.stack import install
from bellwether.stack.deploy import Cloud
from bellwether.stack.part import Part
from bellwether.stack.settings import Settings

Report = Callable[[str, float], None]
"""Called with each finished step and its duration in seconds."""
Say = Callable[[str], None]
"""Called with each line for the user after the start."""
READY = "ready"
CHECK_EVERY = 1.0


class Supervisor:
    """All services of one stack."""

    def __init__(self, settings: Settings, report: Report, say: Say) -> None:
        """A stack that has not been started."""
        self.settings = settings
        self.ports = settings.ports
        self.report = report
        self.say = say
        self.parts: list[Part] = []
        self.runners: list[web.AppRunner] = []
        self.cloud = Cloud(paths.url(self.ports.ministack), install.debug_binaries())

    async def run(self) -> None:
        """Start, report that the stack is ready, and keep it running until a signal arrives."""
        stopped = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
        paths.STACK_FILE.unlink(missing_ok=True)
        await self.open()
        try:
            await first(self.start(), stopped.wait())
            if not stopped.is_set():
                self.report(READY, 0.0)
                await first(stopped.wait(), self.keep())
        finally:
            await self.stop()

    async def open(self) -> None:
        """Create the services that run in this process: the gateway and the fake n8n."""
        self.proxy = Proxy()
        self.auth_database = AsyncConnectionPool(
            self.settings.database.url("supabase_auth_admin"),
            open=False,
            # Connections from before a crash of Postgres are replaced.
            check=AsyncConnectionPool.check_connection,
            min_size=1,
            max_size=4,
            kwargs={"autocommit": True},
        )
        tokens = Tokens(self.settings.keys, f"{self.settings.base_url}/auth/v1")
        servers = paths.url(self.ports.auth), paths.url(self.ports.postgrest)
        self.gateway = Gateway(self.proxy, Supabase(self.proxy, tokens, self.auth_database, *servers), self.update)
        self.fake_n8n = FakeN8n(self.settings.base_url, self.settings.keys.webhook_secret, self.proxy.session)

    async def start(self) -> None:
        """Start the gateway first, because Supabase and AWS call it; then both of them in parallel."""
        self.runners.append(await serve(self.gateway.handle, self.ports.gateway))
        self.runners.append(await self.fake_n8n.serve(self.ports.fake_n8n))
        async with asyncio.TaskGroup() as group:
            group.create_task(self.start_supabase())
            deployed = group.create_task(self.start_aws())
        self.announce(deployed.result())

    async def start_supabase(self) -> None:
        """Start Postgres, apply the migrations, then start PostgREST and Supabase Auth."""
        database = self.settings.database
        async with self.step("Postgres"):
            await postgres.initialise(self.settings.keys)
            await self.launch(Part(postgres.child(self.ports.postgres), lambda: postgres.accepts(database)))
        async with self.step("migrations"):
            await migrations.bootstrap(database)
            await migrations.bring_up_to_date(database)
        async with self.step("PostgREST and Supabase Auth"), asyncio.TaskGroup() as group:
            rest = postgrest.child(self.ports, database, self.settings.keys)
            auth = supabase_auth.child(self.ports, database, self.settings.keys)
            group.create_task(self.launch(Part(rest, lambda: postgrest.is_ready(self.ports))))
            group.create_task(self.launch(Part(auth, lambda: supabase_auth.is_ready(self.ports))))
            group.create_task(self.auth_database.open(wait=True))

    async def start_aws(self) -> Deployment:
        """Start the emulator, then deploy the functions."""
        async with self.step("AWS emulator"):
            emulator = ministack.child(self.ports)
            await self.launch(Part(emulator, lambda: ministack.is_ready(self.ports), self.redeploy))
        async with self.step("functions deployed"):
            deployed = await self.deploy()
        await outbox.send_again(self.settings.database)
        return deployed

    async def deploy(self) -> Deployment:
        """Deploy the template and the functions."""
        return await asyncio.to_thread(self.cloud.deploy, self.settings.for_functions())

    async def redeploy(self) -> None:
        """Deploy to an emulator that was started again, with the messages that its queues lost."""
        self.announce(await self.deploy())
        await outbox.send_again(self.settings.database)

    async def update(self) -> None:
        """Update the running stack to the current files: new migrations, changed functions."""
        await migrations.bring_up_to_date(self.settings.database)
        self.announce(await self.deploy())

    def announce(self, deployed: Deployment) -> None:
        """Publish the deployment to the gateway and the stack file."""
        self.gateway.deployment = deployed
        self.settings.publish(deployed, self.logs())

    def logs(self) -> dict[str, str]:
        """The log file of each part, relative to the project. The gateway and the fake n8n run in this process."""
        files = {part.child.name: part.child.log for part in self.parts}
        files["the gateway and fake n8n"] = paths.SUPERVISOR_LOG
        return {name: str(file.relative_to(paths.ROOT)) for name, file in files.items()}

    async def launch(self, part: Part) -> None:
        """Start a part; `stop` stops it."""
        self.parts.append(part)
        await part.start()

    @asynccontextmanager
    async def step(self, name: str) -> AsyncIterator[None]:
        """Report the duration of a step."""
        started = time.monotonic()
        yield
        self.report(name, time.monotonic() - started)

    async def keep(self) -> None:
        """Start every part again that exits; fail when one exits too often or the run folder is gone."""
        await first(*(part.keep(self.say) for part in self.parts), self.watch_folder())

    async def watch_folder(self) -> None:
        """Fail when the run folder is removed: no command finds the stack then."""
        while paths.SUPERVISOR_LOCK.exists():
            await asyncio.sleep(CHECK_EVERY)
        raise StackError(f"{paths.RUN.relative_to(paths.ROOT)} was removed, so the stack was stopped.")

    async def stop(self) -> None:
        """Stop all services; Postgres last, because the others use it."""
        paths.STACK_FILE.unlink(missing_ok=True)
        for runner in self.runners:
            with suppress(TimeoutError):
                await asyncio.wait_for(runner.cleanup(), 2)
        children = [part.child for part in self.parts]
        await asyncio.gather(*(child.stop() for child in children if child.name != postgres.NAME))
        await self.auth_database.close()
        await self.proxy.close()
        await asyncio.gather(*(child.stop() for child in children if child.name == postgres.NAME))
        forget_all()


async def first(*coroutines: Coroutine[Any, Any, Any]) -> None:
    """Wait for the first of them to end, raise its error, and cancel the others."""
    tasks = [asyncio.ensure_future(coroutine) for coroutine in coroutines]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
