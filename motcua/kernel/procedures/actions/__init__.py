"""The only writes of the catalogue."""

from motcua.kernel.procedures.actions.catalogue import grow_catalogue

__all__ = ["grow_catalogue"]
