"""Solves a relaxed patrol problem with PyVRP.

Usage: solve_pyvrp.py PROBLEM.json SECONDS wall|cpu FOLDER [STOP_WORTH_S]
"""

import importlib.metadata
import sys

import numpy as np
from pyvrp import Client, Depot, Location, ProblemData, VehicleType, solve

import additive

# Drives that don't exist; longer than any shift.
NEVER = 10_000_000


class Stop:
    """PyVRP's own MaxRuntime, by either clock."""

    def __init__(self, seconds, clock):
        self.seconds, self.clock, self.start = seconds, clock, None

    def __call__(self, best_cost):
        now = self.clock()
        self.start = now if self.start is None else self.start
        return now - self.start > self.seconds


def main():
    path, seconds, clock, folder = sys.argv[1], float(sys.argv[2]), sys.argv[3], sys.argv[4]
    stop_worth_s = float(sys.argv[5]) if len(sys.argv) > 5 else 6000.0
    problem = additive.load(path)
    units, visits = problem["units"], problem["visits"]
    # Locations: starts, visits, ends; a round that may end anywhere ends at no cost.
    places = [unit["point"] for unit in units] + [visit["point"] for visit in visits]
    places += [unit["end_point"] for unit in units]
    optional = [False] * len(units) + [not visit["required"] for visit in visits]
    optional += [False] * len(units)
    travel = np.array(
        [[NEVER if s is None else s for s in row] for row in problem["travel_s"]],
        dtype=np.int64,
    )
    known = np.array([0 if place is None else place for place in places])
    drives = travel[np.ix_(known, known)]
    # Visits of one cell may not follow each other.
    same = (known[:, None] == known[None, :]) & np.outer(optional, optional)
    drives[same] = NEVER
    anywhere = np.array([place is None for place in places])
    drives[:, anywhere] = 0
    drives[anywhere, :] = NEVER
    np.fill_diagonal(drives, 0)
    prizes = additive.whole_prizes(problem, stop_worth_s)
    clients = [
        Client(
            location=len(units) + number,
            service_duration=visit["stay_s"],
            tw_early=visit["from_s"],
            tw_late=visit["until_s"],
            prize=prize,
            required=False,
        )
        for number, (visit, prize) in enumerate(zip(visits, prizes))
    ]
    first_end = len(units) + len(visits)
    depots = [Depot(location=number) for number in range(len(units))]
    depots += [Depot(location=first_end + number) for number in range(len(units))]
    vehicles = [
        VehicleType(
            num_available=1,
            start_depot=number,
            end_depot=len(units) + number,
            tw_early=unit["from_s"],
            tw_late=unit["until_s"],
        )
        for number, unit in enumerate(units)
    ]
    data = ProblemData(
        locations=[Location(0, 0) for _ in places],
        clients=clients,
        depots=depots,
        vehicle_types=vehicles,
        distance_matrices=[drives],
        duration_matrices=[drives],
    )
    result = solve(data, Stop(seconds, additive.clock(clock)), seed=1, collect_stats=False)
    rounds = [[] for _ in units]
    for route in result.best.routes():
        rounds[route.vehicle_type()] = [
            activity.idx for activity in route.schedule() if activity.is_client()
        ]
    if not result.best.is_feasible():
        print("PyVRP found no feasible solution; what it has is scored")
    solver = f"PyVRP {importlib.metadata.version('pyvrp')}"
    additive.save(problem, solver, seconds, rounds, folder)


main()
