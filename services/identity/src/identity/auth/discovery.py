"""What anybody may ask: the key set, the settings, the health."""

from crm_service.answer import Answer
from identity.auth.wire import AnyRequest, auth_get, reply
from identity.state import State

VERSION = "v2.196.0"  # of upstream's protocol, which clients compare


@auth_get("/auth/v1/.well-known/jwks.json")
async def key_set(request: AnyRequest, state: State) -> Answer:
    return Answer(200, await state.ring.key_set(), {"Cache-Control": "public, max-age=600"})


@auth_get("/auth/v1/settings")
async def settings(request: AnyRequest, state: State) -> Answer:
    given = state.settings
    return reply(
        {
            "external": {
                "email": given.crm_auth_email,
                "phone": given.crm_auth_phone,
                "anonymous_users": given.crm_auth_anonymous,
            },
            # with invitations a sign-up needs a token: a form for everybody would be refused
            "disable_signup": given.signup != "open",
            "mailer_autoconfirm": given.autoconfirm,
            "phone_autoconfirm": given.crm_auth_phone_autoconfirm,
            "sms_provider": "",
            "saml_enabled": False,
            "passkeys_enabled": False,
        }
    )


@auth_get("/auth/v1/health")
async def health(request: AnyRequest, state: State) -> Answer:
    return reply(
        {"version": VERSION, "name": "GoTrue", "description": "Mini-CRM identity, speaking the Supabase Auth protocol"}
    )
