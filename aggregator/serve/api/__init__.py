"""`/api/v1`: what the site holds, for programs. Read-only; JSON; each answer described by the OpenAPI document that is made from the same
declarations as the answers.

    operations   an operation and its parameters: declared once, read, answered and documented from that
    schemas      what answers look like
    rows         records -> the JSON objects that the schemas describe
    views        the operations
    document     all of it as OpenAPI 3.1, and as the page `/api/`
    problems     whatever goes wrong (RFC 9457)
"""

from aggregator.serve.api.problems import problem
from aggregator.serve.api.views import api

__all__ = ["api", "problem"]
