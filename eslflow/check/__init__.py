"""What is said of a flow before a call runs it."""

from eslflow.check.load import load_flow

__all__ = ["load_flow"]
