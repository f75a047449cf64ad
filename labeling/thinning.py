"""Shapes with fewer corners, for where they are shown small. No Django."""


def thinned(kind, geometry, tolerance):
    """Points of outlines that are nearer than `tolerance` to the one before are left out."""
    if kind == "line":
        return {"points": _thinned(geometry["points"], tolerance, least=2)}
    if kind == "polygon":
        return {"rings": [_thinned(ring, tolerance, least=3) for ring in geometry["rings"]]}
    return geometry


def _thinned(flat, tolerance, least):
    points = list(zip(flat[::2], flat[1::2], strict=True))
    kept = points[:1]
    for x, y in points[1:]:
        if abs(x - kept[-1][0]) + abs(y - kept[-1][1]) >= tolerance:
            kept.append((x, y))
    if len(kept) < least:
        kept = points[:: max(1, len(points) // least)]
    return [value for point in kept for value in point]
