"""What a person sees of a page at a time in a language, for readers' pages and for editors' previews.

The modules read and render. They do not write, and they know no request.
"""
