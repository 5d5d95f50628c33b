"""The commands ``lab list``, ``lab run`` and ``lab report``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kullback.errors import BadInput

if TYPE_CHECKING:
    from kullback.lab.outcome import Result

app = typer.Typer(
    help="Every claim of the theory, run and judged.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Kept = Annotated[Path, typer.Option(help="The folder of results.", metavar="DIR")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
PLACE = Path("lab")


@app.command("list")
def listed(out: Kept = PLACE, json: Json = False) -> None:
    """List the claims, and what became of each: here if it was run here, else as recorded."""
    from kullback.cli import show
    from kullback.lab.ledger import LEDGER
    from kullback.lab.record import status

    known = status(out)
    if json:
        show.as_json(
            [
                {
                    "id": claim.id,
                    "claim": claim.says.en,
                    "claim_zh": claim.says.zh,
                    "chapter": claim.chapter,
                    "status": known.get(claim.id, "not run"),
                }
                for claim in LEDGER.values()
            ]
        )
        return
    rows = [
        (claim.id, known.get(claim.id, "not run"), f"{claim.says.en}\n{claim.says.zh}")
        for claim in LEDGER.values()
    ]
    show.table(("id", "status", "claim"), rows)


@app.command("run")
def run(
    ids: Annotated[list[str], typer.Argument(help="Ids of claims, or all.", metavar="ID…")],
    seeds: Annotated[int, typer.Option(help="Seeds of each experiment that trains.")] = 3,
    out: Kept = PLACE,
    json: Json = False,
) -> None:
    """Run claims: what is measured, what was expected, and the verdict."""
    from kullback.cli import show
    from kullback.lab.laboratory import run as run_claims
    from kullback.lab.ledger import chosen

    found = run_claims(chosen(ids), out, seeds, _tell_progress)
    if json:
        show.as_json([result.to_json() for result in found])
        return
    for result in found:
        _tell(result)
    typer.echo(f"Figures and data are in {out}; kullback lab report makes one page of them.")


@app.command("report")
def report(
    results: Annotated[
        Path, typer.Argument(help="The folder of results.", metavar="[DIR]")
    ] = PLACE,
    seeds: Annotated[
        int | None, typer.Option(help="First run what is missing, with so many seeds.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The page to write.", metavar="FILE")] = None,
    json: Json = False,
) -> None:
    """Write one page, in English and Chinese, of what was run."""
    from kullback.cli import show
    from kullback.lab.laboratory import kept
    from kullback.lab.laboratory import run as run_claims
    from kullback.lab.ledger import LEDGER
    from kullback.lab.page import write_page

    found = kept(results)
    if seeds is not None:
        missing = [claim for id, claim in LEDGER.items() if id not in found]
        run_claims(missing, results, seeds, _tell_progress)
        found = kept(results)
    if not found:
        raise BadInput(f"{results} holds no results; run kullback lab run all --out {results}")
    page = out or results / "report.html"
    write_page(found, results, page)
    if json:
        show.as_json(list(found.values()))
        return
    typer.echo(f"Wrote {page}")


def _tell_progress(found: Result, done: int, all: int) -> None:
    """On standard error, one line a claim, so that long work is seen to go on."""
    if all > 1:
        verdict = found.claim.verdict(found.measured)
        print(f"{done} of {all}  {found.claim.id}  {verdict}", file=sys.stderr, flush=True)


def _tell(found: Result) -> None:
    from kullback.cli import show

    told: dict[str, Any] = found.to_json()
    claim = found.claim
    typer.echo(f"\n{claim.id}  {told['verdict']}\n{claim.says.en}\n{claim.says.zh}\n")
    for statement in told["statements"]:
        mark = "true " if statement["true"] else "false"
        typer.echo(f"  {mark}  {statement['says']}{_seeds(statement)}")
    if claim.correction is not None:
        mark = "true " if told["corrected"] else "false"
        typer.echo(f"  instead, {mark}  {claim.correction.says.en}")
    rows = [
        (name, f"{value:.5g}", _expected(told["expected"][name]))
        for name, value in told["measured"].items()
    ]
    show.table(("figure", "measured", f"expected ({claim.source})"), rows)


def _seeds(statement: dict[str, Any]) -> str:
    """Of how many seeds alone it is true, where one says otherwise than the mean."""
    from kullback.lab.outcome import disagree

    each = statement["seeds"]
    return f" ({sum(each)} of {len(each)} seeds)" if disagree(statement["true"], each) else ""


def _expected(value: float | str | None) -> str:
    return "" if value is None else value if isinstance(value, str) else f"{value:.5g}"
