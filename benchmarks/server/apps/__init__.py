"""The measured applications. Each module has an ASGI `application` with the pages `/counter/` and
`/table/`, whose events are `up`; `/churn/`, whose events are `append`, `clear` and `update`; or as
much of it as it is measured with."""
