"""Fetches blocks from a node that the agency runs itself, read-only: nothing is sent but a block's number or hash.

Off unless `node_url` is set. Three RPC calls (getblockcount, getblockhash, getblock) or, where the URL ends in `/rest`, the
REST interface's three; no redirect is followed. Beyond loopback only with `node_beyond_loopback`.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import ipaddress
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from tanglaw.config import MIB, Settings
from tanglaw.errors import CheckSettings, CheckUsage

METHODS = frozenset(("getblockcount", "getblockhash", "getblock"))
# A block with all that it spends, as JSON.
_LARGEST = 256 * MIB
_SECONDS = 120


@dataclass(frozen=True)
class Node:
    """A node's interface: where it is, and the `user:password` that it wants (empty for REST)."""

    place: SplitResult
    secret: str

    @property
    def rest(self) -> bool:
        """True if it is asked by REST."""
        return self.place.path.rstrip("/").endswith("/rest")

    def call(self, method: str, *parameters: object) -> Any:
        """The result of one of METHODS. Raises CheckSettings if the node does not answer as one."""
        if method not in METHODS:
            raise ValueError(f"{method} is not among the calls that are made")
        body = json.dumps({"jsonrpc": "1.0", "id": "tanglaw", "method": method, "params": parameters}).encode()
        headers = {"Content-Type": "application/json"}
        if self.secret:
            headers["Authorization"] = "Basic " + base64.b64encode(self.secret.encode()).decode()
        answer = _json(self._ask("POST", self.place.path or "/", body, headers))
        if not isinstance(answer, dict) or answer.get("error") or "result" not in answer:
            raise CheckSettings(f"node_url: the node refuses {method}")
        return answer["result"]

    def get(self, path: str) -> bytes:
        """What the REST interface gives under a path. Raises CheckSettings."""
        return self._ask("GET", f"{self.place.path.rstrip('/')}/{path}", None, {})

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> bytes:
        kind = http.client.HTTPSConnection if self.place.scheme == "https" else http.client.HTTPConnection
        link = kind(self.place.hostname or "", self.place.port, timeout=_SECONDS)
        try:
            link.request(method, path, body, headers)
            answer = link.getresponse()
            data = answer.read(_LARGEST + 1)
        except (OSError, http.client.HTTPException) as error:
            raise CheckSettings(f"node_url: the node does not answer ({type(error).__name__})") from error
        finally:
            link.close()
        # A refusal over RPC comes with status 500 and says why in its body, which may name what was asked: not shown.
        if answer.status != http.client.OK:
            raise CheckSettings(f"node_url: the node answers with status {answer.status}")
        if len(data) > _LARGEST:
            raise CheckSettings(f"node_url: an answer of more than {_LARGEST} bytes")
        return data


def node_of(settings: Settings) -> Node:
    """The configured node. Raises CheckSettings if there is none, or it is not to be asked."""
    if not settings.node_url:
        raise CheckSettings(
            "no node is configured: set node_url (http://127.0.0.1:8332, or .../rest) and node_secret_file in settings.toml"
        )
    try:
        place = urlsplit(settings.node_url)
        _ = place.port
    except ValueError as error:
        raise CheckSettings("node_url: not an address with a port") from error
    if place.scheme not in ("http", "https") or not place.hostname or place.username or place.query:
        raise CheckSettings("node_url: an http or https address without user or query is wanted")
    if not settings.node_beyond_loopback and not _loopback(place.hostname):
        raise CheckSettings("node_url is beyond this machine: set node_beyond_loopback if that is meant")
    try:
        secret = Path(settings.node_secret_file).read_text(encoding="utf-8") if settings.node_secret_file else ""
    except (OSError, UnicodeDecodeError) as error:
        raise CheckSettings("node_secret_file cannot be read") from error
    return Node(place, secret.strip())


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError as error:
        raise CheckSettings("node_url: the answer is no JSON, so this is no node's interface") from error


def fetch(node: Node, first: int, last: int, out: Path, raw: bool, told: Callable[[int], None] | None = None) -> int:
    """Write the blocks from height `first` to `last` into the folder `out`, one file each; how many were written.

    `block-HEIGHT.json` holds what the node says with what each input spends; `block-HEIGHT.raw` (`raw`) its bytes. Files
    that are there are passed over; each is written whole or not at all. Raises CheckUsage, CheckSettings.
    """
    if not 0 <= first <= last:
        raise CheckUsage("--from and --to are heights, the first not above the last")
    out.mkdir(parents=True, exist_ok=True)
    written = 0
    for height in range(first, last + 1):
        file = out / f"block-{height:07d}.{'raw' if raw else 'json'}"
        if not file.exists():
            partial = file.with_suffix(".part")
            partial.write_bytes(_block(node, height, raw))
            partial.replace(file)
            written += 1
        if told:
            told(height)
    return written


def _block(node: Node, height: int, raw: bool) -> bytes:
    if node.rest:
        named = _json(node.get(f"blockhashbyheight/{height}.json"))
        hash_ = _hash(named.get("blockhash") if isinstance(named, dict) else None, height)
        data = node.get(f"block/{hash_}.{'bin' if raw else 'json'}")
    else:
        hash_ = _hash(node.call("getblockhash", height), height)
        found = node.call("getblock", hash_, 0 if raw else 3)
        data = _bytes(found) if raw else json.dumps(found).encode()
    if raw and hashlib.sha256(hashlib.sha256(data[:80]).digest()).digest()[::-1].hex() != hash_:
        raise CheckSettings(f"node_url: the block at height {height} is not the one that was asked for")
    return data


def _bytes(found: object) -> bytes:
    try:
        return bytes.fromhex(found) if isinstance(found, str) else b""
    except ValueError:
        return b""


def _hash(value: object, height: int) -> str:
    text = value if isinstance(value, str) else ""
    if len(text) != 64 or any(letter not in "0123456789abcdef" for letter in text):
        raise CheckSettings(f"node_url: the node has no block at height {height}")
    return text


def tip(node: Node) -> int:
    """The height of the node's last block."""
    if node.rest:
        found = _json(node.get("chaininfo.json"))
        height = found.get("blocks") if isinstance(found, dict) else None
    else:
        height = node.call("getblockcount")
    if not isinstance(height, int):
        raise CheckSettings("node_url: the node does not say how many blocks it has")
    return height
