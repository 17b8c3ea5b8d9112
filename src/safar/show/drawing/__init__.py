"""Drawings of journeys: plain SVG for pages, notebooks and files, right in both directions of reading."""

from .bars import Bar, draw_bars
from .bridge import BridgeStep, draw_bridge
from .canvas import DrawingMismatch, EmptyDrawing, Mark, UnsafeLink
from .causes import CauseArrow, CauseBox, Way, draw_causes
from .document import FontsMissing, png, standalone
from .flow import draw_flow
from .flow_marks import FlowEdge, FlowNode
from .funnel import FunnelHeads, FunnelLoss, FunnelRate, FunnelSeries, FunnelStep, draw_funnel
from .heat import HeatCell, HeatHead, draw_heat
from .lettering import Direction
from .sankey import SankeyLink, SankeyNode, bundled, draw_sankey
from .scatter import Axes, ScatterPoint, draw_scatter
from .series import Ghost, Series, SeriesPoint, Tick, draw_series
from .variants import Variant, VariantHeads, VariantStep, draw_variants

__all__ = [
    "Axes",
    "Bar",
    "BridgeStep",
    "CauseArrow",
    "CauseBox",
    "Direction",
    "DrawingMismatch",
    "EmptyDrawing",
    "FlowEdge",
    "FlowNode",
    "FontsMissing",
    "FunnelHeads",
    "FunnelLoss",
    "FunnelRate",
    "FunnelSeries",
    "FunnelStep",
    "Ghost",
    "HeatCell",
    "HeatHead",
    "Mark",
    "SankeyLink",
    "SankeyNode",
    "ScatterPoint",
    "Series",
    "SeriesPoint",
    "Tick",
    "UnsafeLink",
    "Variant",
    "VariantHeads",
    "VariantStep",
    "Way",
    "bundled",
    "draw_bars",
    "draw_bridge",
    "draw_causes",
    "draw_flow",
    "draw_funnel",
    "draw_heat",
    "draw_sankey",
    "draw_scatter",
    "draw_series",
    "draw_variants",
    "png",
    "standalone",
]
