"""The shell: settings, command line, and the chains that wire the rooms."""
