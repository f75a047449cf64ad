from labeling.claiming import claim_next
from labeling.models import Label
from s3label_site.testing import S3LabelTestCase


class ClaimTests(S3LabelTestCase):
    def test_an_unfinished_label_comes_before_a_new_image(self):
        self.assertEqual(claim_next(task=self.task, labeler=self.ann), self.label)

    def test_two_people_get_different_images(self):
        claimed = claim_next(task=self.task, labeler=self.ben)
        self.assertEqual(claimed.image, self.other_image)
        self.assertEqual(claimed.labeler, self.ben)
        self.assertEqual(Label.objects.filter(status="free").count(), 0)
