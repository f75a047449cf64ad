"""Answer with the picture of an image or found file: the original, or what a browser can show.

Whoever calls this has asked already whether the user may see it.
"""

import hashlib
import io
import os
import re
import subprocess
import sys

from django.conf import settings
from django.http import FileResponse, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.utils.cache import get_conditional_response

from datasets.buckets import ObjectFile, local_copy, open_object
from datasets.bulkhead import WEB, GuardedFile, StorageBusy
from datasets.caching import open_cached, rules_of, store
from datasets.objects import is_url
from datasets.opening import CannotOpen
from datasets.pyramids import REDUCED, TILES
from datasets.roots import open_image, storage_of
from datasets.space import NO_SPACE
from datasets.thumbnails import (
    DEEP,
    DISPLAY,
    SECONDS,
    THUMBNAIL,
    Undecodable,
    browser_shows,
    has_depth,
    make,
)
from datasets.tiling import read_tile

# Long enough for the header of nearly every file; a longer one is shown through a derivative.
HEAD = 256 * 1024
PIECE = 64 * 1024
SIGNED_SECONDS = 300
RETRY_AFTER = 5  # seconds, while a storage is silent
# Small pictures of the two usual formats are decoded here, others in a process of their own.
HERE = {"JPEG", "PNG"}
HERE_PIXELS = 16_000_000
# Larger ones are decoded in the background only.
WHOLE_PIXELS = 120_000_000

CONTENT_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
HEADERS = {
    "Cache-Control": "private, no-cache",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Accept-Ranges": "bytes",
}


class Unavailable(Exception):
    """There is no picture to show; the message says why, without a path."""


class NotDeep(Exception):
    """The picture has no more than 8 bits a channel."""


def picture_answer(request, image):
    """The picture in exactly width × height pixels as one sees it, for Image and FoundFile."""
    return _answer(request, image, DISPLAY, _open_shown)


def thumbnail_answer(request, image):
    return _answer(request, image, THUMBNAIL, _open_thumbnail)


def reduced_answer(request, image):
    """A picture for pages that show the whole of an image; of a huge one only some pixels."""
    if not image.is_huge:
        return picture_answer(request, image)
    return _answer(request, image, REDUCED, _open_reduced)


def deep_answer(request, image):
    """The values of a grey picture with more than 8 bits, packed; nothing (204) of another."""
    try:
        return _answer(request, image, DEEP, _open_deep)
    except NotDeep:
        return _with_headers(HttpResponse(status=204))


def tile_answer(request, image, level, column, row):
    """A tile of a huge image, or None when there is none of that number, or none yet."""
    etag = f'"{image.sha256}-{TILES}-{rules_of(TILES)}-{level}-{column}-{row}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        found = read_tile(image, level, column, row)
        if found is None:
            return None
        data, format_ = found
        response = HttpResponse(data, content_type=CONTENT_TYPES[format_])
    response["ETag"] = etag
    return _with_headers(response)


def _answer(request, image, kind, opened):
    etag = f'"{image.sha256}-{kind}-{rules_of(kind)}"'
    response = get_conditional_response(request, etag=etag) if image.sha256 else None
    if response is None:
        try:
            file, format_ = opened(image)
        except (Unavailable, CannotOpen, StorageBusy) as problem:
            return _refusal(problem)
        if settings.SIGNED_URLS and isinstance(getattr(file, "file", None), ObjectFile):
            return _signed_answer(file.file, CONTENT_TYPES[format_])
        response = bytes_answer(request, file, CONTENT_TYPES[format_], etag)
        name = f"image-{image.pk}.{'jpg' if format_ == 'JPEG' else format_.lower()}"
        response["Content-Disposition"] = f'inline; filename="{name}"'
    response["ETag"] = etag
    return _with_headers(response)


def _refusal(problem):
    words = f"This image cannot be shown: {problem}.\n"
    response = HttpResponse(words, status=410, content_type="text/plain; charset=utf-8")
    if isinstance(problem, StorageBusy):
        response.status_code = 503
        response["Retry-After"] = str(RETRY_AFTER)
    return _with_headers(response)


def _signed_answer(file, content_type):
    """Send the browser to the bucket; the URL serves as a key for some minutes."""
    with file:
        response = HttpResponseRedirect(file.signed_url(content_type, SIGNED_SECONDS))
    # Another user of the browser must not find it, nor this one when it has run out.
    _with_headers(response)["Cache-Control"] = "no-store"
    return response


def _with_headers(response):
    for name, value in HEADERS.items():
        response[name] = value
    return response


