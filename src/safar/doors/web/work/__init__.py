"""Background work: what members started or the clock asks for, its progress, and what came of it."""
