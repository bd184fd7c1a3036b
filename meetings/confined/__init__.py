"""Files of strangers are opened in a process of their own, with little memory and little time.

A crash, an endless loop or a bomb inside a parser costs that process, never a web worker or a Celery worker.
`running` is the side of the portal; everything else here runs in the child, which knows neither Django nor settings.
"""
