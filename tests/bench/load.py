"""The load generator: wrk, against this machine only, for a bounded number of seconds."""

import json
import re
import subprocess
import tempfile
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
    local path, cookie, body = line:match("^(%%S+)\\t(%%S*)\\t(.*)$")
    local headers = {}
    if cookie ~= "" then headers["Cookie"] = cookie end
    if body ~= "" then headers["Content-Type"] = "application/json" end
    requests[#requests + 1] = wrk.format(body ~= "" and "POST" or "GET", path, headers, body ~= "" and body or nil)
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


class LoadFailed(Exception):
    """Some answers were errors: the figure would mean nothing."""


def throughput(base: str, requests: list[tuple[str, str, str]], seconds: int = SECONDS) -> float:
    """Answers a second for (path, cookie, body) taken in turn. Raises LoadFailed where any answer isn't 2xx or 3xx."""
    assert base.startswith("http://127.0.0.1:"), "load stays on this machine"
    with tempfile.TemporaryDirectory() as name:
        listing, script = Path(name) / "requests.tsv", Path(name) / "load.lua"
        listing.write_text("".join("\t".join(request) + "\n" for request in requests))
        script.write_text(_SCRIPT % json.dumps(str(listing)))
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s", "-s", str(script), base]
        output = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 60).stdout
    if "ERRORS 0" not in output:
        raise LoadFailed(output)
    found = re.search(r"Requests/sec:\s+([\d.]+)", output)
    if found is None:
        raise LoadFailed(output)
    return float(found.group(1))
