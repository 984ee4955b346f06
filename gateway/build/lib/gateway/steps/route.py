"""Finds the operation in the contract. What is not in it is not there."""

from gateway.contract import Contract
from gateway.exchange import Exchange


class Route:
    def __init__(self, contract: Contract) -> None:
        self._contract = contract

    async def __call__(self, x: Exchange) -> bool:
        if x.method == "OPTIONS":
            allow = ", ".join(self._contract.table.methods(x.path)).encode()
            await x.answer(204, [(b"allow", allow)], b"")
            return True
        x.route, x.path_values = self._contract.table.match(x.method, x.path)
        return False
