"""The refusals of the auth protocol, a class per cause; auth/wire.py renders them in the form that the caller asks for.

AuthRefused
├── 400  BadJson, ValidationFailed, InvalidCredentials, EmailNotConfirmed, UserBanned, ...
├── 401  NoAuthorization
├── 403  BadJwt, UserNotFound, SessionNotFound, OtpExpired, NotAdmin, ...
├── 404  FlowStateNotFound, FeatureDisabled, ...
├── 413  RequestTooLarge
├── 422  WeakPassword, UserAlreadyExists, EmailExists, SignupDisabled, ...
├── 429  TooManySignIns, MailTooSoon, TooManyRefreshes
└── 503  Overloaded
"""


class AuthRefused(Exception):
    """An expected refusal: `status` and `code` are the protocol's, `message` is shown to people by clients."""

    status = 400
    code = "validation_failed"
    message = "Invalid request"

    def __init__(self, message: str | None = None, *, retry_after_s: int | None = None) -> None:
        self.message = message or self.message
        self.retry_after_s = retry_after_s
        super().__init__(self.message)


class BadJson(AuthRefused):
    code, message = "bad_json", "Could not parse request body as JSON"


class ValidationFailed(AuthRefused):
    pass


class InvalidCredentials(AuthRefused):
    code, message = "invalid_credentials", "Invalid login credentials"


class EmailNotConfirmed(AuthRefused):
    code, message = "email_not_confirmed", "Email not confirmed"


class ReauthenticationNeedsConfirmedEmail(AuthRefused):
    status, code = 422, "email_not_confirmed"
    message = "Please verify your email first."


class PhoneNotConfirmed(AuthRefused):
    code, message = "phone_not_confirmed", "Phone not confirmed"


class UserBanned(AuthRefused):
    """400 at sign-in and refresh."""

    code, message = "user_banned", "User is banned"


class BannedSession(AuthRefused):
    """403 where a live access token is shown."""

    status, code, message = 403, "user_banned", "User is banned"


class EmailProviderDisabled(AuthRefused):
    """400 for sign-up, recover and resend."""

    code, message = "email_provider_disabled", "Email signups are disabled"


class EmailSignInDisabled(AuthRefused):
    """422 for password sign-in and magic links."""

    status, code, message = 422, "email_provider_disabled", "Email logins are disabled"


class PhoneProviderDisabled(AuthRefused):
    code, message = "phone_provider_disabled", "Phone signups are disabled"


class PhoneSignInDisabled(AuthRefused):
    status, code, message = 422, "phone_provider_disabled", "Phone logins are disabled"


class ProviderDisabled(AuthRefused):
    """The id-token grant: no provider is configured here."""

    code = "provider_disabled"

    def __init__(self, provider: str) -> None:
        super().__init__(f'Provider (issuer "{provider[:200]}") is not enabled')


class RefreshTokenNotFound(AuthRefused):
    code, message = "refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found"


class RefreshTokenAlreadyUsed(AuthRefused):
    code, message = "refresh_token_already_used", "Invalid Refresh Token: Already Used"


class SessionExpired(AuthRefused):
    code, message = "session_expired", "Invalid Refresh Token: Session Expired"


class BadCodeVerifier(AuthRefused):
    code, message = "bad_code_verifier", "code challenge does not match previously saved code verifier"


class ReauthenticationNeeded(AuthRefused):
    code, message = "reauthentication_needed", "Password update requires reauthentication"


class CurrentPasswordRequired(AuthRefused):
    code, message = "current_password_required", "Current password required when setting new password."


class CurrentPasswordInvalid(AuthRefused):
    code, message = "current_password_invalid", "Current password is incorrect."


class NoAuthorization(AuthRefused):
    status, code, message = 401, "no_authorization", "This endpoint requires a valid Bearer token"


class InsufficientAal(AuthRefused):
    status, code = 401, "insufficient_aal"
    message = "AAL2 session is required to update email or password when MFA is enabled."


class BadJwt(AuthRefused):
    status, code, message = 403, "bad_jwt", "invalid JWT: unable to parse or verify signature"


class UserNotFound(AuthRefused):
    status, code, message = 403, "user_not_found", "User from sub claim in JWT does not exist"


class UserNotFoundByAdmin(AuthRefused):
    status, code, message = 404, "user_not_found", "User not found"


class SessionNotFound(AuthRefused):
    status, code, message = 403, "session_not_found", "Session from session_id claim in JWT does not exist"


class NotAdmin(AuthRefused):
    status, code, message = 403, "not_admin", "Updating app_metadata requires admin privileges"


class CodeExpired(AuthRefused):
    status, code, message = 403, "otp_expired", "Token has expired or is invalid"


class LinkExpired(AuthRefused):
    status, code, message = 403, "otp_expired", "Email link is invalid or has expired"


class NoSuchEndpoint(AuthRefused):
    status, code, message = 404, "not_found", "There is no such endpoint"


class MethodNotAllowed(AuthRefused):
    status, code, message = 405, "method_not_allowed", "This endpoint has no such method"


class FlowStateNotFound(AuthRefused):
    status, code, message = 404, "flow_state_not_found", "invalid flow state, no valid flow state found"


class FeatureDisabled(AuthRefused):
    status, code, message = 404, "feature_disabled", "This feature is disabled"


class OAuthServerDisabled(FeatureDisabled):
    message = "OAuth server is disabled"


class SamlDisabled(AuthRefused):
    status, code, message = 404, "saml_provider_disabled", "SAML 2.0 is disabled"


