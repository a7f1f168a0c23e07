"""The X12 engine, pure over bytes: documents in blocks to segments, envelopes and claims, and back."""
