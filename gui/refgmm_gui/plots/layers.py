"""What the user may choose to see in a plot, as a table and as a value. No Qt."""

from refgmm.records import dataclass, replace

KINDS = {
    "mixture": "Mixture",
    "log_likelihood": "Log-likelihood",
    "means": "Means",
}
"""The plots, and what their tabs say."""

POINTS_AS = {
    "auto": "Points as dots, more than 200 as a histogram",
    "dots": "Points as dots",
    "histogram": "Points as a histogram",
}


@dataclass(frozen=True, slots=True)
class Layer:
    """Something that can be in the plot or not."""

    name: str
    text: str
    where: frozenset[str]  # the pictures that can have it: curves, plane, log_likelihood
    is_usual: bool = False


LAYERS = (
    Layer("components", "Components", frozenset({"curves", "plane"}), is_usual=True),
    Layer("before", "Before this epoch", frozenset({"curves", "plane"}), is_usual=True),
    Layer("stack", "Responsibilities along x", frozenset({"curves"})),
    Layer("contours", "Contours of the density", frozenset({"plane"})),
    Layer("paths", "Paths of the means", frozenset({"plane"}), is_usual=True),
    Layer("equal", "Equal scales across and up", frozenset({"plane"})),
    Layer("distance", "Distance to the last, as log₁₀", frozenset({"log_likelihood"})),
)


@dataclass(frozen=True, slots=True)
class PlotChoice:
    """What the user has chosen."""

    kind: str = "mixture"
    layers: frozenset[str] = frozenset(layer.name for layer in LAYERS if layer.is_usual)
    points_as: str = "auto"

    def toggled(self, layer: str) -> "PlotChoice":
        """With a layer that was not there, or without one that was."""
        return replace(self, layers=self.layers ^ {layer})


USUAL = PlotChoice()
