"""The second factor: TOTP (RFC 6238) in an authenticator app, with recovery codes for a lost phone."""
