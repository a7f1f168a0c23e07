"""The adversary: 837 files with one defect each, that must all be noticed, and clean ones that must all pass."""
