"""The people's door: Django, one app per desk."""
