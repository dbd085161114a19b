"""How the paths of a Hugo site determine languages, pages and addresses."""
