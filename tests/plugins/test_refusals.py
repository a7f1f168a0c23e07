"""A plugin that half works would lose claims: what is wrong stops the start, with the plugin's name and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plugins.conftest import Folder, install, payer_plugin

HOOK = """
    from gateway import hookimpl
    from gateway.checks import Check
    from gateway.model.partners import Payer

    @hookimpl
    def {signature}:
        {body}
"""


def hook(body: str, signature: str = "register_payers()") -> str:
    return HOOK.format(body=body, signature=signature)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def broken(:", "SyntaxError: "),
        ("import nothing_of_this_name", "ModuleNotFoundError: No module named 'nothing_of_this_name'"),
        ("from gateway.model.partners import Prayer", "ImportError: cannot import name 'Prayer'"),
        ("raise RuntimeError('no licence')", "RuntimeError: no licence"),
        ("import sys\n    sys.exit(1)", "SystemExit: 1"),
    ],
)
def test_a_plugin_that_does_not_load_is_named(folder: Folder, text: str, said: str) -> None:
    """With what Python says about it."""
    folder.write("acme.py", f"    {text}\n")
    wrong = folder.refusal()
    assert (wrong.code, wrong.place) == ("PLUGIN_BROKEN", "acme.py")
    assert wrong.message.startswith(f"plugin acme.py does not load: {said}")


def test_an_installed_package_that_does_not_load_is_named(folder: Folder, library: Path) -> None:
    """By its package, which is what to upgrade or remove."""
    install(library, "gateway-acme", "gateway_acme", "import nothing_of_this_name")
    wrong = folder.refusal()
    assert (wrong.code, wrong.place) == ("PLUGIN_BROKEN", "gateway-acme:acme")


def test_an_entry_point_to_nowhere_is_named(folder: Folder, library: Path) -> None:
    """A package whose module was renamed."""
    install(library, "gateway-acme", "gateway_acme", payer_plugin("acme"))
    (library / "gateway_acme.py").unlink()
    assert folder.refusal().place == "gateway-acme:acme"


@pytest.mark.parametrize("name", ["nothing_of_this_name", ".relative", "os"])
def test_a_named_module_that_is_no_plugin_is_named(folder: Folder, name: str) -> None:
    """Whether there is none of this name or it has no hooks."""
    assert f"plugin {name} " in folder.refusal(named=[name]).message


def test_a_declaration_that_is_wrong_is_named_with_all_its_problems(folder: Folder) -> None:
    """As any file of the configuration."""
    path = folder.write("acme.toml", '[[payer]]\nkey = "acme"\n[[payer]]\nnam = "Acme"')
    wrong = folder.refusal()
    assert (wrong.code, wrong.place) == ("PLUGIN_DECLARATION", str(path))
    for problem in ("payer[0].name: is missing", "payer[1].key: is missing", "payer[1].nam: unknown key"):
        assert f"{path}: {problem}" in wrong.message


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("raise ValueError('which payers?')", "breaks in register_payers: ValueError: which payers?"),
        ("return (Payer(key) for key in 'ab')", "breaks in register_payers: TypeError: "),
        ("raise SystemExit('no')", "breaks in register_payers: SystemExit: no"),
    ],
)
def test_a_hook_that_breaks_is_named(folder: Folder, body: str, said: str) -> None:
    """Also when it breaks while what it returned is gone through."""
    folder.write("acme.py", hook(body))
    wrong = folder.refusal()
    assert (wrong.code, wrong.place) == ("PLUGIN_BROKEN", "acme.py")
    assert wrong.message.startswith(f"plugin acme.py {said}")


@pytest.mark.parametrize(
    ("signature", "body", "said"),
    [
        ("register_payers()", "pass", "None"),
        ("register_payers()", "return Payer('acme', 'Acme')", "Payer"),
        ("register_payers()", "return ['acme']", "list of str"),
        ("register_payers()", "return 'acme'", "str of str"),
        ("register_payers()", "return {'acme': Payer('acme', 'Acme')}", "dict of str"),
        ("register_payers()", "return [Payer('acme', 'Acme'), None]", "list of NoneType"),
        ("register_payers()", "return [Payer(None, 'Acme')]", "list of Payer"),
        ("register_partners()", "return [Payer('acme', 'Acme')]", "list of Payer"),
        ("register_checks()", "return [lambda claim, context: ()]", "list of function"),
        ("register_checks()", "return [Check('CODE', 'not a function')]", "list of Check"),
        ("register_transports()", "return [('as2', 'module.Class')]", "list of tuple"),
        ("register_transports()", "return ('as2', Payer)", "tuple of str"),
        ("register_transports()", "return [(Payer, 'as2')]", "list of tuple"),
        ("register_readers()", "return [('slip', Payer)]", "list of tuple"),
        ("register_enrollment_sources()", "return [('portal', 'maker')]", "list of tuple"),
        ("register_commands()", "return ['command']", "list of str"),
        ("register_commands()", "return [lambda: None]", "list of function"),
    ],
)
def test_a_hook_that_returns_something_else_is_named(folder: Folder, signature: str, body: str, said: str) -> None:
    """With what it returned and what it should have; a hook that forgot its return is the commonest."""
    folder.write("acme.py", hook(body, signature))
    wrong = folder.refusal()
    name = signature.removesuffix("()")
    assert (wrong.code, wrong.place) == ("PLUGIN_RETURNS", "acme.py")
    assert wrong.message == f"plugin acme.py returns {said} from {name}"
    assert wrong.next_step.startswith(f"Return a tuple from {name}, each item a ")


@pytest.mark.parametrize("mark", ["@hookimpl", ""])
@pytest.mark.parametrize("name", ["register_payer", "register_payors", "register_transport"])
def test_a_misspelt_hook_is_refused_with_the_right_name(folder: Folder, name: str, mark: str) -> None:
    """It would simply never be called."""
    folder.write("acme.py", payer_plugin("acme") + hook("return ()", f"{name}()").replace("@hookimpl", mark))
    wrong = folder.refusal()
    assert (wrong.code, wrong.place) == ("PLUGIN_HOOK", "acme.py")
    meant = "register_transports" if "transport" in name else "register_payers"
    assert wrong.message == f"plugin acme.py has {name}, which is no hook; did you mean {meant}?"


def test_a_marked_function_of_any_other_name_is_refused(folder: Folder) -> None:
    """Whoever marks it means it."""
    folder.write("acme.py", payer_plugin("acme") + hook("return ()", "on_claim_sent()"))
    wrong = folder.refusal()
    assert wrong.message == "plugin acme.py has on_claim_sent, which is no hook"
    assert "register_payers" in wrong.next_step


def test_a_hook_without_its_mark_is_refused(folder: Folder) -> None:
    """It would never be called either, with nothing to see."""
    folder.write("acme.py", payer_plugin("acme") + hook("return ()", "register_checks()").replace("@hookimpl", ""))
    wrong = folder.refusal()
    assert (wrong.code, wrong.message) == ("PLUGIN_HOOK", "plugin acme.py has register_checks without @hookimpl")
    assert "from gateway import hookimpl" in wrong.next_step


def test_a_plugin_without_a_hook_is_refused(folder: Folder) -> None:
    """Whatever its author thought it would do."""
    folder.write("acme.py", "def payers():\n    return ()\n")
    assert folder.refusal().message == "plugin acme.py implements no hook, so nothing of it would ever be called"


def test_a_hook_that_wants_arguments_is_refused(folder: Folder) -> None:
    """Hooks are called with nothing: settings are no business of a declaration."""
    folder.write("acme.py", hook("return ()", "register_payers(settings)"))
    wrong = folder.refusal()
    assert (wrong.code, wrong.place) == ("PLUGIN_HOOK", "acme.py")
    assert "settings" in wrong.message


def test_what_a_plugin_only_imports_is_not_taken_for_a_hook(folder: Folder) -> None:
    """Other libraries have functions that begin with register_, too."""
    folder.write("acme.py", "    from sqlite3 import register_adapter\n" + payer_plugin("acme"))
    assert list(folder.load().payers) == ["acme"]


@pytest.mark.parametrize("name", ["register_nothing", "_register_more"])
def test_helpers_are_free_in_their_names_but_for_those_of_hooks(folder: Folder, name: str) -> None:
    """Only register_ is reserved."""
    folder.write("acme.py", payer_plugin("acme") + f"\n    def {name}(x):\n        return x\n")
    if name.startswith("_"):
        assert folder.load().payers
    else:
        assert folder.refusal().code == "PLUGIN_HOOK"


def test_a_key_that_two_plugins_claim_names_both(folder: Folder) -> None:
    """Which of them counts must not depend on the order they load in."""
    folder.write("acme.py", payer_plugin("acme"))
    folder.write("other.toml", '[[payer]]\nkey = "acme"\nname = "Acme"')
    wrong = folder.refusal()
    assert (wrong.code, wrong.place) == ("PLUGIN_KEY_TAKEN", "other.toml")
    assert wrong.message == "plugins acme.py and other.toml both register the payer 'acme'"


def test_a_key_that_one_plugin_claims_twice_is_refused(folder: Folder) -> None:
    """A declaration that was copied and not changed."""
    folder.write("acme.toml", '[[payer]]\nkey = "acme"\nname = "Acme"\n[[payer]]\nkey = "acme"\nname = "Bravo"')
    assert folder.refusal().message == "plugin acme.toml registers the payer 'acme' twice"


@pytest.mark.parametrize(
    ("signature", "body"),
    [
        ("register_checks()", "return [Check('NPI_INVALID', lambda claim, context: ())]"),
        ("register_transports()", "return [('sftp', Payer)]"),
    ],
)
def test_what_the_gateway_brings_itself_is_taken(folder: Folder, signature: str, body: str) -> None:
    """A plugin adds; it replaces nothing behind anybody's back."""
    folder.write("acme.py", hook(body, signature))
    assert folder.refusal().message.startswith("plugins built in and acme.py both register the ")


