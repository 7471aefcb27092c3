"""The load generator: wrk, against this machine only, for a bounded number of seconds."""

import json
import re
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

SECONDS = 6
CONNECTIONS = 16

_SCRIPT = """
local requests = {}
local at = 0
local offset = 0
function setup(thread) thread:set("offset", offset); offset = offset + 997 end
function init(args)
  for line in io.lines(%s) do
    local path, cookie, body, method, more = line:match("^([^\\t]+)\\t([^\\t]*)\\t([^\\t]*)\\t(%%u+)\\t(.*)$")
    local headers = {}
    if cookie ~= "" then headers["Cookie"] = cookie end
    headers["X-CSRFToken"] = cookie:match("csrftoken=(%%w+)")
    if body ~= "" then headers["Content-Type"] = "application/json" end
    for name, value in more:gmatch("([^:\\v]+):([^\\v]*)") do headers[name] = value end
    requests[#requests + 1] = wrk.format(method, path, headers, body ~= "" and body or nil)
  end
  at = offset
end
function request() at = at + 1; return requests[at %% #requests + 1] end
local wrong = 0
function done(summary, latency, requests)
  local e = summary.errors
  print("ERRORS " .. (e.status + e.connect + e.read + e.write + e.timeout))
end
"""


Asked = tuple[str, str, str] | tuple[str, str, str, str] | tuple[str, str, str, str, dict[str, str]]
"""(path, cookie, body) is a GET, or with a body a POST; (path, cookie, body, method) says itself what it is; with
headers of its own as the last."""


class LoadFailed(Exception):
    """Some answers were errors: the figure would mean nothing."""


def _line(asked: Asked) -> tuple[str, str, str, str, str]:
    path, cookie, body, *rest = asked
    method = str(rest[0]) if rest else "POST" if body else "GET"
    headers: dict[str, str] = rest[1] if len(rest) > 1 else {}  # type: ignore[assignment]
    return path, cookie, body, method, "\v".join(f"{name}:{value}" for name, value in headers.items())


def throughput(base: str, requests: Sequence[Asked], seconds: int = SECONDS) -> float:
    """Answers a second for what is asked, taken in turn. Raises LoadFailed where any answer isn't 2xx or 3xx."""
    assert base.startswith("http://127.0.0.1:"), "load stays on this machine"
    with tempfile.TemporaryDirectory() as name:
        listing, script = Path(name) / "requests.tsv", Path(name) / "load.lua"
        listing.write_text("".join("\t".join(_line(request)) + "\n" for request in requests))
        script.write_text(_SCRIPT % json.dumps(str(listing)))
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s", "-s", str(script), base]
        output = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 60).stdout
    if "ERRORS 0" not in output:
        raise LoadFailed(output)
    found = re.search(r"Requests/sec:\s+([\d.]+)", output)
    if found is None:
        raise LoadFailed(output)
    return float(found.group(1))
