"""What only editors see: the state of each page, its timeline, what to translate, what to check before publishing."""
