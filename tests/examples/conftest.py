"""What the examples need: Node with axios, and a JDK."""

from __future__ import annotations

import pytest

from tests.examples import programs


@pytest.fixture(scope="session")
def axios_call() -> programs.Program:
    """The axios example, with axios installed."""
    node = programs.required("node", "Node 18 or later")
    return programs.Program((node, str(programs.install_axios() / "call.js")))


@pytest.fixture(scope="session")
def java_call() -> programs.Program:
    """The Java example, for the source launcher of JDK 17."""
    java = programs.required("java", "JDK 17 or later")
    programs.required("javac", "a JDK, not only a Java runtime")
    return programs.Program((java, str(programs.EXAMPLES / "clients" / "java" / "ClickToCall.java")))
