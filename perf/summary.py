#!/usr/bin/env python3
"""Prints the figures that matter most as a table in Markdown: 'perf/summary.py latest.json'. What is missing is a dash."""

import json
import sys

CLIENTS = {"pattern-sync": "", "asyncio": ".asyncio", "old": ".old"}


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        measured = json.load(file)
    figures = measured["figures"]

    def shown(name, form, unit=""):
        return form.format(figures[name]["value"]) + unit if name in figures else "–"

    def ratio(key, client):
        return shown(f"{key}.ratio" if client == "pattern-sync" else f"{key}{CLIENTS[client]}.bound_ratio", "{:.3f}")

    def cost(client):
        user, system = (shown(f"cpu.{client}.{part}", "{:.1f}") for part in ("user", "system"))
        return f"{user} + {system} µs"

    machine = measured["machine"]
    print(
        f"{machine['system']}, {machine['processors']} x {machine['processor']}, "
        f"{machine['memory_bytes'] / 1e9:.0f} GB, Swift {machine['swift']}, PostgreSQL {machine['postgresql']}, "
        f"Python {machine['python']}; commit {machine['commit']}, {machine['date'][:10]}\n"
    )
    print("| | pattern-sync | asyncio client | old script's algorithm |")
    print("|---|---|---|---|")
    for servers in (1, 4):
        cells = []
        for client in CLIENTS:
            times = (10, 50, 200) if client == "pattern-sync" else (50,)
            cells.append(" / ".join(ratio(f"throughput.{time}ms.{servers}", client) for time in times))
        name = "1 server" if servers == 1 else f"{servers} servers"
        print(f"| of the bound, {name} at 10 / 50 / 200 ms (others: at 50) | {' | '.join(cells)} |")
    print(
        f"| of the bound, 971 rows on 4 servers at 50 ms | {ratio('tail', 'pattern-sync')} | {ratio('tail', 'asyncio')} | |"
    )
    for servers in (1, 4):
        others = " | ".join(
            shown(f"throughput.50ms.{servers}.{client}.ratio", "{:.2f}") for client in ("asyncio", "old")
        )
        print(f"| our rate to theirs at 50 ms, {servers} server(s) | 1 | {others} |")
    print(f"| processor time a row, user + system | {' | '.join(cost(client) for client in CLIENTS)} |")
    print(f"| peak memory, the same run | {' | '.join(shown(f'cpu.{c}.peak', '{:.0f}', ' MB') for c in CLIENTS)} |")
    print(f"| last tenth of a million rows to the first, in rate | {shown('scale.ratio', '{:.3f}')} | | |")
    print(f"| peak memory over a million rows | {shown('scale.peak', '{:.0f}', ' MB')} | | |")


if __name__ == "__main__":
    main()
