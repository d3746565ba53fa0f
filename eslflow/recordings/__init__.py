"""Audio files that the switch has written: what they hold, and where they may lie."""
