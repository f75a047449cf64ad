import re
import unittest

from labeling.previews import layers_of, path_of

SQUARE = [0, 0, 10, 0, 10, 10, 0, 10]


class PathTests(unittest.TestCase):
    def test_every_ring_of_a_polygon_is_closed_so_that_even_odd_leaves_the_hole(self):
        hole = [2, 2, 2, 8.25, 8, 8]
        path = path_of("polygon", {"rings": [SQUARE, hole]})
        self.assertEqual(path, "M0 0L10 0L10 10L0 10ZM2 2L2 8.25L8 8Z")

    def test_a_rectangle_is_turned_clockwise_about_its_centre(self):
        path = path_of("rect", {"cx": 10, "cy": 10, "w": 8, "h": 4, "angle": 90})
        self.assertEqual(path, "M12 6L12 14L8 14L8 6Z")

    def test_an_ellipse_is_two_arcs_between_the_ends_of_its_turned_axis(self):
        path = path_of("ellipse", {"cx": 10, "cy": 10, "rx": 8, "ry": 4, "angle": 90})
        self.assertEqual(path, "M10 2A8 4 90 1 1 10 18A8 4 90 1 1 10 2Z")

    def test_a_line_stays_open(self):
        self.assertEqual(path_of("line", {"points": [0, 0, 5, 5, 9, 5]}), "M0 0L5 5L9 5")

    def test_points_are_strokes_without_length(self):
        points = [{"x": 1, "y": 2}, {"x": 3.5, "y": 4}]
        self.assertEqual(path_of("points", {"points": points}), "M1 2h0M3.5 4h0")

    def test_points_nearer_than_the_tolerance_are_passed_over(self):
        ring = [0, 0, 1, 0, 50, 0, 50, 1, 50, 50]
        self.assertEqual(path_of("polygon", {"rings": [ring]}, 4), "M0 0L50 0L50 50Z")

    def test_a_ring_smaller_than_the_tolerance_stays_a_ring(self):
        path = path_of("polygon", {"rings": [SQUARE]}, 100)
        self.assertGreaterEqual(len(re.findall("[ML]", path)), 3)


class LayerTests(unittest.TestCase):
    def test_classes_are_grouped_without_changing_the_draw_order(self):
        line = {"points": [0, 0, 30, 40]}
        shapes = [
            (1, "House", "polygon", {"rings": [SQUARE]}),
            (1, "House", "polygon", {"rings": [SQUARE]}),
            (2, "Road", "line", line),
            (1, "House", "polygon", {"rings": [SQUARE]}),
        ]
        layers = layers_of(shapes, with_titles=True)
        self.assertEqual([(x.class_id, len(x.outlines)) for x in layers], [(1, 2), (2, 1), (1, 1)])
        road = layers[1].outlines[0]
        self.assertEqual((road.title, road.is_area), ("Road, 30 × 40 px", False))
