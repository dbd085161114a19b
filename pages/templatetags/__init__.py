"""Words for templates: how dates and statuses are said to a person. They must not decide what is shown."""
