"""Image bytes: for whom, in which pixels, from the cache of the browser, in parts."""

import hashlib
import io
import os

from django.conf import settings
from django.urls import reverse
from PIL import Image as Picture

from datasets.models import Image
from datasets.tests.pictures import encoded, with_orientation
from labeling.models import TaskExample
from s3label_site.testing import S3LabelTestCase, make_image


class ImageViewTestCase(S3LabelTestCase):
    def setUp(self):
        self.client.force_login(self.ann)

    def url(self, image=None, view="image_file"):
        return reverse(f"labeling:{view}", args=[(image or self.image).pk])

    def put(self, name, data, format_, orientation=1, size=(24, 16)):
        """Replace the file of Ann's image."""
        path = os.path.join(settings.IMAGE_ROOTS[0], "tests", name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)
        Image.objects.filter(pk=self.image.pk).update(
            path=path,
            sha256=hashlib.sha256(data).hexdigest(),
            byte_size=len(data),
            mtime_ns=os.stat(path).st_mtime_ns,
            format=format_,
            orientation=orientation,
            width=size[0],
            height=size[1],
        )
        return path

    def picture(self, response):
        return Picture.open(io.BytesIO(response.getvalue()))


class WhoSeesTests(ImageViewTestCase):
    def status_for(self, user, image=None):
        self.client.force_login(user)
        found = {self.client.get(self.url(image, view)).status_code
                 for view in ("image_file", "image_thumbnail")}  # fmt: skip
        self.assertEqual(len(found), 1)
        return found.pop()

    def test_only_who_was_given_the_image_and_staff_see_it(self):
        self.assertEqual(self.status_for(self.ann), 200)
        self.assertEqual(self.status_for(self.rita), 200)
        self.assertEqual(self.status_for(self.ben), 404)
        self.assertEqual(self.status_for(self.cem), 404)

    def test_ending_the_assignment_closes_it(self):
        self.ann.assignments.update(is_active=False)
        self.assertEqual(self.status_for(self.ann), 404)

    def test_an_example_is_seen_by_all_of_the_task(self):
        TaskExample.objects.create(task=self.task, image=self.other_image, title="So")
        self.assertEqual(self.status_for(self.ben, self.other_image), 200)
        self.assertEqual(self.status_for(self.cem, self.other_image), 404)

    def test_whoever_is_not_logged_in_is_asked_to(self):
        self.client.logout()
        self.assertRedirects(
            self.client.get(self.url()),
            f"{reverse(settings.LOGIN_URL)}?next={self.url()}",
            fetch_redirect_response=False,
        )

    def test_a_number_beyond_all_images_is_not_found(self):
        for number in (0, 2**31, 2**63, 10**30):
            self.assertEqual(self.client.get(f"/images/{number}/file").status_code, 404)


class AnswerTests(ImageViewTestCase):
    def test_a_jpeg_is_sent_as_it_is(self):
        data = encoded("JPEG")
        self.put("a.jpg", data, "JPEG")
        response = self.client.get(self.url())
        self.assertEqual(response.getvalue(), data)
        self.assertEqual(response["Content-Type"], "image/jpeg")
        self.assertEqual(response["Content-Length"], str(len(data)))
        self.assertEqual(response["Cache-Control"], "private, no-cache")
        self.assertEqual(response["X-Content-Type-Options"], "nosniff")
        self.assertEqual(response["Content-Security-Policy"], "default-src 'none'; sandbox")
        self.assertNotIn("a.jpg", response["Content-Disposition"])

    def test_what_browsers_turn_or_do_not_know_is_sent_upright(self):
        self.put("b.jpg", with_orientation("JPEG", 6), "JPEG", 6, (16, 24))
        picture = self.picture(self.client.get(self.url()))
        self.assertEqual((picture.size, dict(picture.getexif())), ((16, 24), {}))
        for format_ in ("TIFF", "BMP", "GIF"):
            mode = "P" if format_ == "GIF" else "RGB"
            self.put(f"c.{format_}", encoded(format_, mode=mode), format_)
            response = self.client.get(self.url())
            self.assertEqual(response["Content-Type"], "image/png")
            self.assertEqual(self.picture(response).size, (24, 16))

    def test_an_unchanged_image_is_not_sent_twice(self):
        for view in ("image_file", "image_thumbnail"):
            etag = self.client.get(self.url(view=view))["ETag"]
            again = self.client.get(self.url(view=view), headers={"If-None-Match": etag})
            self.assertEqual((again.status_code, again.content), (304, b""))
            self.assertEqual(again["ETag"], etag)
            self.assertEqual(again["Cache-Control"], "private, no-cache")

    def test_the_door_is_asked_even_for_what_the_browser_has(self):
        etag = self.client.get(self.url())["ETag"]
        self.client.force_login(self.ben)
        again = self.client.get(self.url(), headers={"If-None-Match": etag})
        self.assertEqual(again.status_code, 404)

    def test_a_thumbnail_is_made_once(self):
        path = self.put("d.jpg", encoded("JPEG", size=(800, 600)), "JPEG", size=(800, 600))
        first = self.client.get(self.url(view="image_thumbnail")).getvalue()
        os.unlink(path)
        response = self.client.get(self.url(view="image_thumbnail"))
        self.assertEqual(response.getvalue(), first)
        self.assertEqual(response["Content-Type"], "image/webp")


