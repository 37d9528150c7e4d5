"""Where a solve runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jax import Device

DEVICES = ("cpu", "gpu", "tpu")


class DeviceError(Exception):
    """The machine has no such device; the text says which it has."""


@contextmanager
def use_device(kind: str | None) -> Iterator[None]:
    """Run the body on the first device of a kind, in this thread only; None leaves JAX's choice.

    Raises:
        DeviceError: unknown kind, or this machine has none.
    """
    import jax

    with jax.default_device(find_device(kind)):
        yield


def find_device(kind: str | None) -> Device:  # pyright: ignore[reportInvalidTypeForm] - a variable in JAX's stubs
    """Return the first device of a kind; None means the one that JAX would take.

    Raises:
        DeviceError: unknown kind, or this machine has none.
    """
    import jax

    if kind is None:
        return jax.devices()[0]
    if kind not in DEVICES:
        raise DeviceError(f"there is no device '{kind}'; choose {', '.join(DEVICES)}")
    try:
        return jax.devices(kind)[0]
    except RuntimeError:
        found = ", ".join(sorted({device.platform for device in jax.devices()}))
        raise DeviceError(f"JAX finds no {kind} on this machine; it finds: {found}") from None


def describe_device(kind: str | None) -> str:
    """Return the platform and the model of a device, as the manifest names it."""
    device = find_device(kind)
    if device.device_kind == device.platform:
        return device.platform
    return f"{device.platform} ({device.device_kind})"
