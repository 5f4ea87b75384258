"""Regions of a picture as they are typed and drawn: "left top width height" in hundredths of the picture."""

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext as _

from motcua.lib.pictures import Region

BLANK_REGIONS = 2  # empty lines on the page, for those who type
MOST_REGIONS = 40


def as_text(region: Mapping[str, float]) -> str:
    return " ".join(f"{region[name] * 100:.4g}" for name in ("x", "y", "width", "height"))


class BlurForm(forms.Form):
    regions = forms.Field(required=False)

    def clean_regions(self) -> list[Region]:
        typed = [text.replace(",", ".").split() for text in self.data["regions"] if text.strip()]
        if len(typed) > MOST_REGIONS:
            raise forms.ValidationError(_("Nhiều nhất %d vùng một ảnh.") % MOST_REGIONS)
        try:
            regions = [Region(*(float(number) / 100 for number in numbers)) for numbers in typed]
        except (TypeError, ValueError):
            regions = [Region(-1, 0, 0, 0)]
        if not all(0 <= r.x < 1 and 0 <= r.y < 1 and 0 < r.width <= 1 and 0 < r.height <= 1 for r in regions):
            raise forms.ValidationError(_("Mỗi vùng là bốn số từ 0 đến 100: trái, trên, rộng, cao. Ví dụ: 20 35 10 8."))
        return regions
