"""The Notifier over MQTT: committed events as JSON, and whether this site is up.

Events go to `PREFIX/SITE/events/claim/held` with QoS 1, never retained. `PREFIX/SITE/up` holds `true` or `false`,
retained; the broker itself says `false` when the connection breaks. No topic and no payload names a patient.
"""
