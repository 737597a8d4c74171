#!/usr/bin/env python3
"""A judge of Daka's time intervals: the rules once more, in exact fractions and without a thought for speed.

It shares no code with the core. Standard library only.

    python3 tests/judges/time_intervals.py < history.jsonl

Input, a JSON object a line, in the order of the commits, times in ms:

    {"kind":"history","rho_ppm":200,"verified_width_ms":120000}     begins another history; may be left out for a single one
    {"kind":"anchor","session":"a","b0":0,"b1":120,"server_ms":..,"eps_ms":500,"wall_ms":..}    committed at "t", else at b1;
                                                                    "head_seq": the last entry that the token signs, else none
    {"kind":"punch","id":"p1","session":"a","tap":4990,"tap_wall_ms":..,"t":5000,"wall_ms":..}
    {"kind":"reading","session":"a","t":..,"wall_ms":..}
    {"kind":"received","server_ms":..,"eps_ms":..}                  the server had every line before it

Entries (all but "history" and "received") are numbered from 1 in each history, unless they carry "seq".
Output, for each punch in order: {"history","id","earliest_ms","latest_ms","earliest_from","latest_from","word","flags"}.

The rules. rho bounds |true / elapsed - 1|. An anchor is a server time S, true within eps, made between the readings b0 and b1:

    after      b >= b1         earliest = S - eps + (b - b1)(1 - rho)    latest = S + eps + (b - b0)(1 + rho)
    meanwhile  b0 < b < b1     earliest = S - eps - (b1 - b)(1 + rho)    latest = S + eps + (b - b0)(1 + rho)
    before     b <= b0         earliest = S - eps - (b1 - b)(1 + rho)    latest = S + eps - (b0 - b)(1 - rho)

Anchors of a session intersect; an empty intersection is a clock anomaly and leaves the hull. A receipt bounds every entry before
it by S + eps, a token every entry up to its head. A commit's latest end bounds what was committed before it; its earliest end
bounds later commits, the taps of later sessions, and those taps of its own session whose reading is not below its own. Ends are
floored and ceiled, then 2 ms wider. Anchors against the server's own sight of an entry are refused; neighbours against what
tokens and receipts say, or against each other, are left aside, and such a commit passes on what it knows itself.
"""

import json
import math
import sys
from fractions import Fraction

WIDER = 2
OPEN = (None, None)


def formulas(anchor, b, rho):
    """The interval of one anchor at reading b, exactly."""
    s, eps, b0, b1 = anchor["server_ms"], anchor["eps_ms"], anchor["b0"], anchor["b1"]
    if b >= b1:
        return s - eps + (b - b1) * (1 - rho), s + eps + (b - b0) * (1 + rho)
    if b0 < b:
        return s - eps - (b1 - b) * (1 + rho), s + eps + (b - b0) * (1 + rho)
    return s - eps - (b1 - b) * (1 + rho), s + eps - (b0 - b) * (1 - rho)


def from_anchors(anchors, b, rho):
    """(interval, whether the anchors contradict each other)."""
    if not anchors:
        return OPEN, False
    ends = [formulas(anchor, b, rho) for anchor in anchors]
    lows = [math.floor(low) - WIDER for low, _ in ends]
    highs = [math.ceil(high) + WIDER for _, high in ends]
    if max(lows) <= min(highs):
        return (max(lows), min(highs)), False
    return (min(lows), max(highs)), True


def smallest(values):
    values = [value for value in values if value is not None]
    return min(values) if values else None


def largest(values):
    values = [value for value in values if value is not None]
    return max(values) if values else None


def empty(interval):
    low, high = interval
    return low is not None and high is not None and low > high


def cut(interval, other):
    return largest([interval[0], other[0]]), smallest([interval[1], other[1]])


