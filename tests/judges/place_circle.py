"""Judge of place verdicts: P(inside a circle) by mpmath, distances by geographiclib. Shares no code and no formula with Daka.

Reads one JSON case per line on stdin, writes one answer per line, in order:

    {"kind": "p", "distance": d, "radius": R, "sigma": s}                    metres       -> {"p": P}
    {"kind": "distance", "from": [lat, lon], "to": [lat, lon]}               degrees      -> {"metres": m}

P is the mass of a round normal distribution in a circle, cut into strips across the line from the fix to the centre: a strip at x
is 2 sqrt(R^2 - x^2) long and holds erf(sqrt(R^2 - x^2) / (s sqrt 2)) of its line's mass, so that with a = d/s and b = R/s

    P = integral from -b to b of phi(x - a) erf(sqrt((b^2 - x^2) / 2)) dx

by tanh-sinh quadrature with 20 digits, which takes the square roots at the ends in its stride.
"""

import json
import sys

from geographiclib.geodesic import Geodesic
from mpmath import erf, exp, mp, mpf, pi, quad, sqrt

mp.dps = 20

# phi(10) is 8e-23: nothing beyond is worth a node.
REACH = 10


def inside(distance: float, radius: float, sigma: float) -> mpf:
    a, b = mpf(distance) / mpf(sigma), mpf(radius) / mpf(sigma)
    low, high = max(-b, a - REACH), min(b, a + REACH)
    if low >= high:
        return mpf(0)
    pieces = max(1, int((high - low) / 3))
    cuts = [low + (high - low) * i / pieces for i in range(pieces + 1)]
    # Near the far end the strip's length changes fast; a cut close to it keeps the panels small there.
    if high == b and b > 1:
        cuts = sorted(set(cuts + [b - mpf(1) / 8 / b] if b - mpf(1) / 8 / b > low else cuts))

    def strip(x):
        return exp(-((x - a) ** 2) / 2) * erf(sqrt(abs(b * b - x * x) / 2))

    return quad(strip, cuts) / sqrt(2 * pi)


def answer(case: dict) -> dict:
    if case["kind"] == "p":
        return {"p": float(inside(case["distance"], case["radius"], case["sigma"]))}
    if case["kind"] == "distance":
        line = Geodesic.WGS84.Inverse(*case["from"], *case["to"], outmask=Geodesic.DISTANCE)
        return {"metres": line["s12"]}
    raise ValueError(f"unknown kind {case['kind']!r}")


if __name__ == "__main__":
    for text in sys.stdin:
        print(json.dumps(answer(json.loads(text))), flush=False)
