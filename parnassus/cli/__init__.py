"""The command line, `parnassus COMMAND ...`: a command a file; nothing heavy is imported early."""
