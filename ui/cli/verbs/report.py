"""`deepbattle report`."""

from __future__ import annotations

from pathlib import Path

import click

from ui.cli import options
from ui.cli.output import check_writable, show_json


@click.command("report")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--html", type=options.Output(), help="The file to write; DIR/report.html.")
@click.option("--csv", is_flag=True, help="Write DIR/runs.csv and DIR/series.csv instead.")
@options.json_option
def command(folder: Path, html: Path | None, csv: bool, as_json: bool) -> None:
    """The results of a batch as one HTML file that needs nothing else.

    A batch that is still running, or was stopped, gives a report of what there is.
    """
    from engine import Store, source_of, write_report

    with Store.open(folder) as store:
        page = html or folder / "report.html"
        check_writable(folder / "runs.csv" if csv else page)
        written = store.export_csv(folder) if csv else [write_report(page, source_of(store))]
        done, failed = store.count()
        digest = store.digest()
    if as_json:
        show_json({"written": [str(p) for p in written], "done": done, "failed": failed, "results": digest})
    else:
        for path in written:
            click.echo(str(path))
