"""Commands: arguments and output only, thin over the modules below. They must not hold a rule."""
