"""The tools that a task may allow, and the kinds of geometry they draw. No Django."""

# Tool → the kind of shape it makes, in the order of the tool bar.
TOOLS = {
    "rectangle": "rect",
    "polygon": "polygon",
    "freehand": "polygon",
    "brush": "polygon",
    "eraser": "polygon",
    "circle": "ellipse",
    "point": "points",
}

KIND_CHOICES = {
    "polygon": "Polygon",
    "rect": "Rectangle",
    "ellipse": "Ellipse",
    "line": "Line",
    "points": "Points",
}


def tools_of_type(task_type):
    """The tools that make sense for a type of task."""
    if task_type == "bounding_boxes":
        return ["rectangle"]
    if task_type == "semantic_segmentation":
        return ["rectangle", "polygon", "freehand", "brush", "eraser", "circle"]
    return list(TOOLS)


def kinds_of_tools(tools):
    return {TOOLS[tool] for tool in tools}
