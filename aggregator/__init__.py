"""The trade: whose feeds, when, credited to whom, into which section, served how. Begin with `aggregator.pipeline.refresh`."""
