"""Send the file of an export, whole or from where a download broke off."""

from datasets.serving import bytes_answer

CONTENT_TYPES = {
    ".json": "application/json",
    ".xml": "application/xml",
    ".csv": "text/csv; charset=utf-8",
    ".zip": "application/zip",
}


def download_answer(request, path, etag):
    """The file as an attachment, or None when it is not there (any more)."""
    try:
        content = path.open("rb") if path else None
    except FileNotFoundError:
        content = None
    if content is None:
        return None
    answer = bytes_answer(request, content, CONTENT_TYPES[path.suffix], etag)
    answer["Content-Disposition"] = f'attachment; filename="{path.name}"'
    answer["Accept-Ranges"], answer["ETag"] = "bytes", etag
    return answer
