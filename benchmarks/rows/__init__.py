"""The rows of the table, by what they measure. Each function yields rows and needs no Django in its own process."""
