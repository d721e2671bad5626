"""Reading what returns: a guard, the parser in a process of its own, the answers."""
