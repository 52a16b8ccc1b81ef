"""Fetching from a node: three calls and no more, loopback unless told otherwise, files that `run` reads."""

from __future__ import annotations

import json
import threading
from base64 import b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tanglaw.chain.node import METHODS, fetch, node_of, tip
from tanglaw.config import Settings
from tanglaw.errors import CheckSettings, CheckUsage
from tanglaw.sources.bitcoin_blocks import BITCOIN_BLOCKS
from tanglaw.sources.bitcoin_node import BITCOIN_NODE
from tanglaw.testing import small_chain
from tanglaw.testing.blocks import node_json
from tanglaw.testing.rows import collect

BLOCKS = {block.height: block for block in small_chain.chain()}
BY_HASH = {block.digest[::-1].hex(): block for block in BLOCKS.values()}
SECRET = "user:noon"


class Server(HTTPServer):
    """A small node: it keeps what it was asked."""

    asked: list[tuple[str, object]]


class Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((asked["method"], asked["params"]))
        if self.headers["Authorization"] != "Basic " + b64encode(SECRET.encode()).decode():
            self.answer(b"", 401)
            return
        result = self.result(asked["method"], asked["params"])
        self.answer(
            json.dumps({"result": result, "error": None, "id": asked["id"]}).encode(), 500 if result is None else 200
        )

    def result(self, method: str, given: list) -> object:
        if method == "getblockcount":
            return max(BLOCKS)
        if method == "getblockhash":
            return BLOCKS[given[0]].digest[::-1].hex() if given[0] in BLOCKS else None
        block = BY_HASH[given[0]]
        return node_json(block) if given[1] == 3 else block.serialised().hex()

    def do_GET(self) -> None:
        self.server.asked.append(("GET", self.path))
        name = self.path.removeprefix("/rest/")
        if name == "chaininfo.json":
            self.answer(json.dumps({"blocks": max(BLOCKS)}).encode())
        elif name.startswith("blockhashbyheight/"):
            height = int(name.split("/")[1].removesuffix(".json"))
            self.answer(json.dumps({"blockhash": BLOCKS[height].digest[::-1].hex()}).encode())
        else:
            hash_, _, form = name.removeprefix("block/").partition(".")
            block = BY_HASH[hash_]
            self.answer(block.serialised() if form == "bin" else json.dumps(node_json(block)).encode())

    def answer(self, data: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture
def server() -> Iterator[Server]:
    """A node on loopback."""
    made = Server(("127.0.0.1", 0), Handler)
    made.asked = []
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()


def settings(server: Server, tmp_path: Path, rest: bool = False, secret: str = SECRET) -> Settings:
    file = tmp_path / "cookie"
    file.write_text(secret + "\n")
    url = f"http://127.0.0.1:{server.server_port}" + ("/rest" if rest else "")
    return Settings(node_url=url, node_secret_file=str(file))


@pytest.mark.parametrize("rest", [False, True], ids=["rpc", "rest"])
@pytest.mark.parametrize("raw", [False, True], ids=["json", "raw"])
def test_blocks_are_written_as_files_that_the_readers_take(server, tmp_path, rest, raw):
    """Over RPC and REST, as JSON and as bytes, each height gives one file, and its reader gives its rows."""
    node = node_of(settings(server, tmp_path, rest))
    assert fetch(node, 1, tip(node), tmp_path / "out", raw) == 3
    reader = BITCOIN_BLOCKS if raw else BITCOIN_NODE
    for file in sorted((tmp_path / "out").iterdir()):
        found = collect(reader, file.read_bytes(), file.name)
        height = int(file.stem.split("-")[1])
        assert found["chain_blocks"][0]["block_hash"] == BLOCKS[height].digest[::-1].hex()
        assert "quarantine" not in found
    assert fetch(node, 1, 3, tmp_path / "out", raw) == 0


def test_nothing_is_asked_but_blocks_by_number_and_hash(server, tmp_path):
    """The node sees three calls, with heights and hashes of blocks as their only words."""
    node = node_of(settings(server, tmp_path))
    fetch(node, 1, 2, tmp_path / "out", False)
    assert {method for method, _ in server.asked} <= METHODS
    words = {word for _, given in server.asked for word in given}
    assert words == {1, 2, 3, *list(BY_HASH)[:2]}
    with pytest.raises(ValueError, match="not among"):
        node.call("getwalletinfo")


def test_without_configuration_it_refuses(tmp_path):
    """No node is asked unless one is set, and none beyond this machine unless that is said; each refusal says what to do."""
    with pytest.raises(CheckSettings, match="no node is configured"):
        node_of(Settings())
    with pytest.raises(CheckSettings, match="node_beyond_loopback"):
        node_of(Settings(node_url="http://192.0.2.1:8332"))
    with pytest.raises(CheckSettings, match="node_beyond_loopback"):
        node_of(Settings(node_url="http://127.0.0.1.example.org:8332"))
    assert node_of(Settings(node_url="http://192.0.2.1:8332", node_beyond_loopback=True)).place.port == 8332
    for url in ("ftp://127.0.0.1", "http://user:word@127.0.0.1", "127.0.0.1"):
        with pytest.raises(CheckSettings, match="node_url"):
            node_of(Settings(node_url=url))
    with pytest.raises(CheckSettings, match="node_secret_file"):
        node_of(Settings(node_url="http://127.0.0.1", node_secret_file=str(tmp_path / "none")))


def test_a_refusal_leaves_no_file(server, tmp_path):
    """A wrong password, a height that is not there, and a node that is gone end with a message and no half file."""
    with pytest.raises(CheckSettings, match="status 401"):
        fetch(node_of(settings(server, tmp_path, secret="a:b")), 1, 1, tmp_path / "out", False)
    with pytest.raises(CheckSettings, match="status 500"):
        fetch(node_of(settings(server, tmp_path)), 9, 9, tmp_path / "out", False)
    with pytest.raises(CheckUsage):
        fetch(node_of(settings(server, tmp_path)), 3, 1, tmp_path / "out", False)
    with pytest.raises(CheckSettings, match="does not answer"):
        fetch(node_of(Settings(node_url="http://127.0.0.1:1")), 1, 1, tmp_path / "out", False)
    assert list((tmp_path / "out").iterdir()) == []
