"""Consents in the forms of standards, for whoever asks for what the ledger keeps."""
