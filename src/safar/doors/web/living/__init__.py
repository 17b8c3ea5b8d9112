"""The living map: what was lived over what was designed, on one sheet, and as a poster."""
