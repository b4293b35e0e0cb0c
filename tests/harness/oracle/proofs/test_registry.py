from midstream.harness.oracle.proofs import PROOFS
from midstream.harness.path.toxics import TOXICS
from midstream.mock_server import FAULTS


def test_every_toxic_names_a_proof_that_is_there() -> None:
    """A fault on the path without a proof could never be believed."""
    assert {TOXICS[name].proof for name in TOXICS} <= set(PROOFS)


def test_every_server_fault_names_a_proof_that_is_there() -> None:
    """A fault by the server without a proof could never be believed."""
    proofs: list[object] = [FAULTS[name].proof for name in FAULTS]
    named = {proof for proof in proofs if isinstance(proof, str)}
    assert named <= set(PROOFS)
    assert {FAULTS["rechunk"]().proof} <= set(PROOFS)
