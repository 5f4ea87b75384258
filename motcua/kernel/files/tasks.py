"""What the worker does for files."""


def sweep() -> int:
    from motcua.kernel.files.actions import sweep_files  # Pillow is slow to load, and registered at every start

    return sweep_files()
