"""The observer: a live page for the staff that shows the actors of all server processes.

It is off unless a project includes `pykka_live.observability.observer.urls`, or routes
`pykka_live.observability.observer.page.ObserverPage` itself. While nobody looks, a short log of
incidents is kept, and the curves of the last five minutes.
"""
