"""The sample content: its settings and links, how to tell it from what people made, and starting over without it."""
