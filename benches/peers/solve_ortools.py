"""Solves a relaxed patrol problem with OR-tools' routing library: parallel cheapest
insertion, then guided local search.

Usage: solve_ortools.py PROBLEM.json SECONDS wall|cpu FOLDER [STOP_WORTH_S]
"""

import importlib.metadata
import sys

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

import additive

# Drives that don't exist; longer than any shift.
NEVER = 10_000_000


def main():
    path, seconds, clock_name, folder = sys.argv[1], float(sys.argv[2]), sys.argv[3], sys.argv[4]
    stop_worth_s = float(sys.argv[5]) if len(sys.argv) > 5 else 6000.0
    problem = additive.load(path)
    units, visits = problem["units"], problem["visits"]
    # Nodes: starts, visits, ends. A round that may end anywhere ends at no cost.
    places = [unit["point"] for unit in units] + [visit["point"] for visit in visits]
    places += [unit["end_point"] for unit in units]
    optional = [False] * len(units) + [not visit["required"] for visit in visits]
    optional += [False] * len(units)
    first_end = len(units) + len(visits)
    travel = problem["travel_s"]

    def drive(a, b):
        if places[b] is None or a == b:
            return 0
        if places[a] is None:
            return NEVER
        seconds_there = travel[places[a]][places[b]]
        if places[a] == places[b]:
            # Visits of one cell may not follow each other.
            return NEVER if optional[a] and optional[b] else 0
        return NEVER if seconds_there is None else seconds_there

    nodes = range(len(places))
    drives = [[drive(a, b) for b in nodes] for a in nodes]
    stays = [0] * len(units) + [visit["stay_s"] for visit in visits] + [0] * len(units)
    manager = pywrapcp.RoutingIndexManager(
        len(places),
        len(units),
        list(range(len(units))),
        list(range(first_end, len(places))),
    )
    routing = pywrapcp.RoutingModel(manager)
    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitMatrix(drives))
    times = [[stays[a] + drives[a][b] for b in nodes] for a in nodes]
    horizon = max(unit["until_s"] for unit in units)
    routing.AddDimension(routing.RegisterTransitMatrix(times), horizon, horizon, False, "time")
    time = routing.GetDimensionOrDie("time")
    for number, unit in enumerate(units):
        time.CumulVar(routing.Start(number)).SetRange(unit["from_s"], unit["until_s"])
        time.CumulVar(routing.End(number)).SetRange(unit["from_s"], unit["until_s"])
    prizes = additive.whole_prizes(problem, stop_worth_s)
    for number, (visit, prize) in enumerate(zip(visits, prizes)):
        index = manager.NodeToIndex(len(units) + number)
        routing.AddDisjunction([index], prize)
        time.CumulVar(index).SetRange(visit["from_s"], visit["until_s"])
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = (
        routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    )
    parameters.local_search_metaheuristic = (
        routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    )
    if clock_name == "wall":
        parameters.time_limit.FromMilliseconds(round(seconds * 1000))
    else:
        clock = additive.clock("cpu")
        until = clock() + seconds
        routing.AddSearchMonitor(routing.solver().CustomLimit(lambda: clock() > until))
        # A search without any limit of its own is refused.
        parameters.time_limit.FromMilliseconds(round(seconds * 20_000))
    solution = routing.SolveWithParameters(parameters)
    rounds = [[] for _ in units]
    if solution is None:
        print("OR-tools found no solution in time; units that stay are scored")
    else:
        for number in range(len(units)):
            index = solution.Value(routing.NextVar(routing.Start(number)))
            while not routing.IsEnd(index):
                rounds[number].append(manager.IndexToNode(index) - len(units))
                index = solution.Value(routing.NextVar(index))
    solver = f"OR-tools {importlib.metadata.version('ortools')}"
    additive.save(problem, solver, seconds, rounds, folder)


main()
