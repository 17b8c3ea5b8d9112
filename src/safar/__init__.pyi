from safar.doors.notebook.contracts import contracts as contracts
from safar.doors.notebook.opening import from_dataframe as from_dataframe
from safar.doors.notebook.opening import open as open  # noqa: A004 - as other libraries of notebooks call it

__version__: str
