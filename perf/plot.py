#!/usr/bin/env python3
"""Draws what the harness measured: 'perf/plot.py latest.json throughput.svg'. What was not measured is left out."""

import json
import sys
from html import escape

WIDTH = 960
LEFT, RIGHT = 60, 24
OURS, ASYNCIO, OLD = "#1f6feb", "#6e7781", "#9a6700"
CLIENTS = [("pattern-sync", OURS), ("asyncio", ASYNCIO), ("old", OLD)]
NAMES = {"pattern-sync": "pattern-sync", "asyncio": "asyncio client", "old": "the old script's algorithm"}
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .title { font-size: 15px; font-weight: 600 }
  .note { fill: #57606a; font-size: 12px }
  .inside { fill: white; font-size: 12px; font-weight: 600 }
  .grid { stroke: #d8dee4 }
  .goal { stroke: #cf222e; stroke-dasharray: 5 4 }
"""


def text(x, y, words, anchor="start", kind=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{kind}">{escape(words)}</text>'


def line(x1, y1, x2, y2, kind="grid"):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>'


def bar(x, y, width, height, color, hint):
    shape = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{max(height, 0):.1f}" fill="{color}"'
    return f"<rect {shape}><title>{escape(hint)}</title></rect>"


def legend(y, clients):
    parts, x = [], LEFT
    for name, color in clients:
        parts += [bar(x, y - 10, 11, 11, color, NAMES[name]), text(x + 16, y, NAMES[name])]
        x += 40 + 7.2 * len(NAMES[name])
    return parts


def used(value):
    """Bars of how much of the servers' time is used, by service time and number of servers."""
    groups = [(f"{servers} x {ms} ms", f"throughput.{ms}ms.{servers}") for ms in (10, 50, 200) for servers in (1, 4)]
    groups.append(("971 rows, 4 x 50 ms", "tail"))
    shown = []
    for label, key in groups:
        bars = [
            (name, color, value(f"{key}.ratio" if name == "pattern-sync" else f"{key}.{name}.bound_ratio"))
            for name, color in CLIENTS
        ]
        bars = [one for one in bars if one[2] is not None]
        if bars:
            shown.append((label, bars))
    if not shown:
        return [], 0
    top, height = 56, 190
    parts = [text(LEFT, 20, "Share of the embedding servers' time that is used, process start to exit", kind="title")]
    parts += legend(42, CLIENTS)

    def at(ratio):
        return top + height * (1 - ratio)

    for percent in (0, 25, 50, 75, 100):
        y = at(percent / 100)
        parts += [line(LEFT, y, WIDTH - RIGHT, y), text(LEFT - 8, y + 4, f"{percent} %", "end", "note")]
    step = (WIDTH - LEFT - RIGHT) / len(shown)
    for place, (label, bars) in enumerate(shown):
        middle = LEFT + step * (place + 0.5)
        wide = min(38, step * 0.8 / len(bars))
        x = middle - wide * len(bars) / 2
        for name, color, ratio in bars:
            parts.append(bar(x, at(ratio), wide - 3, height * ratio, color, f"{NAMES[name]}, {label}: {ratio:.1%}"))
            inside = ratio > 0.1
            y = at(ratio) + 15 if inside else at(ratio) - 4
            parts.append(text(x + wide / 2 - 1.5, y, f"{ratio * 100:.1f}", "middle", "inside" if inside else "note"))
            x += wide
        parts.append(text(middle, top + height + 18, label, "middle"))
    goal = line(LEFT, at(0.97), WIDTH - RIGHT, at(0.97), "goal")
    return parts[:1] + [goal] + parts[1:], top + height + 40


def processor(value):
    """What a row costs each client."""
    costs = []
    for name, color in CLIENTS:
        user, system = value(f"cpu.{name}.user"), value(f"cpu.{name}.system")
        if user is not None and system is not None:
            costs.append((name, color, user, system))
    if not costs:
        return [], 0
    parts = [
        text(LEFT, 20, "Processor time a row where the servers take no time, user + system, microseconds", kind="title")
    ]
    most = max(user + system for _, _, user, system in costs)
    start = LEFT + 190
    scale = (WIDTH - RIGHT - start - 200) / most
    for place, (name, color, user, system) in enumerate(costs):
        y = 38 + 30 * place
        words = f"{user:.1f} + {system:.1f}"
        parts.append(text(start - 8, y + 15, NAMES[name], "end"))
        parts.append(bar(start, y, user * scale, 20, color, words))
        parts.append(f'<g opacity="0.55">{bar(start + user * scale, y, system * scale, 20, color, words)}</g>')
        parts.append(text(start + (user + system) * scale + 8, y + 15, words))
    return parts, 38 + 30 * len(costs) + 20


def scale(series):
    """The rate over a run of a million rows, from the marks of its journal."""
    marks = series.get("scale.marks", [])
    most_rows = marks[-1][1] if marks else 0
    # A few seconds together: what a single mark holds is chance.
    length = max(1, len(marks) // 40)
    marks = marks[:1] + marks[length::length]
    rates = [
        (after[1], (after[1] - before[1]) / (after[0] - before[0]))
        for before, after in zip(marks, marks[1:])
        if after[0] > before[0]
    ]
    if len(rates) < 2:
        return [], 0
    top, height = 34, 150
    most_rate = max(rate for _, rate in rates) * 1.1
    parts = [text(LEFT, 20, f"Rows a second over a run of {most_rows:,} rows, no service time", kind="title")]
    for share in (0, 0.5, 1):
        y = top + height * (1 - share)
        parts += [line(LEFT, y, WIDTH - RIGHT, y), text(LEFT - 8, y + 4, f"{most_rate * share:,.0f}", "end", "note")]
    points = " ".join(
        f"{LEFT + (WIDTH - LEFT - RIGHT) * rows / most_rows:.1f},{top + height * (1 - rate / most_rate):.1f}"
        for rows, rate in rates
    )
    parts.append(f'<polyline points="{points}" fill="none" stroke="{OURS}" stroke-width="2"/>')
    for share in (0, 0.25, 0.5, 0.75, 1):
        x = LEFT + (WIDTH - LEFT - RIGHT) * share
        parts.append(text(x, top + height + 18, f"{most_rows * share:,.0f}", "end" if share == 1 else "middle", "note"))
    return parts, top + height + 40


def main():
    source, target = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        measured = json.load(file)
    figures = measured["figures"]

    def value(name):
        return figures[name]["value"] if name in figures else None

    machine = measured["machine"]
    caption = (
        f"{machine['system']}, {machine['processors']} x {machine['processor']}, "
        f"Swift {machine['swift']}, commit {machine['commit']}, {machine['date']}"
    )
    body, y = [], 16
    for parts, height in (used(value), processor(value), scale(measured["series"])):
        if parts:
            body.append(f'<g transform="translate(0 {y})">{"".join(parts)}</g>')
            y += height + 12
    body.append(text(LEFT, y + 6, caption, kind="note"))
    with open(target, "w", encoding="utf-8") as file:
        file.write(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y + 24}" width="{WIDTH}" height="{y + 24}">'
            f'<style>{STYLE}</style><rect width="100%" height="100%" fill="white"/>{"".join(body)}</svg>\n'
        )


if __name__ == "__main__":
    main()
