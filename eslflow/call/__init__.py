"""One call: events, commands, engine, recording, consent."""
