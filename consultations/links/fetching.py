"""Asks one address whether it is there, without ever reaching what is not public.

Staff and members write these addresses, so each is taken for hostile: the name is resolved once, every answer must be a
public address, and the connection goes to exactly that address (a name that answers differently the second time gains
nothing). Redirects pass the same gate. Of an answer only the status line and headers are read.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from django.conf import settings

TIMEOUT = 10  # seconds for each step
MOST_REDIRECTS = 5
PORTS = {"http": 80, "https": 443}
REDIRECTS = frozenset({301, 302, 303, 307, 308})
# The server is there and only does not talk to programs, or wants to be asked later.
GUARDED = frozenset({401, 403, 405, 406, 418, 429, 999})
# IPv4 addresses in the clothes of IPv6: what stands behind them is anybody's.
TRANSLATED = tuple(
    ipaddress.ip_network(each) for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)


@dataclass(frozen=True, slots=True)
class Answer:
    """`status`: a number, or in one word of ours what went wrong."""

    is_ok: bool
    status: str


class RefusedAddressError(Exception):
    """An address that we do not ask."""


def ask(url: str, *, allowed: Collection[str] = ()) -> Answer:
    """Follows `url` to its end. `allowed`: `host:port` that may be asked although they are not public (tests)."""
    try:
        status = _follow(url, allowed)
    except RefusedAddressError as refused:
        return Answer(False, str(refused))
    except ssl.SSLError:
        return Answer(False, "TLS")
    except TimeoutError:
        return Answer(False, "timeout")
    except socket.gaierror:
        return Answer(False, "no such host")
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(False, type(error).__name__[:60])
    return Answer(status < 400 or status in GUARDED, str(status))


def _follow(url: str, allowed: Collection[str]) -> int:
    for _each in range(MOST_REDIRECTS + 1):
        status, location = _ask_once("HEAD", url, allowed)
        if status >= 400 and status not in GUARDED:
            # Some servers do not know HEAD and answer anything.
            status, location = _ask_once("GET", url, allowed)
        if status not in REDIRECTS or not location:
            return status
        url = urljoin(url, location)
    raise RefusedAddressError("too many redirects")


def _ask_once(method: str, url: str, allowed: Collection[str]) -> tuple[int, str]:
    parts = urlsplit(url)
    connection = _connect(parts, allowed)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"User-Agent": user_agent(), "Accept": "*/*", "Connection": "close"}
    try:
        connection.request(method, _quoted(path), headers=headers)
        response = connection.getresponse()
        return response.status, response.headers.get("Location", "")
    finally:
        connection.close()


def user_agent() -> str:
    """Says who asks and where to complain."""
    return f"TsunagariPortal-LinkCheck/1 (+{settings.PORTAL_ORIGIN}/about/)"


def _quoted(path: str) -> str:
    """Japanese in a path is sent as browsers send it."""
    return quote(path, safe="/?&=%:;,+~@!$'()*#[]-._")


class _PinnedHTTP(http.client.HTTPConnection):
    address: tuple[str, int]

    def connect(self) -> None:
        self.sock = socket.create_connection(self.address, self.timeout)


class _PinnedHTTPS(http.client.HTTPSConnection):
    address: tuple[str, int]

    def connect(self) -> None:
        plain = socket.create_connection(self.address, self.timeout)
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(plain, server_hostname=self.host)


def _connect(parts: SplitResult, allowed: Collection[str]) -> Any:
    if parts.scheme not in PORTS or not parts.hostname or parts.username or parts.password:
        raise RefusedAddressError("not an address of the web")
    host = parts.hostname.encode("idna").decode() if not parts.hostname.isascii() else parts.hostname
    port = parts.port or PORTS[parts.scheme]
    is_allowed = f"{host}:{port}" in allowed
    if not is_allowed and port != PORTS[parts.scheme]:
        raise RefusedAddressError("unusual port")
    connection = (_PinnedHTTPS if parts.scheme == "https" else _PinnedHTTP)(host, port, timeout=TIMEOUT)
    connection.address = (public_address_of(host, port, is_allowed=is_allowed), port)
    return connection


def public_address_of(host: str, port: int, *, is_allowed: bool = False) -> str:
    """The address to connect to. Refused when any of the answers for `host` is not public."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(answer[4][0]).partition("%")[0] for answer in answers]
    if not addresses or (not is_allowed and not all(is_public(address) for address in addresses)):
        raise RefusedAddressError("not public")
    return addresses[0]


def is_public(address: str) -> bool:
    """False for loopback, private, link-local, reserved and multicast addresses, in whatever clothes."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if any(found in network for network in TRANSLATED):
            return False
    return found.is_global and not found.is_multicast and not found.is_reserved
