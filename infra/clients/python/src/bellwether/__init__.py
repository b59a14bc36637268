"""Client for the Bellwether API: stock metrics, histories and analyses.

    from bellwether import Client

    with Client("https://api.example.com") as client:
        cheap = [item.symbol for item in client.screen(rsi_14_lt=30)]
        frame = client.history("AAPL", metrics=["rsi_14"]).to_pandas()

`bellwether.api` is generated from the contract, and has every operation and schema with its types.
"""

from bellwether.client import Client
from bellwether.errors import ApiError
from bellwether.history import History

__all__ = ["ApiError", "Client", "History"]
