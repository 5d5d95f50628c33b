"""The commands. Each reads its arguments, calls the library, and prints what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kullback.cli import lab
from kullback.errors import BadInput

if TYPE_CHECKING:
    from kullback.runs.making import How
    from kullback.runs.run import Run

app = typer.Typer(
    help="Generative models as two joint distributions and a divergence made small.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(lab.app, name="lab")

Folder = Annotated[Path, typer.Argument(help="A run folder.", metavar="DIR")]
Out = Annotated[Path, typer.Option(help="The file to write.", metavar="FILE")]
Data = Annotated[str, typer.Option(help="A data set's name or path.", metavar="DATA")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Features = Annotated[
    list[str] | None,
    typer.Option(
        "--features",
        help="Compare samples in pixels, values, classifier, imagenet, or an ONNX file.",
        metavar="NAME|FILE",
    ),
]
Rows = Annotated[int | None, typer.Option("-n", help="Only the first N rows.", metavar="N")]


@app.command()
def models(json: Json = False) -> None:
    """List the models that can be trained."""
    from kullback.cli import show
    from kullback.models.catalogue import CATALOGUE

    rows = [
        {
            "name": entry.name,
            "family": entry.family,
            "formula": entry.formula,
            "capabilities": list(entry.capabilities),
            "reference": entry.reference,
            "recommended": entry.recommended,
        }
        for entry in CATALOGUE.values()
    ]
    if json:
        show.as_json(rows)
        return
    show.table(
        ("model", "family", "what it does", "trained for"),
        [
            (entry.name, entry.family, entry.summary, f"{entry.steps:,} steps")
            for entry in CATALOGUE.values()
        ],
    )


@app.command()
def data(
    name: Annotated[str | None, typer.Argument(help="A name or a path.", metavar="[DATA]")] = None,
    json: Json = False,
) -> None:
    """List the named data sets, or describe one."""
    from kullback.cli import show
    from kullback.data import NAMED_SETS, load

    if name is None:
        rows = [
            {"name": named.name, "description": named.description, "needs": named.needs}
            for named in NAMED_SETS
        ]
        if json:
            show.as_json(rows)
        else:
            show.table(("name", "what it is", "needs"), [tuple(row.values()) for row in rows])
        return
    facts = show.data_facts(load(name))
    if json:
        show.as_json(facts)
    else:
        show.facts(facts)


@app.command()
def train(
    model: Annotated[str | None, typer.Argument(help="A model's name.", metavar="MODEL")] = None,
    out: Annotated[Path | None, typer.Option(help="The run folder to make.", metavar="DIR")] = None,
    data: Annotated[str | None, typer.Option(help="A name or a path.", metavar="DATA")] = None,
    source: Annotated[
        str | None, typer.Option(help="A second data set, for models of two.", metavar="DATA2")
    ] = None,
    paired: Annotated[
        bool, typer.Option("--paired", help="Row i of the second corresponds to row i.")
    ] = False,
    steps: Annotated[int | None, typer.Option(help="Train for so many rounds.")] = None,
    epochs: Annotated[float | None, typer.Option(help="… or passes over the data.")] = None,
    minutes: Annotated[float | None, typer.Option(help="… or minutes.")] = None,
    stop_at: Annotated[int | None, typer.Option(help="Stop early, at this step.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in --out.")] = False,
    batch_size: Annotated[int | None, typer.Option(help="Rows in a batch.")] = None,
    seed: Annotated[int | None, typer.Option(help="The seed of weights, batches, noise.")] = None,
    threads: Annotated[int | None, typer.Option(help="Processor threads.")] = None,
    device: Annotated[str | None, typer.Option(help="cpu, cuda, cuda:N or mps.")] = None,
    precision: Annotated[str | None, typer.Option(help="fp32 or bf16.")] = None,
    compile: Annotated[
        str | None, typer.Option(help="on or off: compile each round whole, or where that pays.")
    ] = None,
    set: Annotated[
        list[str] | None, typer.Option("--set", help="A setting.", metavar="KEY=VALUE")
    ] = None,
    config: Annotated[
        Path | None, typer.Option(help="Options and settings, as JSON or TOML.", metavar="FILE")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Stop at a picture that cannot be used as it is.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the recipe and train nothing.")
    ] = False,
) -> None:
    """Train a model on data; the run folder holds everything about it."""
    from kullback.cli import show
    from kullback.cli.progress import Progress
    from kullback.runs.options import gather
    from kullback.runs.start import check_free, check_resumed, resolve, start

    options = gather(
        config,
        set or [],
        {
            "model": model,
            "data": data,
            "source": source,
            "paired": paired or None,
            "steps": steps,
            "epochs": epochs,
            "minutes": minutes,
            "batch_size": batch_size,
            "seed": seed,
            "threads": threads,
            "device": device,
            "precision": precision,
            "compile": compile,
            "strict": strict or None,
        },
    )
    if dry_run:
        if resume and out is not None:
            recipe = check_resumed(out, options)
        else:
            if out is not None:
                check_free(out)
            recipe = resolve(options).recipe
        show.as_json(recipe.model_dump(mode="json"))
        return
    if out is None:
        raise BadInput("where should the run be kept? give --out DIR")
    with Progress() as progress:
        run = start(out, options, resume=resume, stop_at=stop_at, watch=progress)
    show.trained(run)


@app.command()
def sample(
    folder: Folder,
    out: Out,
    n: Annotated[int, typer.Option("-n", help="How many.", metavar="N")] = 64,
    label: Annotated[int | None, typer.Option(help="Of which class.", metavar="L")] = None,
    source: Annotated[
        str | None, typer.Option(help="What to translate, from its first row on.", metavar="DATA")
    ] = None,
    seed: Annotated[int, typer.Option(help="Other seeds, other samples.")] = 0,
    mean: Annotated[
        bool | None, typer.Option("--mean/--draw", help="The mean of p(x|z), or a draw from it.")
    ] = None,
) -> None:
    """Draw samples into a picture (.png) or an array (.npz with x, and y or source if given)."""
    from kullback.cli.output import read_source, write_samples, write_translations

    run = _open(folder)
    how: How | None = None if mean is None else ("mean" if mean else "draw")
    if source is None and "source" not in run.model.given:
        write_samples(out, run, n, label, seed, how)
        return
    part = read_source(run, source, n)
    write_translations(out, run, part, lambda rows: run.sample(n, label, seed, how, rows))


@app.command()
def encode(folder: Folder, data: Data, out: Out, n: Rows = None) -> None:
    """Write the codes of data into an array (.npz with z, and y where known)."""
    from kullback.cli.output import read_part, write_codes

    run = _open(folder)
    part = read_part(data, n)
    write_codes(out, lambda: run.encode(part.observations, run.labels_for(part.y)), part.y)


@app.command()
def reconstruct(folder: Folder, data: Data, out: Out, n: Rows = None) -> None:
    """Write data's reconstructions: a picture, data above (.png), or an array (.npz with x)."""
    from kullback.cli.output import read_part, write_reconstructions

    run = _open(folder)
    part = read_part(data, n)
    write_reconstructions(
        out,
        run.space,
        part,
        lambda: run.reconstruct(part.observations, run.labels_for(part.y)),
    )