class PasskeysDisabled(AuthRefused):
    status, code, message = 404, "passkey_disabled", "Passkeys are disabled"


class ManualLinkingDisabled(AuthRefused):
    status, code, message = 404, "manual_linking_disabled", "Manual linking is disabled"


class RequestTooLarge(AuthRefused):
    status, code, message = 413, "request_entity_too_large", "Request body must not exceed 1048576 bytes"


class FlowStateExpired(AuthRefused):
    status, code, message = 422, "flow_state_expired", "invalid flow state, flow state has expired"


class WeakPassword(AuthRefused):
    """`reasons` out of length, characters, pwned."""

    status, code = 422, "weak_password"

    def __init__(self, message: str, reasons: list[str]) -> None:
        super().__init__(message)
        self.reasons = reasons


class SamePassword(AuthRefused):
    status, code, message = 422, "same_password", "New password should be different from the old password."


class UserAlreadyExists(AuthRefused):
    status, code, message = 422, "user_already_exists", "User already registered"


class EmailExists(AuthRefused):
    status, code = 422, "email_exists"
    message = "A user with this email address has already been registered"


class PhoneExists(AuthRefused):
    status, code = 422, "phone_exists"
    message = "A user with this phone number has already been registered"


class SignupDisabled(AuthRefused):
    status, code, message = 422, "signup_disabled", "Signups not allowed for this instance"


class AnonymousDisabled(AuthRefused):
    status, code, message = 422, "anonymous_provider_disabled", "Anonymous sign-ins are disabled"


class ReauthenticationNotValid(AuthRefused):
    status, code, message = 422, "reauthentication_not_valid", "Reauthentication code is invalid or has expired"


class PasswordNeedsAddress(AuthRefused):
    status, code = 422, "validation_failed"
    message = "Updating password of an anonymous user without an email or phone is not allowed"


class Web3Disabled(AuthRefused):
    status, code, message = 422, "web3_provider_disabled", "Web3 provider is disabled"


class SmsSendFailed(AuthRefused):
    status, code, message = 422, "sms_send_failed", "No SMS provider is configured"


class AnonymousAtFactors(AuthRefused):
    status, code, message = 403, "no_authorization", "Anonymous users may not enroll factors"


class EnrolNeedsAal2(AuthRefused):
    status, code, message = 403, "insufficient_aal", "AAL2 required to enroll a new factor"


class UnenrolNeedsAal2(AuthRefused):
    status, code, message = 422, "insufficient_aal", "AAL2 required to unenroll verified factor"


class FactorNotFound(AuthRefused):
    status, code, message = 404, "mfa_factor_not_found", "Factor not found"


class FactorNameConflict(AuthRefused):
    status, code, message = 422, "mfa_factor_name_conflict", "A factor with this friendly name exists already"


class TooManyFactors(AuthRefused):
    status, code, message = 422, "too_many_enrolled_mfa_factors", "Maximum number of verified factors reached"


class TotpDisabled(AuthRefused):
    status, code, message = 422, "mfa_totp_enroll_not_enabled", "MFA enroll is disabled for TOTP"


class WrongTotpCode(AuthRefused):
    status, code, message = 422, "mfa_verification_failed", "Invalid TOTP code entered"


class ChallengeExpired(AuthRefused):
    status, code = 422, "mfa_challenge_expired"
    message = "MFA challenge has expired, verify against another challenge or create a new challenge."


class ChallengeOfAnother(AuthRefused):
    """Made from another address, or spent."""

    status, code, message = 422, "mfa_ip_address_mismatch", "Challenge and verify IP addresses mismatch."


class RecoveryCodesMissing(AuthRefused):
    status, code, message = 422, "mfa_recovery_codes_not_found", "There are no recovery codes"


class RecoveryCodesExist(AuthRefused):
    status, code = 422, "mfa_recovery_codes_already_exist"
    message = "There are recovery codes already: regenerate them to get new ones"


class RecoveryCodesNeedFactor(AuthRefused):
    status, code = 422, "mfa_recovery_codes_need_verified_factor"
    message = "Recovery codes stand in for a verified factor: enroll one first"


class RecoveryCodesNeedAal2(AuthRefused):
    status, code, message = 422, "insufficient_aal", "AAL2 required to see or change recovery codes"


class WrongRecoveryCode(AuthRefused):
    status, code, message = 422, "mfa_recovery_codes_verification_failed", "Invalid recovery code entered"


class MfaPhoneDisabled(AuthRefused):
    status, code, message = 422, "mfa_phone_enroll_not_enabled", "MFA enroll is disabled for Phone"


class MfaWebauthnDisabled(AuthRefused):
    status, code, message = 422, "mfa_webauthn_enroll_not_enabled", "MFA enroll is disabled for WebAuthn"


class TooManySignIns(AuthRefused):
    status, code, message = 429, "over_request_rate_limit", "Request rate limit reached"


class TooManyRefreshes(TooManySignIns):
    pass


class MailTooSoon(AuthRefused):
    status, code = 429, "over_email_send_rate_limit"

    def __init__(self, wait_s: int) -> None:
        message = f"For security purposes, you can only request this after {wait_s} seconds."
        super().__init__(message, retry_after_s=wait_s)


class Overloaded(AuthRefused):
    """503, never 4xx: auth-js takes any 4xx on a refresh as the end of the session."""

    status, code, message = 503, "request_timeout", "The server is busy. Please try again."

    def __init__(self) -> None:
        super().__init__(retry_after_s=1)
