"""What a static copy holds: its addresses, in groups, and the keys of what their answers depend on."""
