"""Templates are read as SAM reads them."""

import tempfile
import unittest
from pathlib import Path

from bellwether.console import StackError
from bellwether.stack import template

TEMPLATE = """
Parameters:
  SupabaseUrl: { Type: String }
  N8nBaseUrl: { Type: String }
  LogLevel: { Type: String, Default: info }
Resources:
  GetStock:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: target/lambda/get-stock/
      Environment: { Variables: { QUEUE: !GetAtt Jobs.Arn } }
      Events:
        Jobs: { Type: SQS, Properties: { Queue: !GetAtt Jobs.Arn } }
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      DefinitionBody:
        paths:
          /v1/stocks/{symbol}:
            parameters: [{ name: symbol, in: path, required: true }]
            get: &GetStock { x-amazon-apigateway-integration: { uri: !Sub "arn:x/${GetStock.Arn}/invocations" } }
            head: *GetStock
          /$default:
            x-amazon-apigateway-any-method: *GetStock
  Jobs: { Type: AWS::SQS::Queue }
"""


class TemplateTest(unittest.TestCase):
    def setUp(self) -> None:
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(TEMPLATE)
            file.flush()
            self.template = template.load(Path(file.name))

    def test_functions_are_known_by_their_folder(self) -> None:
        self.assertEqual(template.functions(self.template), {"GetStock": "get-stock"})

    def test_a_route_names_its_function(self) -> None:
        keys = ("GET /v1/stocks/{symbol}", "HEAD /v1/stocks/{symbol}", "$default")
        self.assertEqual(template.routes(self.template), dict.fromkeys(keys, "GetStock"))

    def test_short_forms_are_written_out(self) -> None:
        variables = self.template["Resources"]["GetStock"]["Properties"]["Environment"]["Variables"]
        self.assertEqual(variables, {"QUEUE": {"Fn::GetAtt": ["Jobs", "Arn"]}})

    def test_unknown_values_are_not_passed(self) -> None:
        given = {"SUPABASE_URL": "u", "N8N_BASE_URL": "n", "SOMETHING_ELSE": "x"}
        keys = {parameter["ParameterKey"] for parameter in template.parameters(self.template, given)}
        self.assertEqual(keys, {"SupabaseUrl", "N8nBaseUrl"})

    def test_a_missing_value_is_named(self) -> None:
        with self.assertRaisesRegex(StackError, "N8nBaseUrl"):
            template.parameters(self.template, {"SUPABASE_URL": "u"})

    def test_code_replaces_the_folder_and_leaves_the_template_as_it_was(self) -> None:
        packaged = template.with_code(self.template, {"GetStock": "s3://b/k"})
        self.assertEqual(packaged["Resources"]["GetStock"]["Properties"]["CodeUri"], "s3://b/k")
        self.assertEqual(template.functions(self.template), {"GetStock": "get-stock"})
