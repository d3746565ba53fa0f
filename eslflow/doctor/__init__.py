"""What is well around a site, and what is not: `eslflow doctor`."""
