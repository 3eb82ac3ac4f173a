"""What a run over an archive shows to people: a bar while it lasts, totals at its end."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.table import Table

from wasim.service.archive.summary import STAGES, TagSummary
from wasim.service.archive.tag import Progress as TagProgress

_BETWEEN_REFRESHES = 0.2  # seconds


@contextmanager
def progress_bar(console: Console, what: str) -> Iterator[Callable[[TagProgress], None]]:
    """Show how far a run is: bytes, MB/s, articles, articles/s, rejects, time left; yields what to tell it."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TextColumn("{task.fields[counts]}"),
        TimeRemainingColumn(),
    )
    # Without a thread of its own: worker processes are forked while it shows, and a fork bears no threads.
    hidden = not console.is_terminal
    with Progress(*columns, console=console, transient=True, auto_refresh=False, disable=hidden) as progress:
        task = progress.add_task(what, total=None, counts="")
        shown = started = progress.get_time()
        first: int | None = None

        def tell(so_far: TagProgress) -> None:
            nonlocal shown, first
            first = so_far.articles if first is None else first
            now = progress.get_time()
            rate = (so_far.articles - first) / max(now - started, 1e-9)
            counts = f"{so_far.articles:,} articles, {rate:,.0f}/s" + (
                f", {so_far.rejected:,} rejected" if so_far.rejected else ""
            )
            progress.update(task, total=so_far.n_bytes, completed=so_far.bytes_read, counts=counts)
            if now - shown >= _BETWEEN_REFRESHES:
                shown = now
                progress.refresh()

        yield tell


def print_summary(console: Console, summary: TagSummary, output: str) -> None:
    """Print what a run did."""
    console.print(f"{summary.tagged:,} articles tagged in {output}", highlight=False, markup=False)
    if summary.resumed:
        console.print(f"  {summary.resumed:,} of them by a run before that was not finished")
    for topic, count in summary.topics.most_common():
        console.print(f"  {topic or '(no topic)'}: {count:,}", markup=False)
    if summary.older:
        console.print(f"{summary.older:,} records are older than --since")
    if summary.rejected:
        console.print(
            f"{summary.rejected:,} records were no articles: see {summary.rejected_path}", style="yellow", markup=False
        )


def print_profile(console: Console, summary: TagSummary) -> None:
    """Print where the time went."""
    table = Table("stage", "CPU seconds", "share", caption="over all processes, without starting them")
    whole = sum(summary.times.seconds.values()) or 1
    for stage in STAGES:
        seconds = summary.times.seconds[stage]
        table.add_row(stage, f"{seconds:.2f}", f"{seconds / whole:.0%}")
    console.print(table)
