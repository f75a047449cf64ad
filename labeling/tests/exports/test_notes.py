from labeling.manifest import note_in_words


def test_what_happened_once_is_not_told_in_the_plural():
    assert note_in_words("Odd", 1) == "Odd (1 time)"
    assert note_in_words("Odd", 1200) == "Odd (1,200 times)"
