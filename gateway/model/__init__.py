"""The nouns of the trade, frozen: one file per topic, each importing nothing but the others.

`x12` what stands in a document, `claims` a claim and what we found in it, `partners` who adjudicates and who
receives, `enrollment` who may bill whom, `answers` what comes back, `sending` what we put on the wire.
"""
