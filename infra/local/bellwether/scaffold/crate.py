"""The crate of the function and its test."""

from bellwether.scaffold.files import Files, piece
from bellwether.scaffold.function import ROLES, NewFunction


def add(files: Files, new: NewFunction) -> None:
    """Create the manifest, `main.rs`, `lib.rs` and the test."""
    folder = f"functions/{new.place}"
    common = {"name": new.name, "module": new.module, "method": new.method, "route": new.route}
    context = f"{new.context}.workspace = true\n" if files.exists(f"functions/{new.context}/context") else ""
    files.put(f"{folder}/Cargo.toml", piece("manifest.toml", **common, context=context))
    files.rust(f"{folder}/src/main.rs", piece("main.txt", **common))
    files.rust(f"{folder}/src/lib.rs", piece("lib.txt", **common, **declaration(new), does=new.does))
    test = "test_token.txt" if new.reads_token else "test_open.txt"
    listed = "\n".join(f"  {step}" for step in steps(new))
    role = new.access if new.access in ROLES else "viewer"
    files.rust(f"tests/{new.context}/{new.module}.rs", piece(test, **common, steps=listed, role=role))


def declaration(new: NewFunction) -> dict[str, str]:
    """The Rust of the route: its caller, budget and body cap."""
    body = ".body(64 * KIB)" if new.has_body else ""
    caller, principals, start = {
        "open": ("Anyone", "Anyone", f'open("{new.name}")'),
        "any": ("Caller", "Caller", f'any("{new.name}")'),
    }.get(new.access, ("User", "{Role, User}", f'user("{new.name}", Role::{new.access.capitalize()})'))
    return {
        "caller": caller,
        "principals": principals,
        "budgets": "KIB, Rate" if new.has_body else "Rate",
        "declared": f"{start}.rate(Rate::{new.rate.capitalize()}){body}",
    }


def steps(new: NewFunction) -> list[str]:
    """What is left to do by hand, one line per file; at most six, and none in `shared`."""
    return [
        f"- functions/{new.place}/src/lib.rs: write the handler, its port and its query",
        f"- infra/api/src/{new.context}.yaml: write the summary, schemas and problems; run `make contract`",
        f"- events/{new.name}.json: check the example request; add an event per refused input",
        f"- tests/{new.context}/{new.module}.rs: replace this list by assertions, with a fake of the port",
        f"- template.yaml: give {new.logical_id} the variables and the IAM policy that its dependencies need",
        *([f"- README.md: say in the table what {new.name} does"] if new.does == "todo" else []),
    ]
