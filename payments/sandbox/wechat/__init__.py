"""WeChat Pay API v3, Native."""
