#!/usr/bin/env python3
"""Makes the folder reports/published from runs against real brokers.

    reports/publish.py --holdfast PROGRAM --runs DIR --out FOLDER --date YYYY-MM-DD

DIR holds NAME/SEED/results.json, as tests/brokers writes it; of each broker the first seed counts. FOLDER gets
matrix.html, NAME/results.json.gz, from which the broker's own report is made, and a README.md that says what was run
and how to repeat it. Exit code: 0 made, 1 not.
"""

import argparse
import gzip
import json
import pathlib
import shutil
import subprocess
import sys

SHOWN = ["pass", "fail", "non-strict", "informational", "unsupported", "inconclusive", "error"]
BYTES_MAX = 5_000_000


def arguments():
    parser = argparse.ArgumentParser(usage=__doc__)
    for name in ("--holdfast", "--runs", "--out", "--date"):
        parser.add_argument(name, required=True)
    return parser.parse_args()


def first_runs(folder):
    """(name, folder of its first run) of each broker that has one."""
    for broker in sorted(path for path in folder.iterdir() if path.is_dir()):
        runs = sorted((run for run in broker.iterdir() if (run / "results.json").is_file()), key=lambda run: int(run.name))
        if runs:
            yield broker.name, runs[0]


def compress(source, target):
    """Without name and time, so that the same results are the same file."""
    with open(target, "wb") as file, gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0, compresslevel=9) as packed:
        packed.write(source.read_bytes())


def readme(date, rows, tool):
    lines = [
        "# Real brokers, one after the other",
        "",
        f"Made on {date} with Holdfast {tool} by `./dev publish`, which starts each broker of `fixtures/brokers` with the",
        "configuration that stands there, runs every case, and stops it. Open [matrix.html](matrix.html) from disk: brokers",
        "side by side, where they disagree, and what each did in a case.",
        "",
        "A `fail` means that a MUST is broken as Holdfast reads it, in the configuration that was run; `non-strict` that",
        "something recommended is not done or that the reading is disputed. `fixtures/interpretations.md` says how rules are",
        "read, and `fixtures/brokers/NAME/baseline.toml` what is known of each difference.",
        "",
        "| broker | name it tells | seed | " + " | ".join(SHOWN) + " | seconds |",
        "| --- | --- | --: | " + " | ".join(["--:"] * len(SHOWN)) + " | --: |",
    ]
    for name, results in rows:
        system = (results["system"]["name"] or "none").replace("|", "\\|").replace("\n", " ")
        counts = " | ".join(str(results["summary"][verdict]) for verdict in SHOWN)
        lines.append(f"| {name} | {system} | {results['seed']} | {counts} | {results['duration_ns'] / 1e9:.1f} |")
    lines += ["", "One broker again: `./dev brokers NAME`. One case: the replay line on its page. A broker's own report, with",
              "the diagram of each case, is made of what stands in its folder: `gunzip -k results.json.gz && holdfast report",
              "results.json --html report.html`.", ""]
    return "\n".join(lines)


def main():
    options = arguments()
    out = pathlib.Path(options.out)
    runs = list(first_runs(pathlib.Path(options.runs)))
    if not runs:
        print(f"publish: there is no run in {options.runs}", file=sys.stderr)
        return 1
    # Made beside it and put in its place whole.
    making = out.with_name(out.name + ".new")
    shutil.rmtree(making, ignore_errors=True)
    rows = []
    for name, run in runs:
        (making / name).mkdir(parents=True)
        results = json.loads((run / "results.json").read_text(encoding="utf-8"))
        rows.append((name, results))
        shutil.copy(run / "results.json", making / name / "results.json")
    note = f"Run on {options.date}, seed {rows[0][1]['seed']}, each on one machine over loopback."
    subprocess.run([options.holdfast, "report", *[str(making / name / "results.json") for name, _ in rows],
                    "--matrix", str(making / "matrix.html"), "--note", note], check=True, stdout=subprocess.DEVNULL)
    for name, _ in rows:
        compress(making / name / "results.json", making / name / "results.json.gz")
        (making / name / "results.json").unlink()
    (making / "README.md").write_text(readme(options.date, rows, rows[0][1]["tool"]["version"]), encoding="utf-8")
    size = sum(file.stat().st_size for file in making.rglob("*") if file.is_file())
    if size > BYTES_MAX:
        shutil.rmtree(making)
        print(f"publish: {size} bytes are more than the {BYTES_MAX} that a repository should carry", file=sys.stderr)
        return 1
    shutil.rmtree(out, ignore_errors=True)
    making.rename(out)
    print(f"{out}: {len(rows)} brokers, {size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
