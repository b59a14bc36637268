"""The template stays within the resources of a stack."""

import unittest

from bellwether.checks.resources import MAX_RESOURCES, expanded, room
from bellwether.stack import template


class ResourcesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.template = template.load()
        cls.expanded = expanded(cls.template)

    def of_type(self, kind: str) -> list[str]:
        return sorted(name for name, resource in self.expanded.items() if resource["Type"] == kind)

    def test_all_functions_fit_with_a_canary_deployment(self) -> None:
        self.assertLessEqual(len(self.expanded), MAX_RESOURCES)
        groups = self.of_type("AWS::CodeDeploy::DeploymentGroup")
        self.assertEqual(len(groups), len(template.functions(self.template)))

    def test_thirty_five_more_functions_with_a_route_fit(self) -> None:
        self.assertGreaterEqual(room(self.template), 35)

    def test_each_function_of_the_api_has_one_permission_and_each_get_a_head(self) -> None:
        routes = template.routes(self.template)
        called = sorted({f"{function}Permission" for function in routes.values()})
        permissions = self.of_type("AWS::Lambda::Permission")
        self.assertEqual([name for name in permissions if "url" not in name.lower()], called)
        for route, function in routes.items():
            if route.startswith("GET "):
                self.assertEqual(routes.get(route.replace("GET ", "HEAD ")), function)