class History:
    def __init__(self, name, rho_ppm=200, verified_width_ms=120_000):
        self.name = name
        self.rho = Fraction(rho_ppm, 1_000_000)
        self.limit = verified_width_ms
        self.entries = []
        self.receipts = []

    def add(self, line):
        if line["kind"] == "received":
            self.receipts.append((len(self.entries), line["server_ms"] + line["eps_ms"] + WIDER))
            return
        entry = dict(line)
        entry.setdefault("seq", len(self.entries) + 1)
        if entry["kind"] == "anchor":
            entry.setdefault("t", entry["b1"])
            entry.setdefault("head_seq", 0)
        self.entries.append(entry)

    def anchors(self, session):
        return [e for e in self.entries if e["kind"] == "anchor" and e["session"] == session]

    def by_head(self, i):
        seq = self.entries[i]["seq"]
        signing = [e for e in self.entries if e["kind"] == "anchor" and e["head_seq"] >= seq]
        return smallest([e["server_ms"] + e["eps_ms"] + WIDER for e in signing])

    def by_receipt(self, i):
        return smallest([by for count, by in self.receipts if i < count])

    def own(self, i, b):
        """What is known of reading b of entry i without neighbours: (from tokens, with receipts, anomaly, refused)."""
        interval, anomaly = from_anchors(self.anchors(self.entries[i]["session"]), b, self.rho)
        head, receipt = (None, self.by_head(i)), (None, self.by_receipt(i))
        stated = cut(cut(interval, head), receipt)
        if empty(stated):
            return OPEN, cut(head, receipt), anomaly, True
        return cut(interval, head), stated, anomaly, False

    def carried(self, own):
        """What each commit passes on: (to later ones, to earlier ones)."""
        contradicted = False
        below = []
        for low, high in own:
            before = below[-1] if below else None
            if empty((before, high)):
                contradicted, before = True, None
            below.append(largest([low, before]))
        above = []
        for low, high in reversed(own):
            after = above[-1] if above else None
            if empty((low, after)):
                contradicted, after = True, None
            above.append(smallest([high, after]))
        above.reverse()
        if not contradicted:
            # The rule in its plain words: every earlier commit bounds from below, every later one from above.
            for i in range(len(own)):
                assert below[i] == largest([low for low, _ in own[: i + 1]])
                assert above[i] == smallest([high for _, high in own[i:]])
        return below, above

    def punches(self):
        own = [self.own(i, entry["t"])[1] for i, entry in enumerate(self.entries)]
        below, above = self.carried(own)
        for i, entry in enumerate(self.entries):
            if entry["kind"] == "punch":
                yield self.punch(i, entry, below, above)

    def punch(self, i, entry, below, above):
        tokens, stated, anomaly, refused = self.own(i, entry["tap"])
        head, receipt = self.by_head(i), self.by_receipt(i)
        low, high = stated
        if not refused:
            came_before = [
                j
                for j in range(i)
                if self.entries[j]["session"] != entry["session"] or self.entries[j]["t"] <= entry["tap"]
            ]
            around = (
                below[came_before[-1]] if came_before else None,
                above[i + 1] if i + 1 < len(self.entries) else None,
            )
            if empty(cut(stated, around)):
                anomaly = True
            else:
                low, high = cut(stated, around)

        if low is None:
            low_from = "none"
        else:
            low_from = "token" if low == tokens[0] else "neighbour"
        if high is None:
            high_from = "none"
        elif high == tokens[1] or high == head:
            high_from = "token"
        else:
            high_from = "receipt" if high == receipt else "neighbour"

        if None not in tokens and tokens[1] - tokens[0] <= self.limit:
            word = "verified"
        elif low is not None and high is not None:
            word = "bounded"
        else:
            word = "unverified"
        flags = ["clock_anomaly"] * anomaly + ["claim_refused"] * refused
        return {
            "history": self.name,
            "id": entry["id"],
            "earliest_ms": low,
            "latest_ms": high,
            "earliest_from": low_from,
            "latest_from": high_from,
            "word": word,
            "flags": flags,
        }


def main():
    histories = []
    for text in sys.stdin.read().splitlines():
        if not text.strip():
            continue
        line = json.loads(text)
        if line["kind"] == "history":
            options = {key: line[key] for key in ("rho_ppm", "verified_width_ms") if key in line}
            histories.append(History(len(histories), **options))
            continue
        if not histories:
            histories.append(History(0))
        histories[-1].add(line)
    for history in histories:
        for punch in history.punches():
            print(json.dumps(punch))


if __name__ == "__main__":
    main()
