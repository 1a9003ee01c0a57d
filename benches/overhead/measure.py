#!/usr/bin/env python3
"""Compares `score`, without a journal and with one, with plain reqwest on the same work: whole processes, interleaved.

  python3 benches/overhead/measure.py [-n ROUNDS] [-w w1,w2,...]

Builds what it needs, starts the mock server on 127.0.0.1, and prints medians. Standard library only.
"""
import argparse, json, os, pathlib, socket, statistics, subprocess, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CALLS = {"w1": 1, "w2": 200, "w3": 1000, "w3x": 10000, "w4": 150, "w5": 200}
CRITICAL = max(sum(20 + (b * 37 + s * 101) % 181 for s in range(3)) for b in range(50)) / 1e3


def build():
    command = ["cargo", "build", "--release", "--bin", "score", "--bench", "overhead", "--message-format=json"]
    out = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    built = filter(lambda message: message.get("executable"), map(json.loads, out.splitlines()))
    found = {message["target"]["name"]: message["executable"] for message in built}
    return found["score"], found["overhead"]


def run(command, env):
    """Wall seconds, CPU seconds, peak RSS in MiB, and the last line of output."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        # A small launcher, so that the peak is the program's own and not what this process had at the fork.
        child = subprocess.Popen(command, stdout=out, stderr=err, env=env, close_fds=True)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = status
        out.seek(0)
        err.seek(0)
        if status:
            raise SystemExit(f"{' '.join(command)} failed:\n{err.read().decode()[-2000:]}")
        text = out.read().decode().strip()
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, text.splitlines()[-1] if text else ""


def peak(command, env):
    """Peak RSS in MiB as /usr/bin/time sees it: without this process' own pages."""
    script = "import os,sys,resource\npid=os.posix_spawn(sys.argv[1],sys.argv[1:],os.environ,file_actions=[(os.POSIX_SPAWN_OPEN,1,'/dev/null',os.O_WRONLY,0),(os.POSIX_SPAWN_OPEN,2,'/dev/null',os.O_WRONLY,0)])\n_,_,u=os.wait4(pid,0)\nprint(u.ru_maxrss/1024)"
    return float(subprocess.run(["python3", "-S", "-c", script, *command], env=env, stdout=subprocess.PIPE, text=True).stdout)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("-n", type=int, default=5)
    options.add_argument("-w", default="w1,w2,w3,w4,w5")
    options = options.parse_args()
    score, overhead = build()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    base = f"http://127.0.0.1:{port}/v1"
    kept = tempfile.TemporaryDirectory()  # the records of the runs
    env = dict(os.environ, BENCH_BASE=base, BENCH_KEY="x", NO_COLOR="1", XDG_STATE_HOME=kept.name)
    server = subprocess.Popen([overhead, "mock", port])
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", int(port)), 0.1).close()
                break
            except OSError:
                time.sleep(0.02)
        rows = {}
        for workload in options.w.split(","):
            for _ in range(options.n):
                for system, command in (
                    ("raw", [overhead, "raw", workload, base]),
                    ("score", [score, "run", "-q", "--no-input", "--no-journal", str(HERE / f"{workload}.score")]),
                    ("kept", [score, "run", "-q", "--no-input", str(HERE / f"{workload}.score")]),
                ):
                    rows.setdefault((workload, system), []).append(run(command, env) + (peak(command, env),))
            answers = {row[3] for system in ("raw", "score", "kept") for row in rows[workload, system]}
            if len(answers) != 1:
                raise SystemExit(f"{workload}: the answers differ: {answers}")
        show(rows, options)
    finally:
        server.terminate()


def show(rows, options):
    middle = lambda key, column: statistics.median(row[column] for row in rows[key])
    print("| workload | system | wall s | CPU ms | CPU ms per call | peak RSS MiB |\n|---|---|---|---|---|---|")
    for (workload, system) in rows:
        key = (workload, system)
        cpu = middle(key, 1) * 1e3
        print(f"| {workload} | {system} | {middle(key, 0):.3f} | {cpu:.1f} | {cpu / CALLS[workload]:.4f} | {middle(key, 4):.1f} |")
    print()
    for system, what in (("score", "journal in memory"), ("kept", "journal on disk")):
        print(f"{what}:")
        compare(system, middle, options.w.split(","))


def compare(system, middle, measured):
    ratio = lambda workload, column: middle((workload, system), column) / middle((workload, "raw"), column)
    extra = lambda workload, system: (middle((workload, system), 1) - middle(("w1", system), 1)) / (CALLS[workload] - 1) * 1e3
    if "w1" in measured:
        print(f"W1 whole process CPU: {ratio('w1', 1):.2f} x raw")
    if {"w1", "w2"} <= set(measured):
        print(f"W2 CPU per extra call: {extra('w2', system):.4f} ms, raw {extra('w2', 'raw'):.4f} ms, {extra('w2', system) / extra('w2', 'raw'):.2f} x")
    if "w3" in measured:
        print(f"W3 makespan: {ratio('w3', 0):.2f} x raw; peak RSS {ratio('w3', 4):.2f} x raw")
    if "w4" in measured:
        print(f"W4 against the critical path of {CRITICAL:.3f} s: +{(middle(('w4', system), 0) / CRITICAL - 1) * 100:.1f}%, raw +{(middle(('w4', 'raw'), 0) / CRITICAL - 1) * 100:.1f}%")
    if {"w1", "w4"} <= set(measured):
        beyond = lambda system: ((middle(("w4", system), 0) - middle(("w1", system), 0)) / CRITICAL - 1) * 100
        print(f"W4 without the start of the process (W1's wall): +{beyond(system):.1f}%, raw +{beyond('raw'):.1f}%")
    if {"w1", "w5"} <= set(measured):
        print(f"W5 CPU per extra 8 KB document: {extra('w5', system):.3f} ms, raw {extra('w5', 'raw'):.3f} ms")


if __name__ == "__main__":
    main()
