"""What the app takes for granted of its views and hooks."""

import inspect


def test_no_view_and_no_hook_is_a_coroutine(app):
    hooks = [
        hook
        for by_blueprint in (app.before_request_funcs, app.after_request_funcs)
        for found in by_blueprint.values()
        for hook in found
    ]
    views = list(app.view_functions.values())
    assert views
    assert hooks
    assert not [found for found in (*views, *hooks) if inspect.iscoroutinefunction(found)]
