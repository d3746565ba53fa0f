"""One call's proof as a file that stands alone, and whether such a file holds."""
