"""A text's front matter, in YAML or in TOML: what it says, and how one value of it is replaced. It knows no fields."""
