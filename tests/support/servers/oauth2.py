"""A provider of tokens on loopback, which speaks as Microsoft's and Google's do to programs."""

from __future__ import annotations

import base64
import itertools
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.support.servers.certificates import Certificates
from tests.support.servers.common import HOST
from tests.support.servers.tokens import TokenGuard

TENANT = "contoso.example"
CLIENT = "11111111-2222-3333-4444-555555555555"
CLIENT_SECRET = "GOCSPX-Tr0ub4dor"


class OAuth2Server:
    """
    A provider with TLS; a context manager.

    Attributes:
        pending: How often a device is told to wait before it gets an answer.
        device_error: What a device is told instead of a token, such as "authorization_declined".
        refresh_error: What a refresh token is answered with, such as "invalid_grant".
        account: Who logs in.
        scopes: The scopes of each access token, in their order.
        refreshes: How often a token was asked for with a refresh token.
    """

    def __init__(self, certificates: Certificates, tokens: TokenGuard) -> None:
        self.tokens = tokens
        self.pending = 0
        self.device_error = ""
        self.refresh_error = ""
        self.account = tokens.user
        self.scopes: list[str] = []
        self.refreshes = 0
        self.refresh_tokens: list[str] = []
        self._numbers = itertools.count(1)
        owner = self

        class Handler(_Handler):
            provider = owner

        self._server = ThreadingHTTPServer((HOST, 0), Handler)
        self._server.daemon_threads = True
        context = certificates.server_context()
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.address = f"https://{HOST}:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        """Listen."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=120)

    def grant(self, scope: str) -> dict[str, Any]:
        """Return a fresh access token and the next refresh token, which is as long as real ones."""
        self.scopes.append(scope)
        refresh = f"0.Tr0ub4dor-refresh{next(self._numbers)}" + "A" * 1800 + "-end"
        self.refresh_tokens.append(refresh)
        claims = {"preferred_username": self.account, "sub": "1", "aud": CLIENT, "iss": "x"}
        body = base64.urlsafe_b64encode(json.dumps({**claims, "exp": 9e9, "iat": 0}).encode())
        return {
            "access_token": self.tokens.issue(),
            "refresh_token": refresh,
            "expires_in": 3600,
            "token_type": "Bearer",
            "scope": scope,
            "id_token": f"e30.{body.decode().rstrip('=')}.x",
        }

    def answer_token(self, form: dict[str, str]) -> dict[str, Any]:
        """Return the answer to a request for a token."""
        kind = form["grant_type"]
        if kind.endswith("device_code"):
            return self._answer_device(form)
        if kind == "refresh_token":
            self.refreshes += 1
            if self.refresh_error or form["refresh_token"] not in self.refresh_tokens:
                words = "AADSTS700082: The refresh token has expired.\nTrace: 1"
                return {"error": self.refresh_error or "invalid_grant", "error_description": words}
            return self.grant(form.get("scope", ""))
        if form.get("client_secret") != CLIENT_SECRET:
            return {"error": "invalid_client"}
        return self.grant("https://mail.google.com/")

    def _answer_device(self, form: dict[str, str]) -> dict[str, Any]:
        if self.pending:
            self.pending -= 1
            return {"error": "authorization_pending"}
        if self.device_error:
            return {"error": self.device_error, "error_description": "AADSTS70016: Declined."}
        return self.grant(form.get("scope", ""))


class _Handler(BaseHTTPRequestHandler):
    provider: OAuth2Server

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer what a client asks first, and the browser."""
        url = urlsplit(self.path)
        if url.path == f"/{TENANT}/v2.0/.well-known/openid-configuration":
            base = f"{self.provider.address}/{TENANT}/oauth2/v2.0"
            self._answer(
                {
                    "issuer": f"{self.provider.address}/{TENANT}/v2.0",
                    "authorization_endpoint": f"{base}/authorize",
                    "token_endpoint": f"{base}/token",
                    "device_authorization_endpoint": f"{base}/devicecode",
                }
            )
        elif url.path == "/auth":
            asked = {key: value[0] for key, value in parse_qs(url.query).items()}
            answer = {"state": asked["state"], "code": "4/code"}
            if self.provider.device_error:
                answer = {"state": asked["state"], "error": self.provider.device_error}
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri']}?{urlencode(answer)}")
            self.end_headers()
        else:
            self._answer({"error": "invalid_tenant"}, 400)

    def do_POST(self) -> None:
        """Answer a request for a code or a token."""
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {key: value[0] for key, value in parse_qs(text).items()}
        kind, _, login = self.headers.get("Authorization", "").partition(" ")
        if kind == "Basic":
            form["client_secret"] = base64.b64decode(login).decode().partition(":")[2]
        if self.path.endswith("/devicecode"):
            assert form["client_id"] == CLIENT
            self._answer(
                {
                    "user_code": "ABCD-EFGH",
                    "device_code": "Tr0ub4dor-device",
                    "verification_uri": "https://microsoft.com/devicelogin",
                    "expires_in": 900,
                    "interval": 1,
                }
            )
            return
        answer = self.provider.answer_token(form)
        self._answer(answer, 400 if "error" in answer else 200)

    def _answer(self, document: dict[str, Any], status: int = 200) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
