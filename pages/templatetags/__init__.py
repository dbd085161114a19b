"""Template filters that format values. They must not decide what is shown."""
