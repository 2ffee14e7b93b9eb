"""The scorers of a site: made without importing any library; each loads what it needs with its first question."""

from __future__ import annotations

from pathlib import Path

from markpipe.detect.scoring import Scorers
from markpipe.scorers.boundaries import JiebaBoundary
from markpipe.scorers.ranking import TrainedScorer
from markpipe.scorers.tokens import SpacyTokenRules


def scorers(model: Path | None = None) -> Scorers:
    """Word boundaries and token rules always; a trained opinion where the site names a model."""
    return Scorers(JiebaBoundary(), SpacyTokenRules(), None if model is None else TrainedScorer(model))
