"""The administrator's file: text to a checked flow."""
