#!/usr/bin/env python3
"""Runs the fuzz targets with coverage, as many at a time as there are processors.

The first input that fails ends its target; it is printed, and the status is 1.
"""

import argparse
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent.resolve()


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=600, help="for each target (%(default)s)")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)), help="at a time (%(default)s)")
    parser.add_argument("--keep", metavar="FOLDER", help="where what has been found is kept for the next time")
    parser.add_argument("targets", nargs="*", help="their names; all if none are given")
    return parser.parse_args()


def fuzz(program, seconds, work, seeds):
    """The target's name, its status, and what it said at its end."""
    name = program.name
    found = work / name
    found.mkdir(parents=True, exist_ok=True)
    command = [program, f"-max_total_time={seconds}", "-timeout=20", "-rss_limit_mb=2048", "-print_final_stats=1",
               f"-artifact_prefix={found}/failed-", found, *seeds]
    ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return name, ended.returncode, ended.stdout.decode(errors="replace")


def main():
    options = arguments()
    programs = sorted(each for each in HERE.glob("*_fuzz") if not options.targets or each.name in options.targets)
    missing = set(options.targets) - {each.name for each in programs}
    if missing or not programs:
        sys.exit(f"no such target: {' '.join(sorted(missing)) or 'none were built'}")
    print(f"{len(programs)} targets, {options.seconds} s each, {options.jobs} at a time", flush=True)
    failed = 0
    with tempfile.TemporaryDirectory() as temporary:
        work = pathlib.Path(options.keep or temporary).resolve()
        seeds = pathlib.Path(temporary) / "http_seeds"
        seeds.mkdir()
        subprocess.run([HERE / "http_seeds", seeds], check=True)
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            runs = [pool.submit(fuzz, each, options.seconds, work, [seeds] if each.name.startswith("http_") else [])
                    for each in programs]
            for run in concurrent.futures.as_completed(runs):
                name, status, said = run.result()
                if status:
                    failed += 1
                    print(f"=== {name} failed with {status}\n{said[-20000:]}", flush=True)
                    continue
                executed = [line.split()[-1] for line in said.splitlines() if "number_of_executed_units" in line]
                print(f"{name}: {executed[0] if executed else '?'} inputs", flush=True)
    print(f"{len(programs) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