def test_a_payer_and_a_partner_may_share_a_key(folder: Folder) -> None:
    """They are different things, even where one plan is both."""
    text = """
        [[payer]]
        key = "acme"
        name = "Acme"

        [[partner]]
        key = "acme"
        name = "ACME"
        receiver = "ACMEHP"
        payers = {acme = ["77"]}
        endpoint = {host = "edi.acme.example"}
    """
    folder.write("acme.toml", text)
    registry = folder.load()
    assert (list(registry.payers), list(registry.partners)) == (["acme"], ["acme"])


def test_a_plugin_that_is_installed_and_named_is_refused(folder: Folder, library: Path) -> None:
    """Loaded twice it would quarrel with itself."""
    install(library, "gateway-acme", "gateway_acme", payer_plugin("acme"))
    wrong = folder.refusal(named=["gateway_acme"])
    assert wrong.message == "plugin gateway_acme is loaded already, as gateway-acme:acme"
    assert wrong.next_step == "Drop gateway_acme from plugins.named."


def test_all_plugins_that_are_wrong_are_named_at_once(folder: Folder) -> None:
    """Each with its own reason and advice; what can only be seen after loading waits until they load."""
    folder.write("a.py", "import nothing_of_this_name")
    folder.write("b.toml", "[[payer]]")
    folder.write("c.py", "    x = 1")
    wrong = folder.refusal()
    assert wrong.place == f"a.py, {folder.path}/b.toml, c.py"
    for said in ("a.py does not load", "payer[0].key: is missing", "c.py implements no hook"):
        assert said in wrong.message
    for step in ("Correct the plugin", "Correct the keys", "Hooks are"):
        assert step in wrong.next_step


