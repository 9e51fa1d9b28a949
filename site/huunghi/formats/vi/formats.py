from huunghi.formats.day_first import *  # noqa: F403
