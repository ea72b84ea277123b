"""Questions to carriers that change nothing: labels that are still to be fetched, proofs of delivery, addresses."""

from __future__ import annotations

from functools import partial
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError

from workers.monitoring.health import OpensConnectors
from workers.operations.jobs import Done, EndStatus, Handler, Handlers, Job, Later, Outcome
from workers.operations.sending import later
from workers.operations.shipping.requests import address_question, existing_shipment
from workers.providers.base import Connector, require
from workers.providers.capabilities import ChecksAddresses, PrintsLabels, ProvesDelivery
from workers.providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    NotFound,
    NotSupported,
    ProviderError,
    RefusedForNow,
)
from workers.providers.shipping.models import LabelFormat
from workers.store.connections import PostgresConnections
from workers.store.documents import PostgresDocuments, keep_documents, tell_of_lost_label
from workers.store.pool import Connection

_DELETED: Final = {"code": "not_found", "message": "What the operation was about has been deleted."}


class Inquiries:
    """Handles ``shipment.fetch_label``, ``shipment.prove_delivery`` and ``address.check``."""

    def __init__(
        self, documents: PostgresDocuments, connections: PostgresConnections, connectors: OpensConnectors
    ) -> None:
        self._documents = documents
        self._connections = connections
        self._connectors = connectors

    def handlers(self) -> Handlers:
        """The handlers by kind."""
        return {
            "shipment.fetch_label": Handler(self.fetch_label),
            "shipment.prove_delivery": Handler(self.prove_delivery),
            "address.check": Handler(self.check_address),
        }

    async def fetch_label(self, job: Job) -> Outcome:
        """Fetch the label of the shipment whose id the job has. Where the carrier prints none again, it is lost: people
        are told."""
        papers = await self._documents.shipment(job.id)
        if papers is None:
            return Done()
        try:
            connector = await self._open(papers.connection_id, None)
            printer = require(connector, PrintsLabels, "get_documents")
            documents = await printer.get_documents(existing_shipment(papers), LabelFormat(papers.label_format))
        except NotSupported:
            return Done(effect=partial(_lost, papers.shipment_id))
        except RefusedForNow as refusal:
            return later([refusal])
        except ProviderError as error:  # it may not be printed yet
            return Later(error.as_dict())

        async def keep(connection: Connection) -> None:
            await keep_documents(connection, papers.organization_id, papers.shipment_id, documents)

        return Done(effect=keep)

    async def prove_delivery(self, job: Job) -> Outcome:
        """Ask the carrier who took a shipment, and keep its papers."""
        papers = await self._documents.shipment(job.id)
        if papers is None:
            return Done(EndStatus.FAILED, error=_DELETED)
        try:
            connector = await self._open(papers.connection_id, job.id)
            prover = require(connector, ProvesDelivery, "get_proof_of_delivery")
            proof = await prover.get_proof_of_delivery(existing_shipment(papers))
        except RefusedForNow as refusal:
            return later([refusal])
        except ProviderError as error:
            return Done(EndStatus.FAILED, error=error.as_dict())

        async def keep(connection: Connection) -> None:
            await keep_documents(connection, papers.organization_id, papers.shipment_id, proof.documents)

        told = {"signed_by": proof.signed_by, "delivered_at": proof.delivered_at and proof.delivered_at.isoformat()}
        return Done(result={**told, "papers": len(proof.documents)}, effect=keep)

    async def check_address(self, job: Job) -> Outcome:
        """Ask a carrier whether it serves a place."""
        work = await self._documents.work(job.id)
        row = await self._connections.of_operation(job.id)
        if work is None or row is None:
            return Done(EndStatus.FAILED, error=_DELETED)
        try:
            request = address_question(work.input)
            connector = await self._connectors.open(row, job.id)
            check = await require(connector, ChecksAddresses, "check_address").check_address(request)
        except ValidationError as error:
            fault = InvalidRequest.from_validation(error, provider=row.provider_key, operation="check_address")
            return Done(EndStatus.FAILED, error=fault.as_dict())
        except NotFound as error:
            return Done(result={"serviceable": False, "message": error.message})
        except RefusedForNow as refusal:
            return later([refusal])
        except ProviderError as error:
            return Done(EndStatus.FAILED, error=error.as_dict())
        return Done(result=check.model_dump(mode="json", exclude_none=True) | {"serviceable": check.serviceable})

    async def _open(self, connection_id: UUID, operation_id: UUID | None) -> Connector[Any, Any]:
        row = await self._connections.load(connection_id)
        if row is None:
            raise AuthenticationFailed("The connection is gone.")
        return await self._connectors.open(row, operation_id)


async def _lost(shipment_id: UUID, connection: Connection) -> None:
    await tell_of_lost_label(connection, shipment_id)
