"""Front matter in YAML and TOML: reading it, and replacing single values in it. It does not know a page's fields."""
