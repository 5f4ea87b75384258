"""The only writes to areas."""

from motcua.kernel.places.actions.boundaries import draw_approximate_cells, import_areas

__all__ = ["draw_approximate_cells", "import_areas"]
