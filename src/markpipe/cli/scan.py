"""`markpipe scan`: flag only.  Changes nothing, decides nothing."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

import click

from markpipe.cli.looking import ocr_option, progress, scan_examiner
from markpipe.cli.site import Site, format_option, pass_site
from markpipe.config.suppressions import read_suppressions
from markpipe.detect.aggregate import Reached, as_finding, reached
from markpipe.detect.triage import PutAside, Threshold, parse_threshold, put_aside
from markpipe.errors import ExitCode, UsageError, worst
from markpipe.model.document import ReadStatus
from markpipe.model.outcome import Assessment
from markpipe.pipeline.assess import Examiner
from markpipe.pipeline.batch import duplicates_of, list_inputs
from markpipe.pipeline.looking import looked_through
from markpipe.report.console import summary_lines
from markpipe.report.dumps import dumps
from markpipe.report.gist import looked_at
from markpipe.report.json import scan_json, triage_json
from markpipe.report.listing import aside_lines, finding_lines, together_lines
from markpipe.report.places import ExcerptMode


@click.command(help="查疑似密点、标志、摘录和引用；不改动任何文件。PATH 可以是文件，也可以是文件夹。")
@click.argument("paths", nargs=-1, required=True, metavar="PATH…", type=click.Path(path_type=Path))
@click.option(
    "--fail-on",
    multiple=True,
    metavar="密级|种类",
    help="达到这一密级或属于这一种类的提示才以 1 退出，可写多次（默认：国家秘密、派生、标志类提示）。",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="以前看过的扫描结果（JSON）；其中已有的提示照样列出，但不影响退出码。",
)
@click.option(
    "--excerpt",
    type=click.Choice([mode.value for mode in ExcerptMode]),
    default=ExcerptMode.CONTEXT.value,
    show_default=True,
    help="结果中摘录多少原文：不摘录、只摘命中的字、连同上下文。",
)
@click.option(
    "--min-confidence", type=click.FloatRange(0, 1), default=0.0, metavar="N", help="略去可能性低于 N 的提示。"
)
@click.option(
    "--suppressions",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="核销清单（TOML）：逐条写明指纹、理由、批准人、到期日。核销的提示照样列出，但不影响退出码。",
)
@click.option("--explain", is_flag=True, help="逐条列出每处提示的理由、可能性和指纹。")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="同时读取几个文件。")
@ocr_option
@format_option
@pass_site
def command(
    site: Site,
    paths: tuple[Path, ...],
    fail_on: tuple[str, ...],
    baseline: Path | None,
    excerpt: str,
    min_confidence: float,
    suppressions: Path | None,
    explain: bool,
    jobs: int,
    ocr: str,
    fmt: str,
) -> int:
    try:
        threshold = parse_threshold(fail_on)
    except ValueError as error:
        raise UsageError(f"--fail-on：{error}") from error
    known = _known(baseline) if baseline else frozenset()
    listed = read_suppressions(suppressions) if suppressions else ()
    examiner = scan_examiner(site)
    items = list_inputs(paths)
    for line in duplicates_of(items):
        site.echo(f"提示：{line}", err=True)
    with (
        looked_through(items, examiner, site.settings.limits, jobs, ocr) as found,
        progress(found, len(items), "读取") as assessments,
    ):
        looked = [_confident(assessment, min_confidence) for assessment in assessments]
    found_prints = {finding.fingerprint for assessment in looked for finding in assessment.findings}
    aside = put_aside(listed, found_prints, site.today()) if listed else PutAside()
    wholes = _together(examiner, looked)
    code = _exit_code(looked, wholes, threshold, known | aside.fingerprints)
    mode = ExcerptMode(excerpt)
    if fmt == "json":
        told = scan_json(looked, excerpt=mode, ok=code is ExitCode.OK)
        click.echo(dumps(told | triage_json(looked, wholes, aside)), nl=False)
        return code
    lines = (
        *summary_lines(looked_at(looked)),
        *finding_lines(looked, mode, explain=explain, aside=aside),
        *together_lines(wholes, [assessment.path for assessment in looked]),
        *aside_lines(aside),
    )
    click.echo("\n".join(lines))
    return code


def _together(examiner: Examiner, looked: list[Assessment]) -> tuple[Reached, ...]:
    """What several documents reach together; what one reaches alone is among its findings."""
    wholes = reached(examiner.catalogues, [(*each.findings, *each.parts) for each in looked])
    return tuple(whole for whole in wholes if len(whole.documents) > 1)


def _confident(assessment: Assessment, least: float) -> Assessment:
    findings = tuple(finding for finding in assessment.findings if finding.confidence >= least)
    return replace(assessment, findings=findings)


def _exit_code(
    looked: list[Assessment], wholes: Sequence[Reached], threshold: Threshold, known: Collection[str]
) -> ExitCode:
    complete = all(assessment.document.status is ReadStatus.READ for assessment in looked)
    counted = any(threshold.reached_by(finding, known) for assessment in looked for finding in assessment.findings)
    counted = counted or any(threshold.reached_by(as_finding(whole)) for whole in wholes)
    return worst(ExitCode.OK if complete else ExitCode.INCOMPLETE, ExitCode.FINDINGS if counted else ExitCode.OK)


def _known(path: Path) -> frozenset[str]:
    """The fingerprints of an earlier result."""
    try:
        earlier = json.loads(path.read_text(encoding="utf-8"))
        return frozenset(finding["fingerprint"] for doc in earlier["documents"] for finding in doc["findings"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"--baseline：{path} 不是 markpipe scan --format json 的结果", "请重新生成后再用") from error
