"""A new function is in every place that lists functions."""

import json
import shutil
import unittest

import yaml

from bellwether.checks.breaking import changes
from bellwether.checks.bundle import bundle
from bellwether.scaffold.crate import steps
from bellwether.scaffold.function import parse
from bellwether.scaffold.new import planned
from bellwether.stack import template
from tests.scaffold.repository import copy

CANCEL = ("analyses/cancel-analysis", "POST", "/v1/analyses/{id}/cancel", "analyst", "cancels one of your analyses")
DIVIDENDS = ("market/get-dividends", "GET", "/v1/stocks/{symbol}/dividends", "open", "todo")
ALERT = ("alerts/delete-alert", "DELETE", "/v1/alerts/{alert_id}", "viewer", "todo")
UNFOLLOW = ("market/unfollow-stock", "DELETE", "/v1/stocks/{symbol}", "operator", "todo")
ADDED = (CANCEL, DIVIDENDS, ALERT, UNFOLLOW)


class NewTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.root = copy()
        cls.addClassCleanup(shutil.rmtree, cls.root)
        cls.before = template.load(cls.root / "template.yaml")
        cls.contract_before = yaml.load(cls.text("infra/api/openapi.yaml"), yaml.CSafeLoader)
        for given in ADDED:
            planned(cls.root, parse(*given)).write()
        cls.template = template.load(cls.root / "template.yaml")
        cls.contract = yaml.load(cls.text("infra/api/openapi.yaml"), yaml.CSafeLoader)

    @classmethod
    def text(cls, path: str) -> str:
        return (cls.root / path).read_text()

    def test_the_template_has_the_functions_and_keeps_the_rest(self) -> None:
        known = template.functions(self.template)
        self.assertEqual(known["CancelAnalysis"], "cancel-analysis")
        before, after = template.routes(self.before), template.routes(self.template)
        added = {f"{method} {route}": parse(*given).logical_id for given in ADDED for _, method, route, *_ in [given]}
        self.assertEqual(after, before | added | {"HEAD /v1/stocks/{symbol}/dividends": "GetDividends"})
        added = {"CancelAnalysis", "GetDividends", "DeleteAlert", "UnfollowStock"}
        resources = {name for id in added for name in (id, f"{id}Logs", f"{id}Permission")}
        self.assertEqual(self.template["Resources"].keys() - self.before["Resources"].keys(), resources)
        kept = {name: it for name, it in self.template["Resources"].items() if name not in resources | {"Api"}}
        self.assertEqual(kept, {name: it for name, it in self.before["Resources"].items() if name != "Api"})

    def test_a_function_is_in_the_part_of_its_context_and_its_log_group_among_the_sorted(self) -> None:
        order = list(template.functions(self.template))
        self.assertEqual(order[order.index("GetChart") + 1 :][:3], ["GetDividends", "UnfollowStock", "PlanRefresh"])
        self.assertEqual(order[order.index("GetAnalysis") + 1], "CancelAnalysis")
        self.assertRegex(self.text("template.yaml"), r"\n  # ---- alerts -{90,}\n\n  DeleteAlert:\n")
        for kind in ("Logs", "Permission"):
            names = [name for name in self.template["Resources"] if name.endswith(kind)]
            self.assertEqual(names, sorted(names))

    def test_the_paths_of_the_api_are_sorted_and_declare_their_parameters(self) -> None:
        paths = self.template["Resources"]["Api"]["Properties"]["DefinitionBody"]["paths"]
        *sorted_paths, last = paths
        self.assertEqual((sorted_paths, last), (sorted(sorted_paths), "/$default"))
        self.assertEqual(paths["/v1/alerts/{alert_id}"]["parameters"][0]["name"], "alert_id")

    def test_a_function_has_the_variables_that_it_reads(self) -> None:
        def variables(name: str) -> set[str]:
            return set(self.template["Resources"][name]["Properties"]["Environment"]["Variables"])

        database = {"SUPABASE_URL", "SUPABASE_PUBLISHABLE_KEY"}
        self.assertEqual(variables("GetDividends"), database)
        self.assertEqual(variables("CancelAnalysis"), database | {"SUPABASE_JWT_SECRET"})

    def test_pages_of_other_origins_may_use_the_method(self) -> None:
        cors = self.template["Resources"]["Api"]["Properties"]["CorsConfiguration"]
        self.assertEqual(cors["AllowMethods"], ["GET", "HEAD", "POST", "DELETE"])

    def test_the_contract_is_the_former_one_with_the_operations(self) -> None:
        self.assertEqual(bundle(self.root / "infra/api/src"), self.text("infra/api/openapi.yaml"))
        self.assertEqual(list(changes(self.contract_before, self.contract)), [])
        for place, method, route, access, _ in ADDED:
            operation = self.contract["paths"][route].pop(method.lower())
            name = place.partition("/")[2]
            rate = "read" if method == "GET" else "write"
            told = [operation[key] for key in ("operationId", "x-function", "x-access", "x-rate")]
            self.assertEqual(told, [name, name, access, rate])
        paths_left = {path: item for path, item in self.contract["paths"].items() if item}
        self.assertEqual(paths_left, self.contract_before["paths"])
        self.assertEqual(self.contract["components"], self.contract_before["components"])

    def test_an_operation_has_the_tag_and_the_path_parameter_of_its_neighbours(self) -> None:
        source = self.text("infra/api/src/market.yaml")
        operation = source.split("  /v1/stocks/{symbol}/dividends:\n")[1].split("\n\n")[0]
        self.assertIn("tags: [Market data]\n", operation)
        self.assertIn('- $ref: "#/components/parameters/Symbol"\n', operation)
        source = self.text("infra/api/src/analyses.yaml")
        operation = source.split("  /v1/analyses/{id}/cancel:\n")[1].split("\n\n")[0]
        self.assertIn("summary: Cancels one of your analyses\n", operation)
        self.assertIn("schema: { type: string, format: uuid }\n", operation)
        self.assertIn("requestBody:\n", operation)

    def test_a_new_context_has_its_own_files(self) -> None:
        self.assertTrue(self.text("infra/api/src/alerts.yaml").startswith("# Alerts: todo.\npaths:\n  /v1/alerts/"))
        self.assertEqual(
            self.text("tests/alerts.rs"), "//! The functions of `functions/alerts`.\n\nmod delete_alert;\n"
        )
        self.assertIn("mod alerts;\nmod analyses;\n", self.text("tests/main.rs"))
        self.assertNotIn("alerts.workspace", self.text("functions/alerts/delete-alert/Cargo.toml"))

    def test_an_event_is_a_request_to_the_route(self) -> None:
        event = json.loads(self.text("events/cancel-analysis.json"))
        model = json.loads(self.text("events/get-analysis.json"))
        self.assertEqual(event["pathParameters"], model["pathParameters"])
        self.assertEqual(event["rawPath"], f"/v1/analyses/{model['pathParameters']['id']}/cancel")
        keys = (event["routeKey"], event["requestContext"]["routeKey"], event["requestContext"]["http"]["method"])
        self.assertEqual(keys, ("POST /v1/analyses/{id}/cancel", "POST /v1/analyses/{id}/cancel", "POST"))
        self.assertEqual((event["body"], event["headers"]["content-type"]), ("{}", "application/json"))
        event = json.loads(self.text("events/get-dividends.json"))
        self.assertEqual(event["pathParameters"], {"symbol": "AAPL"})
        self.assertFalse({"body", "authorization"} & (event.keys() | event["headers"].keys()))

    def test_lists_of_functions_have_them_in_order(self) -> None:
        line = 'cancel-analysis = { path = "../functions/analyses/cancel-analysis" }'
        self.assertIn(f'features = ["fakes"] }}\n{line}\ncreate-analysis = ', self.text("tests/Cargo.toml"))
        self.assertIn("mod get_chart;\nmod get_dividends;\nmod get_metric_history;\n", self.text("tests/market.rs"))
        self.assertIn("\n| cancel-analysis | POST /v1/analyses/{id}/cancel | cancels one", self.text("README.md"))
        rows = [line.split(" | ")[0] for line in self.text("README.md").splitlines() if line.startswith("| ")]
        self.assertEqual(rows[rows.index("| get-analysis") + 1], "| cancel-analysis")
        declared = "        *cancel_analysis::ROUTE.declared(),\n        *create_analysis::ROUTE.declared(),\n"
        self.assertIn(declared, self.text("tests/project/routes.rs"))
        routes = self.text("functions/platform/reject-unknown/src/routes.rs")
        self.assertIn('    ("/v1/stocks/{symbol}", "GET, HEAD, DELETE"),\n', routes)
        self.assertIn('    ("/v1/analyses/{id}", "GET, HEAD"),\n    ("/v1/analyses/{id}/cancel", "POST"),\n', routes)

    def test_the_route_is_declared_as_asked_for(self) -> None:
        def declared(place: str) -> str:
            code = self.text(f"functions/{place}/src/lib.rs")
            return " ".join(code.split("pub const ROUTE: ")[1].split(";")[0].split())

        self.assertEqual(
            declared("analyses/cancel-analysis"),
            'Route<User> = Route::user("cancel-analysis", Role::Analyst).rate(Rate::Write).body(64 * KIB)',
        )
        self.assertEqual(
            declared("market/get-dividends"), 'Route<Anyone> = Route::open("get-dividends").rate(Rate::Read)'
        )

    def test_the_handler_and_its_test_fail_until_they_are_written(self) -> None:
        for place, *_ in ADDED:
            context, _, name = place.partition("/")
            handler = self.text(f"functions/{place}/src/lib.rs")
            self.assertTrue(handler.endswith("    Err(Problem::internal(NotWritten))\n}\n"))
            self.assertNotRegex(handler, r"todo!|panic!|unwrap|expect\(\"")
            test = self.text(f"tests/{context}/{name.replace('-', '_')}.rs")
            self.assertIn(f'const TODO: &str = "todo: {name} is not written yet\n  - functions/{place}/', test)
            self.assertTrue(
                test.rstrip("}\n ").endswith(
                    'panic!("{TODO}\\nThe response is {}: {}", response.status, response.text());'
                )
            )

    def test_at_most_six_files_are_left_to_edit_and_none_of_them_is_shared(self) -> None:
        for given in ADDED:
            left = [step.removeprefix("- ").split(":")[0] for step in steps(parse(*given))]
            self.assertLessEqual(len(left), 6)
            self.assertEqual([path for path in left if path.startswith("shared/")], [])
            self.assertEqual([path for path in left if not (self.root / path).is_file()], [])