@pytest.mark.parametrize("mode", [0o020, 0o002, 0o022])
@pytest.mark.parametrize("name", ["acme.py", "acme.toml"])
def test_a_file_that_others_may_write_to_is_refused(folder: Folder, name: str, mode: int) -> None:
    """What others may write, others may run in our name. It is not even read."""
    path = folder.write(name, "raise RuntimeError('was run')")
    path.chmod(0o644 | mode)
    wrong = folder.refusal()
    assert (wrong.code, wrong.place) == ("PLUGIN_WRITABLE", str(path))
    assert wrong.message == f"{path} can be changed by other users"
    assert wrong.next_step == f"Take the permission away: chmod -R go-w {path}"


@pytest.mark.parametrize("mode", [0o775, 0o757, 0o777, 0o1777])
def test_a_plugins_folder_that_others_may_write_to_is_refused(folder: Folder, mode: int) -> None:
    """Whoever may put a file there may run it."""
    folder.write("acme.py", payer_plugin("acme"))
    folder.path.chmod(mode)
    assert (folder.refusal().code, folder.refusal().place) == ("PLUGIN_WRITABLE", str(folder.path))


@pytest.mark.parametrize("inner", ["acme", "acme/__init__.py", "acme/data/table.toml", "acme/data", "acme/.hidden"])
def test_nothing_inside_a_package_may_be_writable_by_others(folder: Folder, inner: str) -> None:
    """A package imports what lies beside it."""
    folder.write("acme/__init__.py", payer_plugin("acme"))
    folder.write("acme/data/table.toml", "")
    folder.write("acme/.hidden", "")
    assert folder.load().payers
    path = folder.path / inner
    path.chmod(path.stat().st_mode | 0o020)
    wrong = folder.refusal()
    assert (wrong.code, wrong.place) == ("PLUGIN_WRITABLE", str(path))


@pytest.mark.parametrize("inner", ["", "/acme.cpython-311.pyc"])
def test_compiled_code_that_others_may_write_to_is_refused(folder: Folder, inner: str) -> None:
    """Python runs it in the place of the file it was made from."""
    folder.write("acme.py", payer_plugin("acme"))
    folder.write("__pycache__/acme.cpython-311.pyc", "")
    path = Path(f"{folder.path}/__pycache__{inner}")
    path.chmod(0o777)
    assert folder.refusal().place == str(path)


def test_a_link_counts_as_what_it_leads_to(folder: Folder, tmp_path: Path) -> None:
    """The permissions of a link say nothing; and a link to nowhere is told as what it is."""
    elsewhere = Folder(tmp_path / "elsewhere")
    package = elsewhere.write("acme/__init__.py", payer_plugin("acme"))
    (folder.path / "linked").symlink_to(package.parent)
    assert folder.load().origins["payer acme"] == "linked"
    package.chmod(0o666)
    assert folder.refusal().code == "PLUGIN_WRITABLE"
    (folder.path / "linked").unlink()
    (folder.path / "linked.py").symlink_to(tmp_path / "nowhere")
    assert folder.refusal().message.startswith("plugin linked.py does not load: FileNotFoundError")
