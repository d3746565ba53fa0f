"""What people and programs reach over HTTP while calls go on: the control API."""
