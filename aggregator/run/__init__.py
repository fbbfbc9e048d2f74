"""Engines that keep the river running: the tick and its scheduler (ticker, embedded), our web server and its family (web, family)."""
