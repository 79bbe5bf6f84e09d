"""TLS: the user's own certificate, or one of an authority that is made once and kept.

The authority lies in the user's data folder, so that a browser, a phone or a JVM that was once told to trust it goes on
doing so. Certificates are made anew at every start, for the names under which an emulator is usually reached and those
that are asked for.
"""

from __future__ import annotations

import os
import ssl
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

    import trustme

NAMES: Final = ("localhost", "127.0.0.1", "::1", "10.0.2.2", "host.docker.internal")
"""The names of every certificate; 10.0.2.2 is this machine as Android's emulator sees it."""

LIFE: Final = timedelta(days=397)
"""The life of a certificate: the most that browsers accept."""


class TlsError(Exception):
    """Raised when there can be no TLS; the text says why and what to do."""


def own_context(certificate: Path, key: Path | None) -> ssl.SSLContext:
    """Take the user's certificate; the key may stand in the same file.

    Raises:
        TlsError: The files cannot be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(certificate, key)
    except OSError as failure:  # an ssl.SSLError is one
        files = f"{certificate} and {key}" if key else str(certificate)
        reason = failure.strerror or str(failure)
        raise TlsError(f"cannot use {files}: {reason}; expected a certificate and its key in PEM") from failure
    return context


def made_context(folder: Path, names: tuple[str, ...] = ()) -> tuple[ssl.SSLContext, Path]:
    """Make a certificate for the usual names and those given, by the authority that is kept in a folder.

    Returns:
        The context, and the file of the authority's certificate: whoever trusts it trusts the emulator.

    Raises:
        TlsError: The folder cannot be used, or a name is none.
    """
    authority = _authority(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    now = datetime.now(UTC)
    try:
        certificate = authority.issue_cert(*NAMES, *names, not_before=now - timedelta(days=1), not_after=now + LIFE)
    except ValueError as failure:
        raise TlsError(f"{', '.join(names)}: {failure}; expected host names or IP addresses") from failure
    certificate.configure_cert(context)
    return context, folder / "ca.pem"


def data_folder() -> Path:
    """Give the folder in which the authority is kept: the user's data folder of this system."""
    import platformdirs  # noqa: PLC0415  (for TLS alone; starting is to be quick)

    return platformdirs.user_data_path("mock-cec", appauthor=False)


def _authority(folder: Path) -> trustme.CA:
    import trustme  # noqa: PLC0415  (for TLS alone; starting is to be quick)

    certificate, key = folder / "ca.pem", folder / "ca-key.pem"
    try:
        if certificate.exists() and key.exists():
            return trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
        folder.mkdir(parents=True, exist_ok=True)
        authority = trustme.CA(organization_name="mock-cec", organization_unit_name="for tests on this machine")
        _write(key, authority.private_key_pem.bytes(), 0o600)
        _write(certificate, authority.cert_pem.bytes(), 0o644)
    except (OSError, ValueError) as failure:
        reason = getattr(failure, "strerror", None) or str(failure)
        raise TlsError(f"cannot keep an authority in {folder}: {reason}; delete it, or give --tls-cert") from failure
    return authority


def _write(path: Path, content: bytes, mode: int) -> None:
    """Write a file that nobody sees half-written, nor, if it is a key, anybody else at all."""
    part = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(content)
    part.replace(path)
