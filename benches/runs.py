#!/usr/bin/env python3
"""How a run of many calls goes on, and what its journal costs: whole processes of `score`.

  python3 benches/runs.py [-n CALLS] [--score BINARY]

Performs CALLS calls of a stand-in and stops at a question, then goes on: nothing is made again, so that the time is
that of reading the journal and replaying it. Then makes calls one after another, each of which needs the one before
it, with the journal and in a rehearsal, which keeps none. Then starts one run in fifty processes at once.
Standard library only.
"""
import argparse, os, pathlib, statistics, subprocess, tempfile, threading, time

ROOT = pathlib.Path(__file__).resolve().parent.parent
MANY = """instrument writer = script(asked => "an answer to {asked}")
instrument me = human()
part draft(x: int) -> text by writer "Draft number {x}"
part enough(n: int) -> bool by me "Are {n} enough?"
movement main() -> int {
  let all = for i in 1..%d { draft(i) }
  if enough(len(all)) { len(all) } else { 0 }
}
"""
CHAIN = """instrument writer = script(asked => "an answer")
part draft(x: text) -> text by writer "Draft {x}"
movement main() -> text { repeat up to %d with last = "0" { draft(last) } }
"""


def run(command, folder):
    """Wall seconds, CPU seconds and peak RSS in MiB."""
    start = time.perf_counter()
    child = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = child.stderr.read().decode()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 6):
        raise SystemExit(f"{' '.join(map(str, command))} ended with {code}:\n{error[-2000:]}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


NAP = """instrument box = sh()
part nap() -> text by box "sleep 3"
movement main() -> text { nap() }
"""


def refused(score, folder, processes):
    """Starts the same run in so many processes at once; how long each that does not perform it took to say so."""
    pathlib.Path(folder, "nap.score").write_text(NAP)
    command = [score, "run", "nap.score", "--run", "nap", "--runs", f"{folder}/runs", "-q"]
    waits = []

    def wait(child, start):
        error = child.communicate()[1].decode()
        if child.returncode == 0:
            return
        if "is being performed by process" not in error:
            raise SystemExit(error)
        waits.append(time.perf_counter() - start)

    threads = []
    for _ in range(processes):
        start = time.perf_counter()
        child = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        threads.append(threading.Thread(target=wait, args=(child, start)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    return sorted(waits)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("-n", type=int, default=100_000)
    options.add_argument("--score", default=str(ROOT / "target/release/score"))
    options = options.parse_args()
    options.score = str(pathlib.Path(options.score).resolve())
    with tempfile.TemporaryDirectory() as folder:
        kept = ["--runs", f"{folder}/runs", "--run", "many", "-q", "--no-input"]
        pathlib.Path(folder, "many.score").write_text(MANY % options.n)
        wall, cpu, peak = run([options.score, "run", "many.score", *kept], folder)
        print(f"{options.n} calls at once, recorded: {wall:.2f} s, {cpu:.2f} s CPU, {peak:.0f} MiB")
        again = ["--runs", f"{folder}/runs", "-q", "--no-input"]
        wall, cpu, peak = run([options.score, "resume", "many", *again], folder)
        size = sum(file.stat().st_size for file in pathlib.Path(folder, "runs/many").rglob("*") if file.is_file())
        print(f"going on with them: {wall:.2f} s, {cpu:.2f} s CPU, {peak:.0f} MiB; {size / 2**20:.0f} MiB on the disk")
        calls = 1_000
        pathlib.Path(folder, "chain.score").write_text(CHAIN % calls)
        kept[3] = "chain"
        with_wall, with_cpu, _ = run([options.score, "run", "chain.score", *kept], folder)
        wall, cpu, _ = run([options.score, "rehearse", "chain.score", "-q", "--no-input"], folder)
        print(
            f"a call that needs the one before it: {(with_wall - wall) / calls * 1e3:.2f} ms and "
            f"{(with_cpu - cpu) / calls * 1e3:.3f} ms CPU for its record"
        )
        waits = refused(options.score, folder, 50)
        print(
            f"one run started 50 times at once: {len(waits)} were told who performs it, after "
            f"{statistics.median(waits):.2f} s, the last of them after {waits[-1]:.2f} s"
        )


if __name__ == "__main__":
    main()
