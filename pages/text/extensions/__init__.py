"""Extensions of CommonMark: raw HTML by an allow-list, template code, attribute lists, links, tasks and alerts."""
