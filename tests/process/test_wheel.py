"""What is shipped: the wheel, in an empty environment away from the checkout, pulls its bundled site and gives a page."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.process

REPOSITORY = Path(__file__).parents[2]
# Quiet, and deaf to whatever would let the checkout in.
ENV = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")} | {
    "PIP_DISABLE_PIP_VERSION_CHECK": "1"
}


def run(*arguments: object, cwd: Path) -> str:
    done = subprocess.run([str(one) for one in arguments], cwd=cwd, env=ENV, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, REPOSITORY, cwd=folder)
    (found,) = folder.glob("haihe-*.whl")
    return found


def test_it_holds_the_program_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert "aggregator/serve/templates/base.html" in names
    assert {f"aggregator/serve/templates/{name}" for name in ("style.css", "copy.js", "translations/zh-CN.po")} <= set(names)
    assert "aggregator/demo/site/jsjx/index.shtml" in names
    assert {name.split("/")[0] for name in names} == {"aggregator", "feeds", wheel.name.rsplit("-py3", 1)[0] + ".dist-info"}
    assert not [name for name in names if "__pycache__" in name]


def test_it_works_where_there_is_nothing_else(wheel, tmp_path, start, until, get, port):
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "--constraint", REPOSITORY / "constraints.txt", wheel, cwd=tmp_path)
    where = run(python, "-c", "import aggregator; print(aggregator.__file__)", cwd=tmp_path)
    assert str(tmp_path) in where
    program = start("demo", "--port", str(port), program=[tmp_path / "env" / "bin" / "haihe"])
    page = until(lambda: "三通六联" in (text := get(f"http://127.0.0.1:{port}/")) and text, 20, "the front page shows the bundled entries")
    assert "津水微言" in page
    assert get(f"http://127.0.0.1:{port}/style.css")
    program.interrupt()
    assert program.process.wait(40) == 0
