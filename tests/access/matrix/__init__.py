"""Who may see what: every cell of tests/data/access-matrix.csv, asked of the site."""
