"""One published feed over HTTP: requests a second, and CPU of the server for each, beside nginx with the same bytes as files.

    python benchmarks/serving.py [--seconds 3] [--connections 32] [--kilobytes 98] [--json]

Needs Linux and `wrk`; nginx is measured where it is installed. The server is pinned to one core and the client to another, one server after
the other. Compare the two servers of one run, not runs with each other. Everything lies in a folder that is gone afterwards.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from publishing import START, entries, fill, press

from aggregator.publish import publish
from aggregator.store import Store

NGINX = """daemon off; master_process off; pid {run}/pid; error_log {run}/error crit;
events {{ worker_connections 4096; }}
http {{ access_log off; sendfile on; tcp_nopush on; gzip_static on; gzip_vary on; keepalive_requests 10000000;
  types {{ application/atom+xml atom; }}
  client_body_temp_path {run}/t1; proxy_temp_path {run}/t2; fastcgi_temp_path {run}/t3; uwsgi_temp_path {run}/t4; scgi_temp_path {run}/t5;
  server {{ listen 127.0.0.1:{port}; root {run}/www; }} }}
"""
CONFIG = """site: {{title: Bench, url: "http://127.0.0.1:{port}"}}
database: sqlite:///{run}/haihe.db
serve: {{host: 127.0.0.1, port: {port}, workers: 1}}
sections: {{news: {{title: News, body: full, size: 1000}}}}
sources: {{source: {{title: Source, url: "https://source.example/feed", republish: full}}}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def prepare(run: Path, kilobytes: int) -> None:
    """A database with one section of about that size in Atom, and the same bytes as files."""
    store = Store.open(f"sqlite:///{run}/haihe.db")
    fill(store, entries(max(1, kilobytes // 4), 1650))
    publish(store, press("full", 1000), START)
    rendition = store.rendition("news", "atom")
    store.close()
    assert rendition is not None
    folder = run / "www/feeds"
    folder.mkdir(parents=True)
    (folder / "news.atom").write_bytes(rendition.body)
    (folder / "news.atom.gz").write_bytes(rendition.encoded["gzip"])
    for file in folder.iterdir():
        os.utime(file, (START.timestamp(), START.timestamp()))  # gzip_static sends a file that is no older


@contextmanager
def serving(command: list[str], url: str, core: int) -> Iterator[int]:
    """The server's pid, once it answers."""
    server = subprocess.Popen(["taskset", "-c", str(core), *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(url).read()
                break
            except OSError:
                time.sleep(0.1)
        else:
            sys.exit(f"{command[0]} does not answer at {url}")
        yield server.pid
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def cpu(pid: int) -> float:
    """Seconds of CPU of a process and its children."""
    total, tree, parents = 0.0, {pid}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(stat.parent.name)] = (int(words[1]), (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK"))
    while more := {child for child, (parent, _) in parents.items() if parent in tree} - tree:
        tree |= more
    for each in tree:
        total += parents.get(each, (0, 0.0))[1]
    return total


def measure(url: str, pid: int, options: argparse.Namespace) -> dict[str, dict[str, float]]:
    tag = urllib.request.urlopen(url).headers["ETag"]
    found = {}
    for case, headers in {"200": (), "200 packed": ("-H", "Accept-Encoding: gzip"), "304": ("-H", f"If-None-Match: {tag}")}.items():
        wrk = ["taskset", "-c", str(options.client_core), "wrk", "-t1", f"-c{options.connections}"]
        subprocess.run([*wrk, "-d1s", *headers, url], capture_output=True, check=True)  # warming up
        before = cpu(pid)
        said = subprocess.run([*wrk, f"-d{options.seconds}s", *headers, url], capture_output=True, check=True, text=True).stdout
        spent = cpu(pid) - before
        if "Non-2xx" in said and case != "304":
            sys.exit(f"{url} did not answer {case}:\n{said}")
        count, rate = re.search(r"(\d+) requests in", said), re.search(r"Requests/sec:\s+([\d.]+)", said)
        assert count is not None
        assert rate is not None
        found[case] = {"per_second": round(float(rate[1])), "cpu_us": round(spent / int(count[1]) * 1e6, 1)}
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--kilobytes", type=int, default=98)
    parser.add_argument("--server-core", type=int, default=0)
    parser.add_argument("--client-core", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("this needs wrk (Debian: apt install wrk)")
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="haihe-bench-") as folder:
        run, port = Path(folder), free_port()
        run.chmod(0o755)  # nginx's worker may be somebody else
        prepare(run, options.kilobytes)
        (run / "nginx.conf").write_text(NGINX.format(run=run, port=port))
        (run / "config.yaml").write_text(CONFIG.format(run=run, port=port))
        commands = {"haihe": [sys.executable, "-m", "aggregator", "--config", str(run / "config.yaml"), "serve"]}
        if nginx := shutil.which("nginx"):
            commands["nginx"] = [nginx, "-p", str(run), "-c", str(run / "nginx.conf"), "-e", str(run / "error")]
        url = f"http://127.0.0.1:{port}/feeds/news.atom"
        size = (run / "www/feeds/news.atom").stat().st_size
        for name, command in commands.items():
            with serving(command, url, options.server_core) as pid:
                found[name] = measure(url, pid, options)
    if options.json:
        print(json.dumps({"bytes": size, **found}))
        return
    print(f"{size} bytes, {options.connections} connections, one core each")
    for name, cases in found.items():
        for case, facts in cases.items():
            base = found.get("nginx", {}).get(case)
            ratio = f"{facts['per_second'] / base['per_second']:.2f} x nginx" if base and name != "nginx" else ""
            print(f"{name:8}{case:12}{facts['per_second']:>8.0f}/s {facts['cpu_us']:>7} us CPU   {ratio}")


if __name__ == "__main__":
    main()
