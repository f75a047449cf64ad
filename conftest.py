import os
import tempfile

# Tests write below a folder of their own, never into the data of the developer.
os.environ["S3LABEL_DATA_DIR"] = tempfile.mkdtemp(prefix="s3label-test-")
os.environ.pop("S3LABEL_IMAGE_ROOTS", None)
# Playwright runs an event loop in the thread of the test.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
