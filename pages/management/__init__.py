"""Management commands: arguments and output only. All rules are in the lower layers."""
