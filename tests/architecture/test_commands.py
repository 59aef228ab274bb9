"""Every command says what is wrong; none shows a traceback for what somebody typed."""

import uuid

import click
import pytest

RUNS_ON = {("worker",), ("run",), ("shell",), ("gallery", "shoot"), ("gallery", "readme")}
"""What does not end by itself, or starts a browser."""
DESTROYS = {("tenant", "shred"), ("tenant", "state")}
"""What would take away what the other commands are tried on: tried on nobody alone."""
NASTY = {
    "unicode digits": "٣٤²½",
    "huge number": "9" * 40,
    "long": "x" * 5_000,
    "nothing": "",
}
GARBAGE = {
    "empty": b"",
    "binary": bytes(range(256)) * 40,
    "not utf-8": b'name = "\xff\xfe"',
    "text": b"not a table at all\n\n;;;\n",
    "nul": b"a;b\0;c\n1;\0;3\n",
    "a list": b"[[bands]]\nname = 1\n",
}


def commands(group, path=()):
    """(names, command) of everything below a group."""
    for name, command in group.commands.items():
        here = (*path, name)
        if isinstance(command, click.Group):
            yield from commands(command, here)
        elif here not in RUNS_ON:
            yield here, command


def typed(command, *, slug, file) -> list[str]:
    """Arguments of the right kind: a tenant, a file, an id, a number."""
    values = []
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            if isinstance(parameter.type, click.types.UUIDParameterType):
                values.append(str(uuid.uuid4()))
            elif isinstance(parameter.type, click.Path):
                values.append(str(file))
            elif isinstance(parameter.type, click.types.IntParamType):
                values.append("7")
            elif isinstance(parameter.type, click.Choice):
                values.append(parameter.type.choices[0])
            else:
                values.append(slug if parameter.name in ("slug", "tenant") else "nothing")
        elif parameter.name in ("slug", "tenant"):
            values += [parameter.opts[0], slug]
    return values


def reads_a_file(command) -> bool:
    """Whether a command takes a file that must be there."""
    return any(isinstance(p.type, click.Path) and p.type.exists for p in command.params)


def refused_badly(app, *, slug, file, readers_alone=False) -> list[tuple[str, str]]:
    """The commands that ended in a traceback."""
    runner = app.test_cli_runner()
    broken = []
    for names, command in commands(app.cli):
        if readers_alone and (not reads_a_file(command) or names in DESTROYS):
            continue
        answer = runner.invoke(args=[*names, *typed(command, slug=slug, file=file)])
        if answer.exception and not isinstance(answer.exception, SystemExit):
            broken.append((" ".join(names), repr(answer.exception)[:120]))
    return broken


def test_an_unknown_creditor_is_named(app, tmp_path):
    file = tmp_path / "some.csv"
    file.write_bytes(b"a;b\n1;2\n")
    broken = refused_badly(app, slug="nobody-here", file=file)
    assert not broken, "\n".join(map(" ".join, broken))


def test_a_file_that_is_not_there_is_named(app, dressed, tmp_path):
    none = tmp_path / "none.toml"
    broken = refused_badly(app, slug=dressed.bank.slug, file=none, readers_alone=True)
    assert not broken, "\n".join(map(" ".join, broken))


def test_a_file_of_garbage_is_refused_in_words(app, dressed, tmp_path):
    for name, content in GARBAGE.items():
        file = tmp_path / f"{name}.toml"
        file.write_bytes(content)
        broken = refused_badly(app, slug=dressed.bank.slug, file=file, readers_alone=True)
        assert not broken, "\n".join(map(" ".join, broken))


def words(command, *, slug, file, nasty):
    """The command's words, with `nasty` in each of its places in turn."""
    base = typed(command, slug=slug, file=file)
    for place in range(len(base)):
        if not base[place].startswith("--"):
            yield [*base[:place], nasty, *base[place + 1 :]]
    for option in command.params:
        if isinstance(option, click.Option) and not option.is_flag:
            yield [*base, f"{option.opts[0]}={nasty}"]


@pytest.mark.parametrize("option", ["--only", "--brand", "--mode", "--width"])
@pytest.mark.parametrize("nasty", NASTY.values(), ids=NASTY)
def test_the_gallery_says_that_nothing_is_called_so_before_it_starts_a_browser(app, option, nasty):
    given = [f"{option}={nasty}"] if nasty or option != "--only" else ["--only=no-such-piece"]
    answer = app.test_cli_runner().invoke(args=["gallery", "shoot", *given])
    assert answer.exit_code != 0
    assert isinstance(answer.exception, SystemExit)


@pytest.mark.parametrize("nasty", NASTY.values(), ids=NASTY)
def test_the_readmes_picture_has_a_sane_height(app, nasty):
    answer = app.test_cli_runner().invoke(args=["gallery", "readme", f"--height={nasty}"])
    assert isinstance(answer.exception, SystemExit)


def test_no_word_ends_in_a_traceback(app, dressed, tmp_path):
    file = tmp_path / "some.csv"
    file.write_bytes(b"a;b\n1;2\n")
    runner, broken = app.test_cli_runner(), []
    for names, command in commands(app.cli):
        slug = "nobody-here" if names in DESTROYS else dressed.bank.slug
        for kind, nasty in NASTY.items():
            for tried in words(command, slug=slug, file=file, nasty=nasty):
                answer = runner.invoke(args=[*names, *tried])
                if answer.exception and not isinstance(answer.exception, SystemExit):
                    broken.append((" ".join(names), kind, repr(answer.exception)[:160]))
    assert not broken, "\n".join(map(" ".join, broken))


def test_an_empty_name_is_nobody_not_everybody(app, dressed):
    runner = app.test_cli_runner()
    for words_typed in (["agreements", "break-overdue", ""], ["day", "run", "--tenant="]):
        answer = runner.invoke(args=words_typed)
        assert answer.exit_code == 1
        assert dressed.bank.slug not in answer.output


def test_a_creditor_has_a_name_and_a_slug_that_can_be_a_host(app):
    runner = app.test_cli_runner()
    for slug, name in [
        ("", "A"),
        ("Dois", "A"),
        ("-a", "A"),
        ("a_b", "A"),
        ("a" * 64, "A"),
        ("ok", " "),
    ]:
        answer = runner.invoke(args=["tenant", "create", "--", slug, name])
        assert isinstance(answer.exception, SystemExit), (slug, name)
        assert answer.exit_code == 1, (slug, name)
