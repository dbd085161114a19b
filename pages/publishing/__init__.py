"""The write operations: the only code that changes pages and their history.

Each change of state is one atomic function that takes the actor (`by`) and the time (`now`). Nothing here depends on
caches or views.
"""
