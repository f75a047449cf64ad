"""What people choose for their editor is kept on the server, each person's own."""

from django.test import Client

from s3label_site.testing import S3LabelTestCase

URL = "/api/v1/settings"


class EditorSettingsTests(S3LabelTestCase):
    def setUp(self):
        self.client.force_login(self.ann)

    def keep(self, **parts):
        return self.client.post(URL, parts, content_type="application/json")

    def kept(self, user=None):
        client = Client()
        client.force_login(user or self.ann)
        return client.post(URL, {}, content_type="application/json").json()

    def test_whoever_never_chose_anything_has_empty_parts(self):
        self.assertEqual(self.kept(), {"keys": {}, "look": {}, "picture": {}})

    def test_what_was_chosen_survives_the_login_and_is_nobody_elses(self):
        self.assertEqual(self.keep(keys={"tool-polygon": ["Q"], "fit": []}).status_code, 200)
        self.client.logout()
        self.assertEqual(self.kept()["keys"], {"tool-polygon": ["Q"], "fit": []})
        self.assertEqual(self.kept(self.ben)["keys"], {})

    def test_a_part_replaces_itself_only(self):
        self.keep(keys={"undo": ["U"]}, look={"fill": 0.5, "color_by": "object"})
        self.keep(picture={"brightness": 20, "channel": "red"})
        self.keep(keys={})
        kept = self.kept()
        self.assertEqual(kept["keys"], {})
        self.assertEqual((kept["look"]["fill"], kept["look"]["color_by"]), (0.5, "object"))
        self.assertEqual((kept["picture"]["brightness"], kept["picture"]["gamma"]), (20, 1))

    def test_the_page_of_the_editor_brings_them_along(self):
        self.keep(keys={"undo": ["U"]})
        page = self.client.get(self.label.get_absolute_url())
        self.assertEqual(page.context["config"]["settings"]["keys"], {"undo": ["U"]})

    def test_one_key_for_two_commands_is_refused_in_words(self):
        answer = self.keep(keys={"undo": ["U"], "redo": ["U"]})
        self.assertEqual(answer.status_code, 422)
        self.assertIn("the key U is given to two commands", answer.content.decode())
        self.assertEqual(self.kept()["keys"], {})

    def test_what_no_editor_sends_is_refused(self):
        for parts in (
            {"look": {"fill": 2}},
            {"look": {"color": "red"}},
            {"look": {"fill": False}},
            {"look": {"grid": "1"}},
            {"picture": {"gamma": 0}},
            {"picture": {"channel": "infrared"}},
            {"picture": {"window": {"level": 5, "width": 0}}},
            {"picture": {"window": {"level": 5}}},
            {"keys": {"Undo!": ["U"]}},
            {"keys": {"undo": [""]}},
            {"keys": {f"c-{n}": [] for n in range(301)}},
            {"theme": "dark"},
        ):
            with self.subTest(parts=str(parts)[:60]):
                self.assertEqual(self.keep(**parts).status_code, 422)
