"""The API gateway of hosted Supabase: `/auth/v1` and `/rest/v1`, with API keys and tokens."""

import json
import re
from typing import Any

import psycopg
from aiohttp import ClientConnectionError, ClientResponseError, web
from multidict import CIMultiDict
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from bellwether.services.proxy import Proxy, bad_gateway, end_to_end, forwarded_headers
from bellwether.services.tokens import Claims, Tokens

KEYLESS = re.compile(r"/auth/v1/(callback|authorize|verify|health|settings|\.well-known/)")
HOOK = "public.custom_access_token_hook(jsonb)"


class Supabase:
    """The API gateway of a Supabase project, in front of Supabase Auth and PostgREST."""

    def __init__(self, proxy: Proxy, tokens: Tokens, database: AsyncConnectionPool, auth: str, rest: str) -> None:
        """`database` connects as `supabase_auth_admin`."""
        self.proxy = proxy
        self.tokens = tokens
        self.database = database
        self.auth_url = auth
        self.rest_url = rest

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Check the API key, then forward the request."""
        if request.path == "/auth/v1/.well-known/jwks.json":
            return web.json_response(self.tokens.key_set(), headers={"Cache-Control": "public, max-age=600"})
        key = request.headers.get("apikey") or request.query.get("apikey")
        if key not in (self.tokens.keys.publishable_key, self.tokens.keys.secret_key) and not KEYLESS.match(
            request.path
        ):
            return web.json_response(
                {"message": "Invalid API key" if key else "No API key found in request"}, status=401
            )
        if request.path.startswith("/rest/v1"):
            return await self.rest(request, key)
        return await self.auth(request, key)

    def is_secret(self, key: str | None) -> bool:
        """True if this is the secret key."""
        return key == self.tokens.keys.secret_key

    async def rest(self, request: web.Request, key: str | None) -> web.StreamResponse:
        """Forward to PostgREST as the user of the token, otherwise as the role of the API key."""
        headers = forwarded_headers(request)
        headers.popall("apikey", None)
        if bearer(request) in ("", key):
            headers.popall("Authorization", None)
            if self.is_secret(key):
                headers["Authorization"] = f"Bearer {self.tokens.service_token()}"
        path = request.raw_path.removeprefix("/rest/v1") or "/"
        return await self.proxy.forward(request, self.rest_url, path, headers, "PostgREST")

    async def auth(self, request: web.Request, key: str | None) -> web.StreamResponse:
        """Forward to Supabase Auth, with tokens translated in both directions."""
        headers = forwarded_headers(request)
        headers.popall("Accept-Encoding", None)  # the response is read here
        token = bearer(request)
        if token and token != key:
            claims = self.tokens.verify(token)
            if claims is None:
                return web.json_response({"code": 403, "error_code": "bad_jwt", "msg": "invalid JWT"}, status=403)
            headers["Authorization"] = f"Bearer {self.tokens.to_inner(claims)}"
        else:
            headers.popall("Authorization", None)
        try:
            async with self.proxy.session.request(
                request.method,
                self.auth_url + request.raw_path,
                headers=headers,
                data=await request.read() or None,
                allow_redirects=False,
            ) as response:
                return await self.translate(response.status, end_to_end(response.headers), await response.read())
        except ClientConnectionError:
            return bad_gateway("Supabase Auth")
        except ClientResponseError:
            return bad_gateway("Supabase Auth", "sent a response that cannot be read")

    async def translate(self, status: int, headers: CIMultiDict[str], body: bytes) -> web.Response:
        """Replace the token of a new session by one as issued by hosted Supabase."""
        headers.popall("Content-Length", None)
        session = session_in(body) if "json" in headers.get("Content-Type", "") else None
        if session:
            claims = self.tokens.to_hosted(session["access_token"], session["user"])
            try:
                session["access_token"] = self.tokens.sign(await self.customised(claims))
            except psycopg.Error as error:
                message = f"Error running hook: {error.diag.message_primary or error}"
                return web.json_response({"code": 500, "error_code": "unexpected_failure", "msg": message}, status=500)
            body = json.dumps(session).encode()
        return web.Response(status=status, headers=headers, body=body)

    async def customised(self, claims: Claims) -> Claims:
        """The claims after the project's access-token hook, if it has one."""
        event = {"user_id": claims["sub"], "claims": claims, "authentication_method": claims["amr"][0]["method"]}
        async with self.database.connection() as connection:
            found = await connection.execute("select to_regprocedure(%s) is not null", (HOOK,))
            if await found.fetchone() != (True,):
                return claims
            response = await connection.execute("select public.custom_access_token_hook(%s)", (Jsonb(event),))
            row = await response.fetchone()
        return row[0]["claims"] if row else claims


def bearer(request: web.Request) -> str:
    """The bearer token of the Authorization header, or an empty string."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def session_in(body: bytes) -> dict[str, Any] | None:
    """The new session in a response of Supabase Auth, if any."""
    try:
        response = json.loads(body)
    except ValueError:
        return None
    return response if isinstance(response, dict) and response.get("access_token") and response.get("user") else None
