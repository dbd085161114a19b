"""Change a site's database behind the application, and count what `verify_history` and `check_history.py` find."""
