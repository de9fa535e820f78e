#!/usr/bin/env python3
"""Probes a Mosquitto and compares what does not change from version to version.

    check_probe.py HOLDFAST URL
"""

import json
import subprocess
import sys

holdfast, url = sys.argv[1:]
told = json.loads(subprocess.run([holdfast, "probe", url, "--json"], check=True, stdout=subprocess.PIPE).stdout)
assert told["format"] == "holdfast-probe", told["format"]
assert told["system"]["name"].startswith("Mosquitto "), told["system"]
assert told["versions"] == ["3.1.1", "5.0"], told["versions"]

lines = {(line["version"], line["name"]): line for line in told["probe"]}
assert len(lines) == len(told["probe"]), "a line stands there twice"
expected = {
    ("5.0", "maximum-qos"): ("2", "announced"),
    ("5.0", "topic-alias-maximum"): ("10", "announced"),
    ("5.0", "granted-qos"): ("QoS 2", "observed"),
    ("3.1.1", "granted-qos"): ("QoS 2", "observed"),
    ("5.0", "nobody-subscribed"): ("0x10", "observed"),
    ("5.0", "qos2-moment"): ("at PUBREL", "observed"),
    ("5.0", "shared"): ("the members take turns", "observed"),
    ("3.1.1", "takeover"): ("FIN", "observed"),
    ("5.0", "qos0-while-absent"): ("dropped", "observed"),
    ("3.1.1", "qos0-while-absent"): ("dropped", "observed"),
}
wrong = [
    f"{key}: {(lines[key]['answer'], lines[key]['how'])} and not {value}"
    for key, value in expected.items()
    if (lines[key]["answer"], lines[key]["how"]) != value
]
unknown = [f"{key}: {line['answer']}" for key, line in lines.items() if line["how"] == "not known"]
if len(unknown) > 3:
    wrong.append(f"{len(unknown)} lines are not known: {unknown}")
for line in wrong:
    print(line)
sys.exit(1 if wrong else 0)
