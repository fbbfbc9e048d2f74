"""Headers that keep every answer harmless, whatever strangers wrote into it.

The one script is known to the policy by its hash, not by a nonce: a page is then the same for everybody and can be kept, and nobody can
make another script pass. Whoever lets others frame an answer (`/embed`) sets a policy of its own; what is set already is left."""

from __future__ import annotations

from aggregator.serve.assets import script

_POLICY = (
    "default-src 'none'",
    f"script-src {script().hash}",
    "img-src https: http: data:",  # pictures, sound and film from the originals, as entries carry them
    "media-src https: http:",
    "style-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
_NOTHING = "accelerometer camera display-capture geolocation gyroscope magnetometer microphone midi payment usb".split()  # noqa: SIM905

HEADERS = {
    "Content-Security-Policy": "; ".join(_POLICY),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in _NOTHING),
    "Cross-Origin-Opener-Policy": "same-origin",
}