@app.command()
def interpolate(
    folder: Folder,
    out: Out,
    start: Annotated[int, typer.Option("--from", help="A test row, or a draw of z.")] = 0,
    end: Annotated[int, typer.Option("--to", help="Another.")] = 1,
    steps: Annotated[int, typer.Option(help="Pictures on the way, ends included.")] = 10,
) -> None:
    """Walk between two codes: of two test rows where the model encodes, else of two draws of z."""
    from kullback.cli.output import write_rows

    run = _open(folder)
    write_rows(out, run.space, lambda: run.between(start, end, steps), columns=steps)


@app.command()
def evaluate(folder: Folder, features: Features = None, json: Json = False) -> None:
    """Measure a run on its test part and write evaluation.json."""
    from kullback.cli import show

    found = _open(folder).evaluate(show.doing, features or ())
    if json:
        show.as_json(found)
    else:
        show.metrics(found)


@app.command()
def doctor(
    folder: Annotated[Path | None, typer.Argument(help="A run folder.", metavar="[DIR]")] = None,
    samples: Annotated[
        str | None, typer.Option(help="Samples of any program.", metavar="FILE")
    ] = None,
    data: Annotated[
        str | None, typer.Option(help="What they should be like; all of it counts as learnt from.")
    ] = None,
    held_out: Annotated[
        str | None, typer.Option(help="Real rows that no model has seen.", metavar="FILE")
    ] = None,
    features: Features = None,
    json: Json = False,
) -> None:
    """Say what is wrong with a run, or with samples of any program, and what to try."""
    from kullback.cli import show

    if (folder is None) == (samples is None):
        raise BadInput(
            "give the folder of a run, or samples and data: kullback doctor --samples FILE "
            "--data DATA"
        )
    if samples is None:
        if data is not None or held_out is not None:
            raise BadInput("a run knows its data; --data and --held-out belong to --samples")
        assert folder is not None
        run = _open(folder)
        from kullback.runs.evaluate import diagnose

        found = diagnose(run, show.doing, features or ()).to_json()
    else:
        if data is None:
            raise BadInput("what should the samples be like? give --data DATA")
        from kullback.runs.outside import examine_samples

        found = examine_samples(
            samples, data, held_out, announce=show.doing, features=features or ()
        )
    if json:
        show.as_json(found)
    else:
        show.diagnosis(found)


