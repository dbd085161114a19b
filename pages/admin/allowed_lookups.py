"""Lists take the filters that they show, and no other question by their address."""


class AllowedLookupsMixin:
    """Django lets an address ask by any column, with values that no database takes: those are refused (400)."""

    def lookup_allowed(self, lookup, value, request):
        """Allow what the list's own filters ask."""
        return lookup.partition("__")[0] in self.list_filter
