"""What the readers' door says to programs: feeds, the site map, JSON, headers. It holds no rule of what may be seen."""
