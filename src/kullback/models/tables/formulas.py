"""Formulas as objectives print them: what several rows of the tables have in common.

A catalogue that is listed without torch cannot ask an objective; that each row says what its
objective does is a test.
"""

from __future__ import annotations

LOGISTIC = "−E_q log P(q) − E_p log P(p)"
FLAT_LOGISTIC = f"{LOGISTIC} + 0.5·E_q‖∇D‖²"
RELATIVISTIC = "E log(1 + exp(D(p) − D(q)))"

P_NON_SATURATING = "p min −E_p log P(q)"
Q_NON_SATURATING = "q min −E_q log P(p)"
P_TOWARDS_Q = "p min −E_p D towards q"
P_RELATIVISTIC = "p min E log(1 + exp(D(q) − D(p))) towards q"


def lines(*formulas: str) -> str:
    """Return the formula of a sum of objectives: a line for each."""
    return "\n".join(formulas)


def game(
    critic: str,
    *movers: str,
    on: str = "x",
    q: str = "data(x)",
    p: str = "∫ p(z) p(x|z) dz",
    seen: str = "",
) -> str:
    """Return the formula of a game on ``on``: the sides, what the critic and each mover minimise.

    ``seen`` is what the critic sees in place of ``on``, if it sees something else.
    """
    sight = f", critic sees {seen}" if seen else ""
    players = ";  ".join([f"critic min {critic}", *movers])
    return f"game on ({on}){sight},  q = {q},  p = {p}:  {players}"
