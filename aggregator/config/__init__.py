"""What the operator says: config.yaml as frozen models, or every problem that it has with its line and column.

`load(path, env)` is the way in. The database holds only what happened; what should be is here alone.
"""

from aggregator.config.load import load
from aggregator.config.model import (
    ArticleConfig,
    Auth,
    Config,
    CreditConfig,
    ListConfig,
    Publisher,
    RobotsConfig,
    Route,
    Section,
    Source,
    When,
    hints,
    unlisted,
)
from aggregator.config.problems import BadConfig, Problem
from aggregator.config.settings import Pace, Person, Pull, Serve, Site
from aggregator.config.units import spell

__all__ = [
    "ArticleConfig",
    "Auth",
    "BadConfig",
    "Config",
    "CreditConfig",
    "ListConfig",
    "Pace",
    "Person",
    "Problem",
    "Publisher",
    "Pull",
    "RobotsConfig",
    "Route",
    "Section",
    "Serve",
    "Site",
    "Source",
    "When",
    "hints",
    "load",
    "spell",
    "unlisted",
]
