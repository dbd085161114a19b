"""The cases that an imported history must stand, each with its commits and what is to come of them."""
