"""The door of notebooks: `safar.open` and `safar.from_dataframe`."""
