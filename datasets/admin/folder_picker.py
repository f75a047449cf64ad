"""Choose a folder level by level; what the browser sends is only a root and a way below it."""

import os

from django.conf import settings
from django.http import Http404

from datasets.roots import BadFolder, find_folder, folders_in

# More folders than anybody reads; the path can still be written.
MOST_SHOWN = 500


class FolderPicker:
    """The folders of one level, below `root` (a number) and `at` (names joined by /)."""

    def __init__(self, params):
        self.roots = list(enumerate(settings.IMAGE_ROOTS))
        self.problem = ""
        self.folder = None
        self.names, self.left_out = [], 0
        self.way = []
        self.root = params.get("root", "0" if len(self.roots) == 1 else "")
        if self.root:
            self._open(self._root_folder(), params.get("at", ""))

    def _root_folder(self):
        if not self.root.isdecimal() or int(self.root) >= len(self.roots):
            raise Http404("There is no such image root.")
        return settings.IMAGE_ROOTS[int(self.root)]

    def _open(self, root, at):
        parts = [part for part in at.split("/") if part]
        if "\0" in at or any(part in (".", "..") for part in parts):
            raise Http404("That is no way below an image root.")
        try:
            folder = find_folder(os.path.join(root, *parts))
            names = folders_in(folder)
        except BadFolder as problem:
            self.problem = str(problem)
            return
        self.folder = folder
        self.names = [(name, "/".join([*parts, name])) for name in names[:MOST_SHOWN]]
        self.left_out = len(names) - len(self.names)
        self.way = [(name, "/".join(parts[: n + 1])) for n, name in enumerate(parts)]
        self.root_folder = root
