"""A report as a PDF document: boxes on lines, lines on pages."""
