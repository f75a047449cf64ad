import unittest

from labeling.thinning import thinned

SQUARE = [0, 0, 10, 0, 10, 10, 0, 10]


class ThinningTests(unittest.TestCase):
    def test_points_nearer_than_the_tolerance_are_left_out(self):
        ring = [0, 0, 1, 0, 50, 0, 50, 1, 50, 50]
        after = thinned("polygon", {"rings": [ring, SQUARE]}, 4)
        self.assertEqual(after, {"rings": [[0, 0, 50, 0, 50, 50], SQUARE]})
        self.assertEqual(thinned("line", {"points": ring}, 4)["points"], [0, 0, 50, 0, 50, 50])

    def test_a_ring_smaller_than_the_tolerance_stays_a_ring(self):
        [ring] = thinned("polygon", {"rings": [SQUARE]}, 100)["rings"]
        self.assertGreaterEqual(len(ring), 6)
        self.assertGreaterEqual(len(thinned("line", {"points": SQUARE}, 100)["points"]), 4)

    def test_what_has_no_outline_stays_as_it_is(self):
        rect = {"cx": 1, "cy": 1, "w": 1, "h": 1, "angle": 0}
        self.assertEqual(thinned("rect", rect, 100), rect)
