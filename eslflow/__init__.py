"""Runs your call flow from a YAML file and keeps proof of what callers agreed to."""

__version__ = "0.1.0"
