"""Compiled loops of repeat buying: counting histories."""

# Loops over arrays are written out: this is the code that Numba compiles.
from __future__ import annotations

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_ROWS = types.int64[::1]
_SLOPES = types.Tuple(  # type: ignore[no-untyped-call]
    (types.float64, types.float64[::1], types.float64[:, ::1], types.float64[:, ::1])
)


@njit([types.int64[::1](_ROWS, _ROWS, types.int64)], nogil=True, cache=True)
def sorted_by(order: Ints, key: Ints, keys: int) -> Ints:
    """Return the rows of ``order`` by key, those of one key in the order they had. Keys are from 0 to ``keys``."""
    starts = np.zeros(keys + 1, np.int64)
    for row in range(len(order)):
        starts[key[order[row]] + 1] += 1
    for place in range(keys):
        starts[place + 1] += starts[place]
    found = np.empty(len(order), np.int64)
    for place in range(len(order)):
        row = order[place]
        found[starts[key[row]]] = row
        starts[key[row]] += 1
    return found


@njit([types.int64[::1](_ROWS, _ROWS, _ROWS, _ROWS)], nogil=True, cache=True)
def runs(order: Ints, one: Ints, two: Ints, three: Ints) -> Ints:
    """Return where each run of rows equal in three columns begins in ``order``, and its end."""
    found = np.empty(len(order) + 1, np.int64)
    count = 0
    for place in range(len(order)):
        row = order[place]
        if place:
            before = order[place - 1]
            if one[row] == one[before] and two[row] == two[before] and three[row] == three[before]:
                continue
        found[count] = place
        count += 1
    found[count] = len(order)
    return found[: count + 1].copy()


