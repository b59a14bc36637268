"""Functions are built in two groups, by the `aws-sdk` flag of their manifests."""

import unittest
from typing import Any

from bellwether.console import StackError
from bellwether.stack.build import Function, Options, cargo_lambda, functions, groups


def package(name: str, folder: str, *kinds: str, metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "name": name,
        "manifest_path": f"/project/{folder}/Cargo.toml",
        "targets": [{"name": name, "kind": [kind]} for kind in kinds],
        "metadata": metadata,
    }


WITH_SDK = {"bellwether": {"aws-sdk": True}}
METADATA = {
    "workspace_root": "/project",
    "packages": [
        package("shared", "shared", "lib"),
        package("tests", "tests", "lib", "bin", "test"),
        package("market", "functions/market/context", "lib"),
        package("plan-refresh", "functions/market/plan-refresh", "lib", "bin", metadata=WITH_SDK),
        package("get-metrics", "functions/market/get-metrics", "lib", "bin"),
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
                Function("get-metrics", "market", False),
                Function("plan-refresh", "market", True),
            ],
        )

    def test_functions_with_the_sdk_are_built_apart_together_with_the_empty_function(self) -> None:
        self.assertEqual(
            groups(self.functions, Options()),
            [["get-analysis", "get-docs", "get-metrics"], ["plan-refresh", "tests"]],
        )

    def test_one_context_is_built_without_the_empty_function(self) -> None:
        self.assertEqual(groups(self.functions, Options(context="market")), [["get-metrics"], ["plan-refresh"]])

    def test_a_group_without_functions_is_not_built(self) -> None:
        self.assertEqual(groups(self.functions, Options(context="analyses")), [["get-analysis"]])

    def test_one_function_is_built_by_its_name_with_or_without_its_context(self) -> None:
        for name in ("plan-refresh", "market/plan-refresh"):
            self.assertEqual(groups(self.functions, Options(function=name)), [["plan-refresh"]])

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
        self.assertEqual(
            " ".join(cargo_lambda(["get-metrics"], Options(arch="arm64", features=("market/redis",)))),
            "cargo lambda build --release --arm64 --features market/redis --package get-metrics",
        )
