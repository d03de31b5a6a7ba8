#!/usr/bin/env python3
"""Measures deploylint on Lambda packages, and @vercel/nft on those of Node.js among them, in the same run.

    scripts/lambda_nft.py FOLDER [NAME]... [--binary PATH] [--rounds N]

FOLDER    holds `manifest.tsv` and `zips/NAME.zip` (lambda_packages.py)
NAME      packages to measure, all good ones of Node.js without layers when none is named (@vercel/nft knows no layers)
--binary  the program (default: target/release/deploylint)
--rounds  runs of each; the best counts (default: 7)

@vercel/nft is installed into a temporary folder by npm. It cannot read a zip: packages are unpacked for it, and that
is not counted. Three of its times are told: of a whole process, as deploylint's is; of the call `nodeFileTrace` alone in a
new process; and of that call in a process that has done the same before, with everything compiled and warm.
Exit status 1 when a whole process takes less than ten times as long as deploylint's.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import lambda_packages

LEAST = 10
TRACE = """
const { nodeFileTrace } = require('@vercel/nft')
const [base, entry, rounds] = process.argv.slice(2)
async function main() {
  let first = 0, best = Infinity, files = 0
  for (let round = 0; round < Number(rounds); round++) {
    const start = process.hrtime.bigint()
    const { fileList } = await nodeFileTrace([entry], { base, cache: {} })
    const took = Number(process.hrtime.bigint() - start) / 1e6
    if (round === 0) first = took
    best = Math.min(best, took)
    files = fileList.size
  }
  console.log(JSON.stringify({ first, best, files }))
}
main()
"""


def best_of(rounds, command, **options):
    best, done = float("inf"), None
    for _ in range(rounds):
        start = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, **options)
        best = min(best, (time.perf_counter() - start) * 1e3)
    return best, done


def deploylint(binary, folder, row, rounds):
    best, done = best_of(rounds, [*lambda_packages.command(binary, row), "--stats"], cwd=folder)
    peak = next((line.split()[-1] for line in done.stderr.splitlines() if line.startswith("peak memory KiB")), "0")
    return best, int(peak) // 1024


def entry_of(folder, handler):
    stem = handler.rsplit(".", 1)[0]
    return next((folder / (stem + end) for end in (".js", ".mjs", ".cjs") if (folder / (stem + end)).exists()), None)


def nft(scratch, folder, row, rounds):
    """Times of a whole process, of a first and of a later call, and how many files it found; None when there is nothing to trace."""
    unpacked = scratch / "packages" / row["name"]
    with zipfile.ZipFile(folder / "zips" / f"{row['name']}.zip") as archive:
        archive.extractall(unpacked)
    entry = entry_of(unpacked, row["handler"])
    if entry is None:
        return None
    command = ["node", "trace.cjs", str(unpacked), str(entry)]
    whole, done = best_of(rounds, [*command, "1"], cwd=scratch)
    if done.returncode:
        return None
    _, done = best_of(1, [*command, str(rounds + 1)], cwd=scratch)
    said = json.loads(done.stdout)
    return whole, said["first"], said["best"], said["files"]


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("names", nargs="*")
    arguments.add_argument("--binary", default=Path(__file__).parent.parent / "target/release/deploylint", type=Path)
    arguments.add_argument("--rounds", default=7, type=int)
    given = arguments.parse_args()
    binary = str(given.binary.resolve())
    is_wanted = lambda row: row["name"] in given.names if given.names else row["status"] == "good" and "nodejs" in row["runtime"] and row["layers"] == "-"
    rows = [row for row in lambda_packages.read(given.folder) if is_wanted(row) and (given.folder / "zips" / f"{row['name']}.zip").exists()]
    too_fast, sums = [], [0, 0]
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        (scratch / "trace.cjs").write_text(TRACE)
        install = ["npm", "install", "--no-audit", "--no-fund", "--silent", "@vercel/nft"]
        subprocess.run(install, cwd=scratch, check=True)
        version = json.loads((scratch / "node_modules/@vercel/nft/package.json").read_text())["version"]
        print(f"@vercel/nft {version}; milliseconds, best of {given.rounds}")
        print(f"{'package':28} {'deploylint':>10} {'MiB':>5} {'nft process':>12} {'first call':>11} {'warm call':>10} {'files':>6}   times as long")
        for row in rows:
            own, peak = deploylint(binary, given.folder, row, given.rounds)
            other = nft(scratch, given.folder, row, given.rounds) if "nodejs" in row["runtime"] else None
            line = f"{row['name']:28} {own:10.1f} {peak:5}"
            if other:
                whole, first, warm, files = other
                line += f" {whole:12.1f} {first:11.1f} {warm:10.1f} {files:6}"
                line += f"   {whole / own:.1f}, {first / own:.1f}, {warm / own:.1f}"
                sums = [sums[0] + own, sums[1] + whole]
                if whole < LEAST * own:
                    too_fast.append(row["name"])
            print(line, flush=True)
    if sums[0]:
        print(f"{'all':28} {sums[0]:10.1f} {'':5} {sums[1]:12.1f} {'':29}   {sums[1] / sums[0]:.1f}")
    if too_fast:
        print(f"less than {LEAST} times as long: {', '.join(too_fast)}")
    return 1 if too_fast else 0


if __name__ == "__main__":
    sys.exit(main())
