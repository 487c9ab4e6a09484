"""The commands, one small file a family; ``wangge/cli.py`` wires them."""
