"""The site over HTTP: pages for people, feeds for programs. The one home of Flask."""

from aggregator.serve.app import create
from aggregator.serve.shelf import Shelf

__all__ = ["Shelf", "create"]