@njit(
    [
        _SLOPES(
            types.float64[::1], types.int64[::1], types.float64[::1], types.float64[::1], types.float64[::1],
            types.float64[:, ::1], types.int64,
        )
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def geometric_slopes(  # noqa: PLR0917, PLR0915 - one loop, compiled, positions only
    parameters: Floats,
    frequency: Ints,
    recency: Floats,
    age: Floats,
    weight: Floats,
    by_frequency: Floats,
    coins: int,
) -> tuple[float, Floats, Floats, Floats]:
    """Return log-likelihood, gradient, Hessian and scores of BG/NBD and MBG/NBD in r, alpha, a, b.

    Parameters
    ----------
    by_frequency
        For each x: the part of the log-likelihood that depends on x alone, its four derivatives, and its second
        derivatives by (r, r), (a, a), (a, b), (b, b).
    coins
        How many more coins than repeat purchases decide about leaving: 0 in BG/NBD, 1 in MBG/NBD.
    """
    r, alpha, a, b = parameters
    value = 0.0
    gradient = np.zeros(4)
    hessian = np.zeros((4, 4))
    scores = np.zeros((4, 4))
    score = np.empty(4)
    slope = np.empty(4)
    log_a = np.log(a)
    last_age = -1.0
    log_old = inverse_old = 0.0
    for row in range(len(frequency)):
        x, w = frequency[row], weight[row]
        if age[row] != last_age:  # histories come by age
            last_age = age[row]
            log_old = np.log(alpha + last_age)
            inverse_old = 1.0 / (alpha + last_age)
        bought = r + x
        table = by_frequency[x]
        value += w * (table[0] - bought * log_old)
        score[0] = table[1] - log_old
        score[1] = table[2] - bought * inverse_old
        score[2] = table[3]
        score[3] = table[4]
        hessian[0, 0] += w * table[5]
        hessian[0, 1] -= w * inverse_old
        hessian[1, 1] += w * bought * inverse_old * inverse_old
        hessian[2, 2] += w * table[6]
        hessian[2, 3] += w * table[7]
        hessian[3, 3] += w * table[8]
        if x + coins > 0:
            inverse_recent = 1.0 / (alpha + recency[row])
            log_ratio = log_old - np.log(alpha + recency[row])
            beta = b + x + coins - 1.0
            odds = log_a - np.log(beta) + bought * log_ratio
            small = np.exp(-abs(odds))
            gone = 1.0 / (1.0 + small) if odds >= 0 else small / (1.0 + small)
            value += w * (max(odds, 0.0) + np.log1p(small))
            apart = inverse_old - inverse_recent
            slope[0] = log_ratio
            slope[1] = bought * apart
            slope[2] = 1.0 / a
            slope[3] = -1.0 / beta
            spread = w * gone * (1.0 - gone)
            for one in range(4):
                score[one] += gone * slope[one]
                for two in range(one, 4):
                    hessian[one, two] += spread * slope[one] * slope[two]
            gone *= w
            hessian[0, 1] += gone * apart
            hessian[1, 1] += gone * bought * (inverse_recent * inverse_recent - inverse_old * inverse_old)
            hessian[2, 2] -= gone / (a * a)
            hessian[3, 3] += gone / (beta * beta)
        for one in range(4):
            gradient[one] += w * score[one]
            for two in range(one, 4):
                scores[one, two] += w * score[one] * score[two]
    everybody = weight.sum()
    hessian[0, 1] += everybody / alpha
    hessian[1, 1] -= everybody * r / (alpha * alpha)
    for one in range(4):
        for two in range(one):
            hessian[one, two] = hessian[two, one]
            scores[one, two] = scores[two, one]
    return value, gradient, hessian, scores


@njit(
    [
        _SLOPES(
            types.float64[::1], types.int64[::1], types.float64[::1], types.float64[::1], types.float64[::1],
            types.float64[:, ::1], types.float64[::1], types.float64[::1],
        )
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def pareto_slopes(  # noqa: C901, PLR0917, PLR0915 - one loop, compiled, positions only
    parameters: Floats,
    frequency: Ints,
    recency: Floats,
    age: Floats,
    weight: Floats,
    by_frequency: Floats,
    nodes: Floats,
    shares: Floats,
) -> tuple[float, Floats, Floats, Floats]:
    """Return log-likelihood, gradient, Hessian and scores of Pareto/NBD in r, alpha, s, beta.

    The chance of having left is an integral over when, by Gauss and Legendre in ln(alpha + t): terms 1 to n are its
    nodes, term 0 is having stayed.

    Parameters
    ----------
    by_frequency
        For each x: lnG(r + x) - lnG(r), its first and its second derivative by r.
    nodes, shares
        Of Gauss and Legendre from -1 to 1.
    """
    r, alpha, s, beta = parameters
    value = 0.0
    gradient = np.zeros(4)
    hessian = np.zeros((4, 4))
    scores = np.zeros((4, 4))
    terms = len(nodes) + 1
    logs = np.empty(terms)
    log_bought = np.empty(terms)
    log_left = np.empty(terms)
    inverse_bought = np.empty(terms)
    inverse_left = np.empty(terms)
    slope = np.empty(4)
    mean = np.empty(4)
    second = np.empty((4, 4))
    score = np.empty(4)
    log_alpha, log_beta, log_s = np.log(alpha), np.log(beta), np.log(s)
    for row in range(len(frequency)):
        x, w = frequency[row], weight[row]
        bought = r + x
        log_bought[0] = np.log(alpha + age[row])
        log_left[0] = np.log(beta + age[row])
        inverse_bought[0] = 1.0 / (alpha + age[row])
        inverse_left[0] = 1.0 / (beta + age[row])
        logs[0] = -bought * log_bought[0] - s * log_left[0]
        largest = logs[0]
        low = np.log(alpha + recency[row])
        half = 0.5 * (log_bought[0] - low)
        used = 1
        if half > 0.0:
            used = terms
            for node in range(1, terms):
                here = low + half * (1.0 + nodes[node - 1])
                both = np.exp(here)
                log_bought[node] = here
                inverse_bought[node] = 1.0 / both
                log_left[node] = np.log(both - alpha + beta)
                inverse_left[node] = 1.0 / (both - alpha + beta)
                logs[node] = (
                    np.log(half * shares[node - 1])
                    + log_s
                    + (1.0 - bought) * here
                    - (s + 1.0) * log_left[node]
                )
                largest = max(largest, logs[node])
        total = 0.0
        for node in range(used):
            total += np.exp(logs[node] - largest)
        mean[:] = 0.0
        second[:] = 0.0
        for node in range(used):
            share = np.exp(logs[node] - largest) / total
            power = s if node == 0 else s + 1.0
            one, two = inverse_bought[node], inverse_left[node]
            slope[0] = -log_bought[node]
            slope[1] = -bought * one
            slope[2] = -log_left[node] + (0.0 if node == 0 else 1.0 / s)
            slope[3] = -power * two
            for first in range(4):
                mean[first] += share * slope[first]
                for other in range(first, 4):
                    second[first, other] += share * slope[first] * slope[other]
            second[0, 1] -= share * one
            second[1, 1] += share * bought * one * one
            if node:
                second[2, 2] -= share / (s * s)
            second[2, 3] -= share * two
            second[3, 3] += share * power * two * two
        table = by_frequency[x]
        value += w * (table[0] + r * log_alpha + s * log_beta + largest + np.log(total))
        score[0] = table[1] + log_alpha + mean[0]
        score[1] = r / alpha + mean[1]
        score[2] = log_beta + mean[2]
        score[3] = s / beta + mean[3]
        hessian[0, 0] += w * table[2]
        hessian[0, 1] += w / alpha
        hessian[1, 1] -= w * r / (alpha * alpha)
        hessian[2, 3] += w / beta
        hessian[3, 3] -= w * s / (beta * beta)
        for first in range(4):
            gradient[first] += w * score[first]
            for other in range(first, 4):
                hessian[first, other] += w * (second[first, other] - mean[first] * mean[other])
                scores[first, other] += w * score[first] * score[other]
    for first in range(4):
        for other in range(first):
            hessian[first, other] = hessian[other, first]
            scores[first, other] = scores[other, first]
    return value, gradient, hessian, scores


@njit(
    [
        types.float64[::1](
            types.float64[::1], types.int64[::1], types.float64[::1], types.float64[::1],
            types.float64[::1], types.float64[::1],
        )
    ],
    nogil=True,
    cache=True,
)  # fmt: skip
def pareto_alive(  # noqa: PLR0917 - one loop, compiled, positions only
    parameters: Floats, frequency: Ints, recency: Floats, age: Floats, nodes: Floats, shares: Floats
) -> Floats:
    """Return the chance of each history to be that of a customer still; see `pareto_slopes`."""
    r, alpha, s, beta = parameters
    found = np.empty(len(frequency))
    for row in range(len(frequency)):
        bought = r + frequency[row]
        high = np.log(alpha + age[row])
        low = np.log(alpha + recency[row])
        half = 0.5 * (high - low)
        stays = -bought * high - s * np.log(beta + age[row])
        odds = 0.0
        for node in range(len(nodes)):
            here = low + half * (1.0 + nodes[node])
            left = np.log(np.exp(here) - alpha + beta)
            odds += shares[node] * np.exp((1.0 - bought) * here - (s + 1.0) * left - stays)
        found[row] = 1.0 / (1.0 + s * half * odds)
    return found
