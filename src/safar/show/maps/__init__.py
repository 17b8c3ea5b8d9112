"""Journey maps as drawings: strips under the columns of a sheet, and whole posters."""
