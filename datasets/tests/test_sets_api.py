"""Staff make datasets and groups and import folders over the API, as on the pages."""

from pathlib import Path

from django.conf import settings

from datasets.jobs import MOST_WAITING
from datasets.models import Dataset, DatasetGroup, FolderImport, GroupedDataset, ImageCheck
from s3label_site.testing import S3LabelTestCase, make_image, make_picture


class ApiTestCase(S3LabelTestCase):
    def setUp(self):
        self.client.force_login(self.rita)

    def get(self, path, status=200, **params):
        answer = self.client.get(f"/api/v1{path}", params)
        self.assertEqual(answer.status_code, status, answer.content)
        return answer.json()

    def send(self, path, body=None, status=200, method="post"):
        send = getattr(self.client, method)
        answer = send(f"/api/v1{path}", body or {}, content_type="application/json")
        self.assertEqual(answer.status_code, status, answer.content)
        return answer.json() if answer.content else None


class SetTests(ApiTestCase):
    def test_a_dataset_and_a_group_are_made_and_joined(self):
        made = self.send("/datasets", {"site": "Here", "sensor": "A camera"}, 201)
        self.assertEqual(made["images"]["ok"], 0)
        body = {"name": "All", "datasets": [self.dataset.pk]}
        group = self.send("/groups", body, 201)
        self.assertEqual([one["id"] for one in group["datasets"]], [self.dataset.pk])
        group = self.send(f"/groups/{group['id']}/datasets", {"dataset": made["id"]})
        self.assertEqual(len(group["datasets"]), 2)
        # Twice is once.
        self.send(f"/groups/{group['id']}/datasets", {"dataset": made["id"]})
        self.send(f"/groups/{group['id']}/datasets/{made['id']}", method="delete")
        self.assertEqual(self.get(f"/groups/{group['id']}")["datasets"][0]["id"], self.dataset.pk)
        self.assertEqual(Dataset.objects.count(), 2)

    def test_a_group_that_cannot_be_is_not_made_at_all(self):
        number = DatasetGroup.objects.count()
        self.send("/groups", {"name": self.task.dataset_group.name}, 409)
        self.send("/groups", {"name": "Half", "datasets": [self.dataset.pk, 987]}, 422)
        self.send("/groups", {"name": ""}, 422)
        self.assertEqual(DatasetGroup.objects.count(), number)

    def test_images_are_listed_page_by_page_and_by_state(self):
        for number in range(4):
            make_image(self.dataset, f"more{number}.png")
        self.dataset.images.filter(path__endswith="more0.png").update(state="missing")
        path = f"/datasets/{self.dataset.pk}/images"
        seen, after = [], 0
        while after is not None:
            page = self.get(path, limit=2, after=after)
            self.assertLessEqual(len(page["items"]), 2)
            seen += [image["id"] for image in page["items"]]
            after = page["next"]
        self.assertEqual(seen, sorted(self.dataset.images.values_list("pk", flat=True)))
        (missing,) = self.get(path, state="missing")["items"]
        self.assertTrue(missing["path"].endswith("more0.png"))

    def test_one_part_of_a_right_is_not_the_whole(self):
        self.rita.is_superuser = False
        self.rita.save()
        grant = self.rita.user_permissions
        grant.add(*self.permissions("change_datasetgroup"))
        path = f"/groups/{self.task.dataset_group_id}/datasets/{self.dataset.pk}"
        self.send(path, method="delete", status=403)
        grant.add(*self.permissions("delete_groupeddataset"))
        self.send(path, method="delete")
        self.assertFalse(GroupedDataset.objects.exists())

    def permissions(self, *names):
        permissions = type(self.rita).user_permissions.rel.model.objects
        return permissions.filter(codename__in=names)


