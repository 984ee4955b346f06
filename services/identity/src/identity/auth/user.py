"""GET /user; PUT /user is in user_change.py."""

from crm_service.answer import Answer
from identity.auth.signed_in import signed_in
from identity.auth.wire import AnyRequest, auth_get, reply
from identity.state import State
from identity.users import as_user


@auth_get("/auth/v1/user")
async def user(request: AnyRequest, state: State) -> Answer:
    return reply(as_user((await signed_in(request, state)).account))
