#!/usr/bin/env python3
"""Reads captures back with tshark, an MQTT reader that Holdfast has no part in.

captures.py HOLDFAST FOLDER. A simulated run with a seeded defect writes a capture for each failure, twice:
both times the same bytes. tshark has to find every packet of the trace in them, no malformed one beyond those
that the case sent on purpose, right checksums, and the verdict in a comment.

Exit: 0 all is well, 1 something is not, 77 no tshark here.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys

CHOICE = ["mqtt5/4.4/to-client-qos2", "mqtt3/4.4/to-client-qos2"]
DEFECT = "pubrel-not-resent"


def fail(message):
    print(f"captures: {message}")
    sys.exit(1)


def run(holdfast, folder):
    shutil.rmtree(folder, ignore_errors=True)
    command = [holdfast, "run", *CHOICE, "--defect", DEFECT, "--seed", "7", "--quiet", "--out", str(folder)]
    done = subprocess.run(command, stdout=subprocess.PIPE, timeout=120, check=False)
    if done.returncode != 1:
        fail(f"exit code {done.returncode} of a run with a defect")
    return {path.name: path.read_bytes() for path in sorted((folder / "evidence").glob("*.pcapng"))}


def read(path):
    command = ["tshark", "-n", "-r", str(path), "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE",
               "-T", "fields", "-e", "frame.comment", "-e", "mqtt.msgtype",
               "-e", "ip.checksum.status", "-e", "tcp.checksum.status", "-e", "_ws.malformed"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=False,
                          text=True)
    if done.returncode != 0:
        fail(f"{path.name}: tshark: {done.stderr.strip()}")
    return [line.split("\t") for line in done.stdout.splitlines()]


def packets_at_broker(case):
    """How many whole packets passed the broker's edge."""
    packets = case["trace"]["packets"]
    return sum(packet["kind"] == "packet" and (packet["from"] == "server" or packet["arrived"] == packet["size"])
               for packet in packets)


def check(path, case):
    rows = read(path)
    if any(row[-1] for row in rows):
        fail(f"{path.name}: a packet is malformed")
    if any("0" in (row[-2], row[-3]) for row in rows):
        fail(f"{path.name}: a checksum is wrong")
    if not any("FAIL" in row[0] for row in rows) or not any("fault: " in row[0] for row in rows):
        fail(f"{path.name}: no comment tells the fault and the verdict")
    seen = sum(len(row[1].split(",")) for row in rows if row[1])
    if seen != packets_at_broker(case):
        fail(f"{path.name}: tshark sees {seen} packets, the trace has {packets_at_broker(case)}")
    return seen


def main():
    holdfast, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    if shutil.which("tshark") is None:
        print("skipped: no tshark; on Debian: apt-get install tshark")
        sys.exit(1 if os.environ.get("HOLDFAST_REQUIRE_TSHARK") == "1" else 77)
    once, twice = run(holdfast, folder / "once"), run(holdfast, folder / "twice")
    if not once:
        fail("no capture was written")
    if once != twice:
        fail("two runs with one seed gave different captures")
    results = json.loads((folder / "once/results.json").read_text(encoding="utf-8"))
    failed = {case["address"].replace("/", ".") + ".pcapng": case
              for case in results["cases"] if case["verdict"] == "fail"}
    seen = sum(check(folder / "once/evidence" / name, failed[name]) for name in sorted(failed)[:12])
    print(f"{len(once)} captures, {min(len(failed), 12)} of them read: {seen} packets")


main()
