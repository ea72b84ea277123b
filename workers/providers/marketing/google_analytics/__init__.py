"""Google Analytics 4: `connector` makes the calls, `measurement` writes what is measured, `limits` says what Google
would not take of it, `reports` asks and reads reports, `service_account` signs for a token, `errors` reads refusals."""

from workers.providers.marketing.google_analytics.connector import GoogleAnalyticsConnector

__all__ = ["GoogleAnalyticsConnector"]
