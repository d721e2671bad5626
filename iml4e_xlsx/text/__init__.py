"""
Holds the texts that people see, by key and language, and the handling of names and addresses.

In: the folders of `templates/interface/`, one for each language. Out: `Texts`, which fills a text
in, and `Message`, a text by key and values that waits for its language. Besides: how names and
addresses are compared, listed and made fit for a line. Every room may import this one; it imports
nothing but `resources`.
"""