class RangeTests(ImageViewTestCase):
    def setUp(self):
        super().setUp()
        self.data = encoded("JPEG", size=(90, 80))
        self.put("range.jpg", self.data, "JPEG", size=(90, 80))

    def part(self, wanted, **headers):
        return self.client.get(self.url(), headers={"Range": wanted} | headers)

    def test_parts_are_sent(self):
        size = len(self.data)
        for wanted, first, end in (
            ("bytes=0-9", 0, 10),
            ("bytes=100-", 100, size),
            ("bytes=-7", size - 7, size),
            (f"bytes=5-{size * 2}", 5, size),
        ):
            response = self.part(wanted)
            self.assertEqual(response.status_code, 206)
            self.assertEqual(response.getvalue(), self.data[first:end])
            self.assertEqual(response["Content-Range"], f"bytes {first}-{end - 1}/{size}")
            self.assertEqual(response["Content-Length"], str(end - first))

    def test_a_part_behind_the_end_is_refused(self):
        response = self.part(f"bytes={len(self.data)}-")
        self.assertEqual(response.status_code, 416)
        self.assertEqual(response["Content-Range"], f"bytes */{len(self.data)}")

    def test_what_is_no_range_or_of_another_content_gets_everything(self):
        for wanted, headers in (
            ("bytes=-", {}), ("bytes=a-b", {}), ("bytes=0-1,4-5", {}),
            ("bytes=0-9", {"If-Range": '"other"'}),
        ):  # fmt: skip
            response = self.part(wanted, **headers)
            self.assertEqual((response.status_code, response.getvalue()), (200, self.data))


class UnavailableTests(ImageViewTestCase):
    def assert_says(self, words):
        response = self.client.get(self.url())
        self.assertContains(response, words, status_code=410)
        self.assertEqual(response["Content-Type"], "text/plain; charset=utf-8")
        self.assertNotIn("/", response.content.decode())

    def test_a_missing_file_is_said(self):
        os.unlink(self.put("gone.jpg", encoded("JPEG"), "JPEG"))
        self.assert_says("it is not there any more")

    def test_a_file_with_other_content_is_never_shown_under_the_labels(self):
        path = self.put("other.jpg", encoded("JPEG"), "JPEG")
        with open(path, "wb") as file:
            file.write(encoded("JPEG", size=(90, 90)))
        self.assert_says("other content than when it was found")

    def test_a_file_that_was_only_touched_is_shown(self):
        path = self.put("touched.jpg", encoded("JPEG"), "JPEG")
        os.utime(path, (1, 1))
        self.assertEqual(self.client.get(self.url()).status_code, 200)

    def test_a_link_that_leads_out_is_not_followed(self):
        path = self.put("link.jpg", encoded("JPEG"), "JPEG")
        os.unlink(path)
        os.symlink("/etc/hostname", path)
        self.assert_says("a link that leads out of the image roots")

    def test_a_path_that_is_not_below_a_root_is_not_opened(self):
        image = make_image(self.dataset, "z.png")
        Image.objects.filter(pk=image.pk).update(path="/etc/hostname")
        self.client.force_login(self.rita)
        response = self.client.get(self.url(image))
        self.assertContains(response, "not below one of the image roots", status_code=410)

    def test_pixels_that_cannot_be_decoded_are_said(self):
        data = encoded("TIFF", size=(60, 40))
        self.put("cut.tif", data[:500], "TIFF", size=(60, 40))
        self.assert_says("it cannot be decoded")
