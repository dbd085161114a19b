"""Questions about stored rows: is the chain whole, is a translation up to date. It must not write anything."""