def bytes_answer(request, file, content_type, etag):
    """The bytes of an open file, or the part of them that a Range asks for."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    wanted = re.fullmatch(r"bytes=([0-9]{0,18})-([0-9]{0,18})", request.headers.get("Range", ""))
    if not wanted or wanted[0] == "bytes=-" or request.headers.get("If-Range", etag) != etag:
        response = FileResponse(file, content_type=content_type)
        response.block_size = PIECE
        return response
    first, last = wanted.groups()
    if not first:
        first, last = max(0, size - int(last)), size - 1
    else:
        first, last = int(first), min(int(last or size), size - 1)
    if first > last:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    response = StreamingHttpResponse(
        _part(file, first, last + 1), status=206, content_type=content_type
    )
    response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Content-Length"] = last + 1 - first
    return response


def _part(file, first, end):
    with file:
        file.seek(first)
        while first < end and (piece := file.read(min(PIECE, end - first))):
            first += len(piece)
            yield piece


def open_found_file(image):
    """The original file of an image or found file, if it is still the one that was read."""
    if not image.sha256:
        raise Unavailable("S3Label could not read the file")
    if is_url(image.path):
        return open_object(image)
    file, about = open_image(image.path)
    is_same = about.st_size == image.byte_size and (
        image.mtime_ns in (None, about.st_mtime_ns)
        or hashlib.file_digest(file, "sha256").hexdigest() == image.sha256
    )
    if not is_same:
        file.close()
        raise Unavailable("its file has other content than when it was found")
    file.seek(0)
    return file


def _open_original(image):
    """The same for a web request: where the storage is dead, most are refused."""
    storage = storage_of(image.path)
    with WEB.place_in(storage):
        file = open_found_file(image)
    return GuardedFile(file, WEB, storage)


def _open_shown(image):
    """The open file to send and its format."""
    if made := _cached(image, DISPLAY):
        return made
    file = _open_original(image)
    if browser_shows(file.read(HEAD), image.format, image.orientation):
        file.seek(0)
        return file, image.format
    with file:
        return _make_and_open(image, DISPLAY, file)


def _open_thumbnail(image):
    if made := _cached(image, THUMBNAIL):
        return made
    with _open_original(image) as file:
        return _make_and_open(image, THUMBNAIL, file)


def _open_reduced(image):
    if made := _cached(image, REDUCED):
        return made
    raise Unavailable("it is huge, and its tiles are not made yet; open it in the editor")


def _open_deep(image):
    if made := _cached(image, DEEP):
        return made
    with _open_original(image) as file:
        if image.is_huge or not has_depth(file, image.format):
            raise NotDeep
        return _make_and_open(image, DEEP, file)


def _cached(image, kind):
    """The open file of a derivative and its format, or None."""
    file = open_cached(settings.CACHE_DIR, image.sha256, kind) if image.sha256 else None
    if file is None:
        return None
    head = file.read(4)
    file.seek(0)
    return file, _format_of(head)


def _format_of(data):
    return {b"\xff\xd8\xff": "JPEG", b"\x89PN": "PNG"}.get(data[:3], "WEBP")


def _make_and_open(image, kind, file):
    try:
        _refuse_huge(image, kind)
        with local_copy(file) as local:
            made = _decode(image, kind, local)
    except Undecodable as problem:
        raise Unavailable(str(problem)) from problem
    try:
        store(settings.CACHE_DIR, image.sha256, kind, made)
    except OSError as problem:
        if problem.errno not in NO_SPACE:
            raise
        # On a full disk everything is made again each time, but seen.
        return io.BytesIO(made), _format_of(made)
    return _cached(image, kind)


def _refuse_huge(image, kind):
    if image.width * image.height > settings.MAX_PIXELS:
        raise Undecodable("it has too many pixels")
    # Of a huge JPEG, its decoder gives a small picture at once; others are decoded whole.
    is_reduced_at_once = kind == THUMBNAIL and image.format == "JPEG"
    if image.width * image.height > WHOLE_PIXELS and not is_reduced_at_once:
        raise Undecodable("it is huge, and its tiles are not made yet")


def _decode(image, kind, file):
    size = (image.width, image.height)
    if image.format in HERE and image.width * image.height <= HERE_PIXELS:
        return make(kind, file, image.format, image.orientation, size)
    arguments = (kind, image.format, image.orientation, *size)
    try:
        done = subprocess.run(  # noqa: S603  our own module, and no word of a user's
            [sys.executable, "-m", "datasets.thumbnails", *map(str, arguments)],
            stdin=file,
            capture_output=True,
            timeout=SECONDS,
            cwd=settings.BASE_DIR,
            check=False,
        )
    except subprocess.TimeoutExpired as problem:
        raise Undecodable(f"decoding it took more than {SECONDS} seconds") from problem
    if done.returncode:
        words = done.stderr.decode(errors="replace").strip().splitlines()
        raise Undecodable(words[-1] if done.returncode == 1 and words else "decoding it failed")
    return done.stdout