class ListTests(ApiTestCase):
    def test_what_no_list_knows_is_refused(self):
        self.get("/datasets", limit=1)
        for odd in (
            {"limit": 10**9},
            {"limit": 0},
            {"limit": "9" * 5000},
            {"after": -1},
            {"after": 2**63},
            {"after": "9" * 30},
            {"page_size": 10},
            {"ordering": "password"},
            {"created_by__password__startswith": "a"},
            {"id__gt": 0},
        ):
            with self.subTest(odd=str(odd)[:60]):
                self.assertEqual(self.get("/datasets", 422, **odd)["error"], "invalid")

    def test_of_a_parameter_that_is_written_twice_the_last_counts(self):
        answer = self.client.get("/api/v1/datasets?limit=1000000000&limit=1")
        self.assertEqual(answer.status_code, 200)
        answer = self.client.get("/api/v1/datasets?limit=1&limit=1000000000")
        self.assertEqual(answer.status_code, 422)

    def test_what_did_not_change_is_not_sent_again(self):
        first = self.client.get("/api/v1/datasets")
        headers = {"If-None-Match": first["ETag"]}
        again = self.client.get("/api/v1/datasets", headers=headers)
        self.assertEqual((again.status_code, again.content), (304, b""))
        Dataset.objects.create(site="New", sensor="x")
        changed = self.client.get("/api/v1/datasets", headers=headers)
        self.assertEqual(changed.status_code, 200)
        # Who may not see it any more is told so and not that it did not change.
        self.client.force_login(self.cem)
        self.assertEqual(self.client.get("/api/v1/datasets", headers=headers).status_code, 403)

    def test_a_page_costs_the_same_number_of_queries_however_long_it_is(self):
        for number in range(20):
            Dataset.objects.create(site=f"{number}", sensor="x")
        with self.assertNumQueries(3):  # the session, its user, the page
            self.get("/datasets")


