"""The admin's views that change what readers see: publish, revert, correct, withdraw, move and their kin.

They ask what has to be asked, and hand it to a verb; what a verb refuses is said in the form.
"""
