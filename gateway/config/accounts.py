"""conf/partners/*.toml and conf/routes.toml: our accounts at trading partners, and the way to each payer."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field

from gateway.config.settings import Section
from gateway.config.values import (
    CredentialName,
    Day,
    Folder,
    Folders,
    Host,
    HostKey,
    Phone,
    Port,
    Qualifier,
    RoutedId,
    Whole,
    Word,
    X12Text,
    size,
)
from gateway.model.habits import StageMarks
from gateway.model.partners import Account, Endpoint, Partner, Stage
from gateway.model.x12 import Address


class EndpointOverride(Section):
    """Where this site's server differs from the partner's declaration."""

    host: Host | None = Field(None, description="Another server name.", examples=["sftp.test.example"])
    port: Port | None = Field(None, description="Another port.", examples=[2222])
    outbound: Folder | None = Field(None, description="Another folder to write to.", examples=["/TEST/in"])
    inbound: Folders | None = Field(None, description="Other folders to read.", examples=[["/TEST/out"]])


class NextHostKey(Section):
    """One of `next_host_keys`: a key that the partner announced."""

    key: HostKey = Field(
        description="The public key, as the partner published it.",
        examples=["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKUwOJhmoYOX23F10Nn3oGDA02yFCVs4ahsiHnsIyhFK"],
    )
    valid_from: Day = Field(description="The first day on which the server may present it.", examples=["2026-12-22"])


class AccountFile(Section):
    """One file of conf/partners/, named as the partner's key."""

    sender_qualifier: Qualifier = Field("ZZ", description="ISA05 of what we send.", examples=["30"])
    sender: Annotated[X12Text, size(1, 15)] = Field(description="ISA06: our id at this partner.", examples=["CFFM01"])
    submitter_id: Annotated[X12Text, size(2, 15)] = Field(
        description="GS02 and the submitter's id in loop 1000A.", examples=["CFFM01"]
    )
    submitter_name: Annotated[X12Text, size(1, 60)] = Field(
        description="The submitter's name in loop 1000A.", examples=["CEDAR FALLS FAMILY MEDICINE"]
    )
    contact_phone: Phone = Field(description="The submitter's telephone number, digits only.", examples=["5555550100"])
    user: Word = Field(description="The login name on the partner's server.", examples=["cffm01"])
    credential: CredentialName = Field(
        description="The name of the secret to log in with: a file in keys.secrets_dir or a systemd credential.",
        examples=["alpha_edi"],
    )
    host_keys: tuple[HostKey, ...] = Field(
        (), description="The server's public keys, as the partner published them; `gateway payer trust` helps. Without"
        " one nothing is sent.",
        examples=[["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKUwOJhmoYOX23F10Nn3oGDA02yFCVs4ahsiHnsIyhFK"]],
    )  # fmt: skip
    next_host_keys: tuple[NextHostKey, ...] = Field(
        (), description="Keys that the partner announced, each with the day from which it may be met; `gateway payer trust"
        " --next` helps.",
        examples=[[{"key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKUwOJhmoYOX23F10Nn3oGDA02yFCVs4ahsiHnsIyhFK",
                    "valid_from": "2026-12-22"}]],
    )  # fmt: skip
    password_changed: Day | None = Field(
        None,
        description="When the password was last set, so that its end can be told in time.",
        examples=["2026-11-03"],
    )
    stage: Stage = Field(
        Stage.TEST, description="`test` takes interchanges with ISA15 = T only, `production` those with P.",
        examples=["production"],
    )  # fmt: skip
    endpoint: EndpointOverride = Field(
        EndpointOverride(), description="Where the server differs from the partner's declaration.",
        examples=[{"port": 2222}],
    )  # fmt: skip

    def account(self, partner: Partner) -> Account:
        """Our account at this partner."""
        marks = partner.habits.stages.get(self.stage.value, StageMarks())
        changed: dict[str, Any] = {k: v for k, v in (("outbound", marks.outbound), ("inbound", marks.inbound)) if v}
        changed |= {k: v for k, v in self.endpoint.model_dump().items() if v is not None}
        endpoint: Endpoint = replace(partner.endpoint, **changed)
        return Account(
            partner=partner.key,
            sender=Address(self.sender_qualifier, self.sender),
            submitter_id=self.submitter_id,
            submitter_name=self.submitter_name,
            contact_phone=self.contact_phone,
            user=self.user,
            credential=self.credential,
            host_keys=self.host_keys,
            stage=self.stage,
            endpoint=endpoint,
            password_changed=self.password_changed,
            wire=partner.habits.wire,
            next_host_keys=tuple((entry.key, entry.valid_from) for entry in self.next_host_keys),
        )


class RouteEntry(Section):
    """One [[route]]."""

    payer: Word = Field(description="The payer's key.", examples=["prairie"])
    partner: Word = Field(description="The partner its claims go to.", examples=["bluestem"])
    rank: Whole = Field(0, ge=0, description="0 is the primary route; others stand by as backup.", examples=[1])
    payer_id: RoutedId | None = Field(
        None, description="The payer's id there (2010BB NM109), for claims that name it by an id which this partner does"
        " not declare. Without it they are held.",
        examples=["54321"],
    )  # fmt: skip


class RoutesFile(Section):
    """conf/routes.toml."""

    route: tuple[RouteEntry, ...] = Field(
        (), description="The ways to payers.", examples=[[{"payer": "prairie", "partner": "bluestem"}]]
    )
