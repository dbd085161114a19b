"""Pages, their revisions and versions, and everything a person or a program may ask of them.

The map, lower floors first; imports only go down, and `tests/test_architecture.py` holds them to it:

text        pure functions on source bytes and Markdown: no models, no settings
languages   the served languages, their names and directions, and which text a reader gets
diff        pure functions that compare two texts
models      the rows, and the guards that the database itself keeps over them
history     questions about stored rows: the hash chain, translation status
translation which fields exist once per language
publishing  the only writer
presentation  what a person sees of a page at a moment in a language
public, admin, hugo, templatetags   the doors: readers, editors, files; they do not know each other
management, apps                    commands and the start of the application
"""
