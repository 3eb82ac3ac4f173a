"""The page that editors look at: static files, served by the service itself, that ask its own API."""

from wasim.service.page.files import install

__all__ = ["install"]
