"""What the admins of several models share."""


class AllowedLookupsMixin:
    """Refuse every lookup that is not in `list_filter` with status 400.

    By default Django allows lookups on any local column, with any value. Some values end in a server error, such as a
    number over 64 bits in an `in` lookup.
    """

    def lookup_allowed(self, lookup, value, request):
        # An item is a name, or a name and the class of its filter.
        names = {item if isinstance(item, str) else item[0] for item in self.list_filter}
        return lookup.partition("__")[0] in names


class PagePathsMixin:
    """Load only the paths of the pages that rows refer to, not their texts in every language."""

    # Columns of related rows.
    related_columns: tuple[str, ...] = ("page__path",)

    def get_queryset(self, request):
        own_columns = [field.name for field in self.model._meta.concrete_fields]
        relations = {column.partition("__")[0] for column in self.related_columns}
        return super().get_queryset(request).select_related(*relations).only(*self.related_columns, *own_columns)
