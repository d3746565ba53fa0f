"""What is said of a flow before a call runs it."""

from eslflow.check.load import flow_files, load_flow

__all__ = ["flow_files", "load_flow"]
