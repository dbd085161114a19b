"""Queries for rows that are shown with the paths of pages."""


class PagePathsMixin:
    """Load only the paths of the pages that rows refer to, not their texts in every language."""

    # Columns of related rows.
    related_columns: tuple[str, ...] = ("page__path",)

    def get_queryset(self, request):
        own_columns = [field.name for field in self.model._meta.concrete_fields]
        relations = {column.partition("__")[0] for column in self.related_columns}
        return super().get_queryset(request).select_related(*relations).only(*self.related_columns, *own_columns)