class ImportTests(ApiTestCase):
    def setUp(self):
        super().setUp()
        self.folder = Path(settings.IMAGE_ROOTS[0]) / self.id()
        for number in range(3):
            make_picture(self.folder / "day" / f"{number}.png", color=(number, 9, 9))
        make_picture(self.folder / "day" / "0_mask.png", color=(200, 9, 9))
        self.new = Dataset.objects.create(site="Import", sensor="x")

    def start(self, status=201, **fields):
        body = {"folder": str(self.folder)} | fields
        return self.send(f"/datasets/{self.new.pk}/imports", body, status)

    def run_jobs(self):
        for job in FolderImport.objects.filter(status="queued"):
            job.run()

    def test_a_folder_is_looked_through_chosen_from_and_imported(self):
        job = self.start()
        path = f"/imports/{job['id']}"
        self.send(f"{path}/upload", status=409)
        self.run_jobs()
        found = self.get(path)
        self.assertEqual((found["stage"], found["status"], found["selected"]), ("found", "done", 4))
        self.assertEqual(found["files"], [{"state": "new", "outcome": "", "files": 4}])
        body = {"selected": False, "files": {"q": "*_mask.png"}}
        self.assertEqual(self.send(f"{path}/select", body), {"selected": 3})
        files = self.get(f"{path}/files")["items"]
        self.assertEqual([Path(f["path"]).name for f in files if not f["selected"]], ["0_mask.png"])
        self.assertEqual(len(self.get(f"{path}/files", q="day/?.png")["items"]), 3)
        self.assertEqual(self.get(f"{path}/files", folder="night")["items"], [])
        thumbnail = f"/api/v1{path}/files/{files[0]['id']}/thumbnail"
        self.assertEqual(self.client.get(thumbnail).status_code, 200)
        self.assertEqual(self.send(f"{path}/upload")["stage"], "importing")
        self.run_jobs()
        self.assertEqual(self.get(path)["stage"], "done")
        self.assertEqual(self.new.images.count(), 3)
        self.send(f"{path}/select", body, status=409)
        self.send(f"{path}/upload", status=409)

    def test_files_are_chosen_by_their_ids_or_all(self):
        job = self.start()
        self.run_jobs()
        path = f"/imports/{job['id']}"
        ids = [file["id"] for file in self.get(f"{path}/files")["items"]]
        leave = {"selected": False, "files": {"ids": ids[:1]}}
        self.assertEqual(self.send(f"{path}/select", leave)["selected"], 3)
        self.send(f"{path}/select", {"selected": False, "files": {"ids": ids, "q": "x"}}, 422)
        self.send(f"{path}/select", {"selected": False}, 422)
        self.send(f"{path}/select", {"selected": False, "files": {}})
        self.send(f"{path}/upload", status=409)  # nothing is selected
        self.send(f"{path}/select", {"selected": True, "files": {"folder": "day"}})
        self.assertEqual(self.get(path)["selected"], 4)

    def test_only_folders_below_a_root_are_looked_through(self):
        folders = (
            "/etc",
            "..",
            "",
            "/",
            "file:///etc",
            "http://127.0.0.1/",
            "s3://other/x",
            "\ud800",
        )
        for folder in folders:
            with self.subTest(folder=folder):
                url = f"/api/v1/datasets/{self.new.pk}/imports"
                answer = self.client.post(url, {"folder": folder}, "application/json")
                self.assertIn(answer.status_code, (400, 422))
        self.assertFalse(FolderImport.objects.exists())
        roots = self.get("/folders")
        self.assertEqual(roots["folders"], settings.IMAGE_ROOTS)
        self.assertEqual(self.get("/folders", folder=str(self.folder))["folders"], ["day"])
        self.get("/folders", 422, folder="/etc")

    def test_nobody_fills_the_queue_alone(self):
        about = {"dataset": self.new, "created_by": self.rita}
        for number in range(MOST_WAITING):
            FolderImport.objects.create(**about, folder=f"/{number}")
        url = f"/api/v1/datasets/{self.new.pk}/imports"
        body = {"folder": str(self.folder)}
        answer = self.client.post(url, body, content_type="application/json")
        self.assertEqual((answer.status_code, answer.json()["error"]), (429, "too_often"))
        self.assertGreater(int(answer["Retry-After"]), 0)
        FolderImport.objects.first().delete()
        self.start()

    def test_a_job_is_stopped_and_started_again_by_whoever_may(self):
        job = self.start()
        path = f"/jobs/folderimport/{job['id']}"
        self.assertEqual(self.get("/jobs")["items"][0]["id"], job["id"])
        self.send(f"{path}/again", status=409)
        self.assertEqual(self.send(f"{path}/cancel")["status"], "cancelled")
        self.send(f"{path}/cancel", status=409)
        self.assertEqual(self.send(f"{path}/again")["status"], "queued")
        self.get("/jobs/user/1", 404)
        self.get("/jobs/folderimport/987654", 404)
        # What staff may not see of a kind is not in the list either.
        self.rita.is_superuser = False
        self.rita.save()
        self.assertEqual(self.get("/jobs")["items"], [])
        self.get(path, 403)


class CheckTests(ApiTestCase):
    def test_the_images_of_a_dataset_are_checked(self):
        path = f"/datasets/{self.dataset.pk}/checks"
        made = self.send(path, {}, 201)
        self.assertEqual((made["status"], made["verify"], made["states"]), ("queued", False, None))
        # One of the same kind that waits is the answer to another wish.
        self.assertEqual(self.send(path, {}, 201)["id"], made["id"])
        self.assertNotEqual(self.send(path, {"verify": True}, 201)["id"], made["id"])
        Path(self.image.path).unlink()
        job = ImageCheck.objects.get(pk=made["id"])
        job.workers = 1
        job.run()
        found = self.get(f"/checks/{made['id']}")
        self.assertEqual((found["status"], found["states"]["missing"]), ("done", 1))
        self.send(path, {"verify": "yes"}, 422)
        self.get("/checks/987", 404)
