"""Keep: write-ahead log, customer-sharded Parquet, path index, SQL view, erase."""
