"""What beat starts."""

import inspect

from platform_portal.celery import SCHEDULE, app


def test_every_entry_is_a_task_and_every_task_that_needs_no_row_has_one() -> None:
    app.loader.import_default_modules()
    ours = {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}
    alone = {name for name, task in ours.items() if not inspect.signature(task.run).parameters}
    scheduled = [task for task, _when, _expires in SCHEDULE]
    assert sorted(scheduled) == sorted(alone)
    assert len(app.conf.beat_schedule) == len(SCHEDULE)
