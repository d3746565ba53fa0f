"""Audio of prompts and notices: made by a machine where no person recorded it."""
