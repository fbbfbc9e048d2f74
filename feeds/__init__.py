"""The language: bytes <-> records.

Pure: no network, no clock, no database, no configuration. Everything here is a function of its arguments, which is why
the reading half runs unchanged in a pool of worker processes. `aggregator` imports `feeds`, never the other way.
"""
