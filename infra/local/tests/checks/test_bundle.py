"""The bundle consists of the lines of the sources; inconsistent sources are rejected."""

import tempfile
import unittest
from pathlib import Path

from bellwether.checks.bundle import bundle
from bellwether.console import StackError

ROOT = """openapi: 3.1.0
# Every path.
paths:
  /v1/stocks: { $ref: "market.yaml#/paths/~1v1~1stocks" }
  /health: { $ref: "platform.yaml#/paths/~1health" }

components:
  securitySchemes:
    user: { type: http, scheme: bearer }
"""
MARKET = """# Stocks.
paths:
  # Open to everyone.
  /v1/stocks:
    get:
      description: |
        One page.

        Then the next.
      schema: { $ref: "#/components/schemas/Page" }
      problem: { $ref: "common.yaml#/components/schemas/Problem" }

components:
  schemas:
    Page: { type: object }
"""
PLATFORM = """paths:
  /health:
    get: {}
"""
COMMON = """components:
  schemas:
    Problem:
      properties: { code: { type: string } }
"""
BUNDLE = """# Bundled from src/ by `make contract`: edit the sources, not this file.
openapi: 3.1.0
# Every path.
paths:
  # Open to everyone.
  /v1/stocks:
    get:
      description: |
        One page.

        Then the next.
      schema: { $ref: "#/components/schemas/Page" }
      problem: { $ref: "#/components/schemas/Problem" }

  /health:
    get: {}

components:
  securitySchemes:
    user: { type: http, scheme: bearer }

  schemas:
    Problem:
      properties: { code: { type: string } }
    Page: { type: object }
"""


class BundleTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        for name, text in (("root", ROOT), ("market", MARKET), ("platform", PLATFORM), ("common", COMMON)):
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        (self.folder / f"{name}.yaml").write_text(text)

    def refused(self, complaint: str) -> None:
        with self.assertRaisesRegex(StackError, complaint):
            bundle(self.folder)

    def test_the_bundle_keeps_lines_comments_and_order(self) -> None:
        self.assertEqual(bundle(self.folder), BUNDLE)

    def test_a_reference_to_the_wrong_file_is_refused(self) -> None:
        self.write("market", MARKET.replace("common.yaml#", "#"))
        self.refused("market.yaml refers to #/components/schemas/Problem, which does not exist")

    def test_a_path_that_the_root_does_not_include_is_refused(self) -> None:
        self.write("platform", PLATFORM + "  /docs:\n    get: {}\n")
        self.refused("platform.yaml#/paths/~1docs is not in root.yaml")

    def test_a_component_that_two_files_define_is_refused(self) -> None:
        self.write("platform", PLATFORM + COMMON)
        self.refused("schemas/Problem is defined 2 times")

    def test_a_kind_of_components_that_is_not_bundled_is_refused(self) -> None:
        self.write("common", COMMON + "  links: {}\n")
        self.refused("common.yaml may not hold components/links")
