"""The tools that a task may allow, and the kinds of geometry they draw. No Django."""

# Tool → the kind of shape it makes, in the order of the tool bar.
TOOLS = {
    "rectangle": "rect",
    "rotated_rectangle": "rect",
    "polygon": "polygon",
    "freehand": "polygon",
    "brush": "polygon",
    "eraser": "polygon",
    "circle": "ellipse",
    "ellipse": "ellipse",
    "polyline": "line",
    "point": "points",
    "keypoints": "points",
}

KIND_CHOICES = {
    "polygon": "Polygon",
    "rect": "Rectangle",
    "ellipse": "Ellipse",
    "line": "Line",
    "points": "Points",
}


TASK_TYPES = [
    "instance_segmentation",
    "semantic_segmentation",
    "bounding_boxes",
    "classification",
]


def tools_of_type(task_type):
    """The tools that make sense for a type of task."""
    if task_type == "classification":
        return []
    if task_type == "bounding_boxes":
        return ["rectangle", "rotated_rectangle"]
    if task_type == "semantic_segmentation":
        return [tool for tool, kind in TOOLS.items() if kind not in ("line", "points")]
    return list(TOOLS)


def chosen_tools(text, offered):
    """Of the offered tools those that a text names, separated by commas; all if it names none."""
    named = {name.strip() for name in text.split(",")}
    return [tool for tool in offered if tool in named] or offered


def title_of(tool):
    """As the editor calls it."""
    return "Line" if tool == "polyline" else tool.replace("_", " ").capitalize()


def kinds_of_tools(tools):
    return {TOOLS[tool] for tool in tools}
