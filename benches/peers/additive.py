"""What the drivers share: the problem's file, a clock, the solution's file."""

import json
import pathlib
import time


def load(path):
    return json.loads(pathlib.Path(path).read_text())


def clock(name):
    """Seconds so far: on the wall, or of this process's threads on their cores."""
    return {"wall": time.perf_counter, "cpu": time.process_time}[name]


def save(problem, solver, seconds, rounds, folder):
    name = problem["name"]
    solution = {
        "problem": name,
        "sha256": problem["sha256"],
        "solver": solver,
        "seconds": seconds,
        "rounds": rounds,
    }
    file = pathlib.Path(folder) / f"{name}.{solver.split()[0].lower()}.json"
    file.write_text(json.dumps(solution))
    visits = problem["visits"]
    made = [number for visit_numbers in rounds for number in visit_numbers]
    prize = sum(visits[number]["prize"] for number in made)
    required = sum(visit["required"] for visit in visits)
    kept = sum(visits[number]["required"] for number in made)
    print(f"{name}: {solver}: {len(made)} visits, prize {prize:.4f}, required {kept}/{required}")


def whole_prizes(problem, stop_worth_s):
    """Prizes in seconds of driving: that of a visit of the mean prize is worth
    `stop_worth_s`, a required one more than any ten others."""
    optional = [visit["prize"] for visit in problem["visits"] if not visit["required"]]
    mean = sum(optional) / max(len(optional), 1)
    scale = stop_worth_s / mean if mean > 0 else 0.0
    most = round(10 * max(optional, default=1.0) * scale) + 100_000
    return [
        most if visit["required"] else round(visit["prize"] * scale)
        for visit in problem["visits"]
    ]
