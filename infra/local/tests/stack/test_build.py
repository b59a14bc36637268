"""Functions are built in two groups, by the `aws-sdk` flag of their manifests."""

import unittest
from typing import Any

from bellwether.console import StackError
from bellwether.stack import install
from bellwether.stack.build import EMPTY, Function, Options, cargo_lambda, functions, groups, has_binary, uses_sdk


def package(
    name: str, folder: str, *kinds: str, metadata: dict[str, Any] | None = None, dependencies: tuple[str, ...] = ()
) -> dict[str, Any]:
    return {
        "name": name,
        "manifest_path": f"/project/{folder}/Cargo.toml",
        "targets": [{"name": name, "kind": [kind]} for kind in kinds],
        "metadata": metadata,
        "dependencies": [{"name": name} for name in dependencies],
    }


def names(built: list[list[Function]]) -> list[list[str]]:
    return [[function.name for function in group] for group in built]


WITH_SDK = {"bellwether": {"aws-sdk": True}}
METADATA = {
    "workspace_root": "/project",
    "packages": [
        package("shared", "shared", "lib"),
        package("tests", "tests", "lib", "bin", "test"),
        package("market", "functions/market/context", "lib"),
        package(
            "plan-refresh", "functions/market/plan-refresh", "lib", "bin", metadata=WITH_SDK, dependencies=("market",)
        ),
        package("get-metrics", "functions/market/get-metrics", "lib", "bin", dependencies=("market",)),
        package("get-analysis", "functions/analyses/get-analysis", "lib", "bin", metadata={"other": {}}),
        package("get-docs", "functions/get-docs", "lib", "bin", metadata={"bellwether": {"aws-sdk": False}}),
    ],
}


class BuildTest(unittest.TestCase):
    def setUp(self) -> None:
        self.functions = functions(METADATA)

    def test_a_function_is_a_package_with_a_binary_below_functions(self) -> None:
        self.assertEqual(
            self.functions,
            [
                Function("get-analysis", "analyses", False),
                Function("get-docs", "", False),
                Function("get-metrics", "market", False, frozenset({"market"})),
                Function("plan-refresh", "market", True, frozenset({"market"})),
            ],
        )

    def built(self, **options: Any) -> list[list[str]]:
        return names(groups(self.functions, Options(**options)))

    def test_functions_with_the_sdk_are_built_apart(self) -> None:
        self.assertEqual(self.built(), [["get-analysis", "get-docs", "get-metrics"], ["plan-refresh"]])

    def test_one_context_is_built(self) -> None:
        self.assertEqual(self.built(context="market"), [["get-metrics"], ["plan-refresh"]])

    def test_a_group_without_functions_is_not_built(self) -> None:
        self.assertEqual(self.built(context="analyses"), [["get-analysis"]])

    def test_one_function_is_built_by_its_name_with_or_without_its_context(self) -> None:
        for name in ("plan-refresh", "market/plan-refresh"):
            self.assertEqual(self.built(function=name), [["plan-refresh"]])

    def test_the_empty_function_is_built_alone(self) -> None:
        self.assertEqual(self.built(empty=True), [["tests"]])
        self.assertEqual(
            " ".join(cargo_lambda([EMPTY], Options(empty=True))),
            "cargo lambda build --release --package tests --bin empty-function",
        )

    def test_an_unknown_context_or_function_is_an_error_that_lists_the_known(self) -> None:
        for options, known in (
            (Options(context="billing"), "analyses, market"),
            (Options(function="get-price"), "get-analysis, get-docs, get-metrics, plan-refresh"),
            (Options(function="analyses/plan-refresh"), "get-analysis, get-docs, get-metrics, plan-refresh"),
            (Options(context="analyses", function="get-metrics"), "get-analysis"),
        ):
            with self.assertRaisesRegex(StackError, f"there are {known}."):
                groups(self.functions, options)

    def test_options_become_those_of_cargo_lambda(self) -> None:
        group = groups(self.functions, Options(function="get-metrics"))[0]
        self.assertEqual(
            " ".join(cargo_lambda(group, Options(arch="arm64", features=("market/redis",)))),
            "cargo lambda build --release --arm64 --features market/redis --package get-metrics",
        )

    def test_a_feature_of_a_package_that_no_function_depends_on_is_left_out(self) -> None:
        group = groups(self.functions, Options(context="analyses"))[0]
        self.assertNotIn("--features", cargo_lambda(group, Options(features=("market/redis",))))

    def test_every_function_with_the_feature_sqs_declares_the_sdk(self) -> None:
        for package in install.metadata()["packages"]:
            shared = [it for it in package["dependencies"] if it["name"] == "shared" and it["kind"] is None]
            uses_sqs = any("sqs" in it["features"] for it in shared)
            if has_binary(package) and package["name"] != EMPTY.name:
                self.assertEqual(uses_sdk(package), uses_sqs, package["name"])
