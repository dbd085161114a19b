"""What a person sees of a page at a moment in a language, shared by readers' pages and editors' previews.

It reads and renders; it must not write, and it knows no request.
"""
