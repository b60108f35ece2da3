"""A real OpenSearch node for one test run, or any by its address; data in a temporary folder."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.processes import ServerMissingError, built_servers, running, wait_until

PART = "OpenSearch"
_JAVA = ("-Xms512m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")
_SETTINGS = (
    "cluster.name=test",
    "node.name=n1",
    "node.processors=2",
    "discovery.type=single-node",
    "cluster.routing.allocation.disk.threshold_enabled=false",
)


@contextmanager
def search_node() -> Iterator[str]:
    """The address of a node: `OPENSEARCH_URL_TEST` if set, else one started for this run.

    The node reads its input until it ends, so a killed test run leaves nothing behind.
    """
    if given := os.environ.get("OPENSEARCH_URL_TEST"):
        yield given
        return
    built = built_servers() / "opensearch"
    if not built.is_dir() or shutil.which("java") is None:
        raise ServerMissingError(PART, "make servers, or name a server by OPENSEARCH_URL_TEST")
    classes = os.pathsep.join([str(built / "classes"), *sorted(map(str, (built / "lib").iterdir()))])
    with tempfile.TemporaryDirectory(prefix="opensearch-") as folder:
        home, log = Path(folder) / "home", Path(folder) / "node.log"
        command = ["java", *_JAVA, "-cp", classes, "TestNode", str(home), *_SETTINGS]
        with running(command, log) as child:
            wait_until((home / "http").exists, child, log, patience=90)
            yield f"http://{(home / 'http').read_text()}"
