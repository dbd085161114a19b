"""Pages with their revisions and versions, and the interfaces for readers, editors and files.

The packages, from the lowest layer to the highest. Imports only go down; `tests/test_architecture.py` checks it.

text        pure functions on source bytes and Markdown: no models, no settings
languages   the served languages, their names and directions, and which text a reader gets
diff        pure functions that compare two texts
english_interface   English words in a language that the interface is not translated into
models      the database tables, and the triggers that keep their history immutable
history     questions about stored rows: the hash chain, translation status
translation which fields exist once per language
publishing  the write operations
presentation  what a person sees of a page at a given time in a language
public, admin, hugo, templatetags   entry points: readers, editors, files; they do not import each other
baking      the public site as files
management, apps                    commands and the app configuration
"""
