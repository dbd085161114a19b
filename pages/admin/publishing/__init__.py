"""The admin's views of the operations that readers notice: publish, revert, correct, withdraw, move and the like.

They ask for what the operation needs and call it; if it refuses, the form shows why.
"""
