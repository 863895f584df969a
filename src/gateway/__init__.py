"""The one place that calls GitHub."""

from gateway.credentials import Access, AppKey, CredentialUnusable, app_key
from gateway.gateway import GitHubGateway

__all__ = ["Access", "AppKey", "CredentialUnusable", "GitHubGateway", "app_key"]
