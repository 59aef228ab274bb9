"""Jobs carry ids alone: by their signatures, and by what the whole run left in the queue."""

import inspect

import pytest

from app import jobs
from tests.jobs.arguments import NAMES, odd_parts

AN_ID = "01a2004b-fb3e-7242-9456-6e3d148ba593"


def test_every_task_takes_ids_and_numbers_alone():
    jobs.load_tasks()
    ours = [task for name, task in jobs.queue.tasks.items() if name.split(".")[0] != "tests"]
    assert len(ours) > 12
    for task in ours:
        if task.name.startswith(("builtin:", "procrastinate.")):
            continue
        for name, parameter in inspect.signature(task.func).parameters.items():
            if name != "context":
                assert NAMES.fullmatch(name), (task.name, name)
                assert parameter.annotation in (str, int, "str", "int"), (task.name, name)


@pytest.mark.parametrize(
    ("args", "lock", "odd"),
    [
        ({"tenant_id": AN_ID, "event_id": AN_ID}, f"outreach.deliver:{AN_ID}", 0),
        ({"timestamp": 1_700_000_000}, None, 0),
        ({"tenant_id": AN_ID, "document": "52998224725"}, None, 1),
        ({"debtor_id": "52998224725"}, None, 1),
        ({"message_id": {"email": "ana@exemplo.com.br"}}, None, 1),
        ({"tenant_id": AN_ID}, "code:52998224725", 1),
        ({"tenant_id": AN_ID}, "ana@exemplo.com.br", 1),
    ],
)
def test_planted_personal_data_is_found(args, lock, odd):
    assert len(odd_parts("x.y", args, None, lock)) == odd
