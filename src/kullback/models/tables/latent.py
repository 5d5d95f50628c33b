"""Default latent dimensions, from the number of features and whether the data are images."""


def half(features: int, image: bool) -> int:
    """Half the features and at most 16: a code that has to compress."""
    return min(16, max(1, features // 2))


def whole(features: int, image: bool) -> int:
    """As many as the features and at most 16: what is not needed stays at the prior."""
    return min(16, features)


def generator(features: int, image: bool) -> int:
    """64 for images, and at most 64 for the rest."""
    return 64 if image else min(64, features)


def points(features: int, image: bool) -> int:
    """As ``generator``, with 4 at least: more than points of the plane have."""
    return max(4, generator(features, image))


def components(features: int, image: bool) -> int:
    """Ten Gaussians, whatever the data."""
    return 10


def few(features: int, image: bool) -> int:
    """At most 8: many rows of little each, such as sequences, leave more of them empty."""
    return min(8, features)