@app.command()
def report(
    folders: Annotated[list[Path], typer.Argument(help="Run folders.", metavar="DIR ...")],
    out: Out,
) -> None:
    """Put runs side by side in one self-contained HTML file."""
    from kullback.cli import show
    from kullback.report import write_report

    runs = [_open(folder) for folder in folders]
    write_report(runs, out)
    show.side_by_side(runs)
    typer.echo(f"wrote {out}")


@app.command()
def compare(
    subjects: Annotated[
        list[str] | None,
        typer.Argument(
            help="Models to train, or folders of finished runs.", metavar="MODEL|DIR ..."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The folder of the comparison.", metavar="DIR")
    ] = None,
    data: Annotated[str | None, typer.Option(help="A name or a path.", metavar="DATA")] = None,
    source: Annotated[
        str | None, typer.Option(help="A second data set, for models of two.", metavar="DATA2")
    ] = None,
    paired: Annotated[
        bool, typer.Option("--paired", help="Row i of the second corresponds to row i.")
    ] = False,
    seeds: Annotated[int | None, typer.Option(help="Runs of each model; 3 by default.")] = None,
    steps: Annotated[int | None, typer.Option(help="Train each for so many rounds.")] = None,
    minutes: Annotated[float | None, typer.Option(help="… or minutes.")] = None,
    threads: Annotated[int | None, typer.Option(help="Processor threads.")] = None,
    set: Annotated[
        list[str] | None,
        typer.Option("--set", help="A setting, of the models that have it.", metavar="KEY=VALUE"),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the comparison in --out.")
    ] = False,
    json: Json = False,
) -> None:
    """Compare models under the same conditions, with several seeds, in one table and one report."""
    from kullback.cli import comparing
    from kullback.comparison import Request
    from kullback.runs.options import gather

    request = Request(
        data=data,
        source=source,
        paired=paired or None,
        seeds=seeds,
        steps=steps,
        minutes=minutes,
        threads=threads,
        settings=gather(None, set or [], {}).settings,
    )
    comparing.run(subjects or [], request, out, resume, json)


def _open(folder: Path) -> Run:
    from kullback.runs.recipe import read_recipe

    read_recipe(folder)  # a wrong folder is said before torch is imported
    from kullback.runs.run import Run

    return Run(folder)
