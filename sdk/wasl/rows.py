"""Rows as a signed-in client reads them. Made by `wasl sdk rows` from the database: do not edit."""

import datetime
import uuid
from decimal import Decimal
from typing import Any, ClassVar, Literal, TypeAlias

from pydantic import SkipValidation

from wasl._row import Bytea, Row

AlertSeverity: TypeAlias = SkipValidation[Literal["info", "warning", "critical"]]

AlertStatus: TypeAlias = SkipValidation[Literal["open", "acknowledged", "resolved"]]

AutomationRunStatus: TypeAlias = SkipValidation[Literal["running", "finished", "failed", "skipped", "cancelled"]]

AutomationStepStatus: TypeAlias = SkipValidation[
    Literal["waiting", "succeeded", "failed", "unknown", "skipped", "cancelled"]
]

BreakerState: TypeAlias = SkipValidation[Literal["closed", "open", "half_open"]]

CommentStatus: TypeAlias = SkipValidation[Literal["seen", "pending", "published", "failed", "deleted"]]

ConnectionStatus: TypeAlias = SkipValidation[Literal["pending", "active", "paused", "needs_attention", "disconnected"]]

DeliveryStatus: TypeAlias = SkipValidation[Literal["pending", "delivered", "dead"]]

DisputeStatus: TypeAlias = SkipValidation[Literal["open", "won", "lost", "closed"]]

EncryptionKeyState: TypeAlias = SkipValidation[Literal["active", "retiring", "retired"]]

Environment: TypeAlias = SkipValidation[Literal["sandbox", "live"]]

HealthState: TypeAlias = SkipValidation[Literal["unknown", "up", "degraded", "down"]]

LeadLinkStatus: TypeAlias = SkipValidation[Literal["pending", "synced", "failed", "skipped", "forget", "forgotten"]]

LeadStatus: TypeAlias = SkipValidation[Literal["active", "pending", "deleted"]]

OperationStatus: TypeAlias = SkipValidation[Literal["pending", "succeeded", "failed", "cancelled", "dead"]]

OrganizationRole: TypeAlias = SkipValidation[Literal["viewer", "developer", "admin", "owner"]]

PageIndicator: TypeAlias = SkipValidation[Literal["unknown", "none", "maintenance", "minor", "major", "critical"]]

PaymentDifferenceStatus: TypeAlias = SkipValidation[Literal["open", "healed", "dismissed"]]

PaymentLinkStatus: TypeAlias = SkipValidation[Literal["active", "paid", "disabled"]]

PaymentMethodStatus: TypeAlias = SkipValidation[Literal["active", "deleted"]]

PaymentRoutingRule: TypeAlias = SkipValidation[Literal["priority", "weighted", "lowest_fee"]]

PaymentStatus: TypeAlias = SkipValidation[
    Literal[
        "pending",
        "created",
        "requires_action",
        "processing",
        "authorized",
        "partially_captured",
        "captured",
        "partially_refunded",
        "refunded",
        "cancelled",
        "failed",
        "expired",
        "disputed",
    ]
]

PayoutStatus: TypeAlias = SkipValidation[Literal["pending", "in_transit", "paid", "failed", "cancelled"]]

PostStatus: TypeAlias = SkipValidation[
    Literal["draft", "scheduled", "publishing", "published", "failed", "cancelled", "deleted"]
]

ProviderCategory: TypeAlias = SkipValidation[Literal["payments", "shipping", "social", "marketing"]]

ReconciliationStatus: TypeAlias = SkipValidation[Literal["running", "finished", "failed"]]

RefundStatus: TypeAlias = SkipValidation[Literal["pending", "succeeded", "failed", "cancelled"]]

ServiceLevel: TypeAlias = SkipValidation[Literal["same_day", "next_day", "express", "standard", "economy", "freight"]]

ShipmentStatus: TypeAlias = SkipValidation[
    Literal[
        "pending",
        "created",
        "picked_up",
        "in_transit",
        "out_for_delivery",
        "delivered",
        "exception",
        "returned",
        "cancelled",
        "failed",
    ]
]

ShippingRule: TypeAlias = SkipValidation[Literal["priority", "price", "speed"]]

SubjectRequestKind: TypeAlias = SkipValidation[
    Literal["access", "portability", "correction", "restriction", "objection", "erasure"]
]

SubjectRequestStatus: TypeAlias = SkipValidation[
    Literal["received", "in_progress", "awaiting_person", "completed", "refused"]
]

SubjectStepStatus: TypeAlias = SkipValidation[Literal["pending", "done", "by_person", "kept"]]

SyncConflictRule: TypeAlias = SkipValidation[Literal["newest", "hub", "provider"]]

SyncDirection: TypeAlias = SkipValidation[Literal["push", "pull", "both"]]

SyncMode: TypeAlias = SkipValidation[Literal["incremental", "full"]]

SyncStatus: TypeAlias = SkipValidation[Literal["idle", "running", "failed"]]

TrafficSource: TypeAlias = SkipValidation[Literal["call", "webhook", "delivery"]]

WebhookEventStatus: TypeAlias = SkipValidation[
    Literal["received", "processed", "ignored", "recorded", "filtered", "duplicate", "refused", "failed", "dead"]
]


class AlertChannels(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    name: str
    kind: str
    target: str | None
    language: str | None
    minimum_severity: AlertSeverity
    kinds: list[str]
    connection_id: uuid.UUID | None
    only_escalations: bool
    repeat_minutes: int | None
    enabled: bool
    ready: bool
    failing_since: datetime.datetime | None
    last_error: Any
    last_sent_at: datetime.datetime | None
    created_at: datetime.datetime
    updated_at: datetime.datetime


class AlertEscalations(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    channel_id: uuid.UUID
    after_minutes: int
    minimum_severity: AlertSeverity
    created_at: datetime.datetime


class AlertEvents(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    alert_id: uuid.UUID
    type: str
    actor: str
    occurred_at: datetime.datetime
    detail: Any


class AlertNotifications(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    alert_id: uuid.UUID
    channel_id: uuid.UUID
    transition: str
    severity: AlertSeverity
    status: str
    message_id: uuid.UUID | None
    attempts: int
    next_attempt_at: datetime.datetime
    last_error: Any
    created_at: datetime.datetime
    sent_at: datetime.datetime | None


class AlertReads(Row):
    user_id: uuid.UUID
    notification_id: uuid.UUID
    organization_id: uuid.UUID
    read_at: datetime.datetime


class AlertRules(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    name: str
    metric: str
    threshold: Decimal
    recover_at: Decimal
    window_minutes: int | None
    minimum_calls: int | None
    percentile: int | None
    for_seconds: int
    severity: AlertSeverity
    connection_id: uuid.UUID | None
    provider_key: str | None
    environment: Environment | None
    enabled: bool
    created_at: datetime.datetime
    updated_at: datetime.datetime


class Alerts(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    connection_id: uuid.UUID | None
    rule_id: uuid.UUID | None
    kind: str
    group_key: str
    severity: AlertSeverity
    status: AlertStatus
    title: str
    detail: Any
    occurrences: int
    first_seen_at: datetime.datetime
    last_seen_at: datetime.datetime
    acknowledged_by: uuid.UUID | None
    acknowledged_at: datetime.datetime | None
    resolved_at: datetime.datetime | None
    snoozed_until: datetime.datetime | None
    muted_by: str | None
    cause_id: uuid.UUID | None
    told_at: datetime.datetime | None
    next_look_at: datetime.datetime | None


class ApiCredentials(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    connection_id: uuid.UUID
    name: str
    hint: str | None
    fingerprint: str
    version: int
    key_id: str
    created_by: uuid.UUID | None
    created_at: datetime.datetime
    updated_at: datetime.datetime
    last_used_at: datetime.datetime | None


class ApiKeyUsage(Row):
    api_key_id: uuid.UUID
    organization_id: uuid.UUID
    day: datetime.date
    requests: int


class ApiKeys(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    name: str
    hint: str
    role: OrganizationRole
    scopes: list[str]
    environment: Environment | None
    requests_per_minute: int
    replaced_by: uuid.UUID | None
    created_by: uuid.UUID | None
    created_at: datetime.datetime
    expires_at: datetime.datetime | None
    revoked_at: datetime.datetime | None
    last_used_at: datetime.datetime | None


class AuditLog(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    sequence: int
    occurred_at: datetime.datetime
    actor_type: str
    actor_id: str | None
    action: str
    target_type: str
    target_id: str
    detail: Any
    before: Any
    after: Any
    remote_address: str | None
    user_agent: str | None
    previous_hash: Bytea | None
    hash: Bytea


class AutomationRuns(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    automation_id: uuid.UUID
    version: int
    event_id: uuid.UUID
    event_type: str
    event_created_at: datetime.datetime
    subject_type: str | None
    subject_id: uuid.UUID | None
    status: AutomationRunStatus
    reason: str | None
    started_at: datetime.datetime
    finished_at: datetime.datetime | None


class AutomationSteps(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    run_id: uuid.UUID
    position: int
    kind: str
    connection_id: uuid.UUID | None
    status: AutomationStepStatus
    due_at: datetime.datetime
    input: Any
    result: Any
    error: Any
    attempts: int
    finished_at: datetime.datetime | None


class AutomationVersions(Row):
    automation_id: uuid.UUID
    version: int
    organization_id: uuid.UUID
    definition: Any
    created_by: str
    created_at: datetime.datetime


class Automations(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    name: str
    description: str | None
    enabled: bool
    version: int
    definition: Any
    events: list[str]
    environment: Environment | None
    deleted_at: datetime.datetime | None
    created_by: str
    created_at: datetime.datetime
    updated_at: datetime.datetime


class ConnectionGrants(Row):
    connection_id: uuid.UUID
    organization_id: uuid.UUID
    scopes: list[str] | None
    subject_id: str | None
    subject_name: str | None
    refreshable: bool
    access_expires_at: datetime.datetime | None
    refresh_expires_at: datetime.datetime | None
    refresh_due_at: datetime.datetime | None
    granted_at: datetime.datetime | None
    refreshed_at: datetime.datetime | None
    inspected_at: datetime.datetime | None
    revoked_at: datetime.datetime | None
    last_error: Any


class DataBreaches(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    title: str
    known_at: datetime.datetime
    occurred_at: datetime.datetime | None
    nature: str
    causes: str
    data_categories: list[str]
    approximate_subjects: int | None
    approximate_records: int | None
    effects: str
    measures: str
    endangers_subjects: bool | None
    notify_due_at: datetime.datetime
    authority_notified_at: datetime.datetime | None
    authority_reference: str | None
    subjects_notified_at: datetime.datetime | None
    closed_at: datetime.datetime | None
    created_at: datetime.datetime
    updated_at: datetime.datetime


class DataSubjectRequests(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    kind: SubjectRequestKind
    status: SubjectRequestStatus
    jurisdiction: str
    subject_indexes: list[bytes]
    lead_id: uuid.UUID | None
    received_at: datetime.datetime
    due_at: datetime.datetime
    extended_at: datetime.datetime | None
    identity_check: str | None
    note: str | None
    reason: str | None
    archive_path: str | None
    archive_expires_at: datetime.datetime | None
    certificate: Any
    certificate_sha256: str | None
    created_by: str
    created_at: datetime.datetime
    finished_at: datetime.datetime | None


class DataSubjectSteps(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    request_id: uuid.UUID
    position: int
    place: str
    connection_id: uuid.UUID | None
    action: str
    status: SubjectStepStatus
    rows: int
    kept: int
    note: str | None
    completed_by: str | None
    finished_at: datetime.datetime | None


class DataTransfers(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    provider_key: str
    country: str
    basis: str
    source: str
    agreement_url: str | None
    reviewed_on: datetime.date
    created_at: datetime.datetime
    updated_at: datetime.datetime


class EncryptionKeys(Row):
    id: str
    organization_id: uuid.UUID | None
    algorithm: str
    public_key: str
    state: EncryptionKeyState
    created_at: datetime.datetime
    retired_at: datetime.datetime | None


class Events(Row):
    id: uuid.UUID
    created_at: datetime.datetime
    organization_id: uuid.UUID
    type: str
    subject_type: str | None
    subject_id: uuid.UUID | None
    environment: Environment | None
    data: Any
    source: str
    occurred_at: datetime.datetime
    causes: list[uuid.UUID]
    trace_id: str | None


class HealthChanges(Row):
    id: int
    organization_id: uuid.UUID
    connection_id: uuid.UUID
    state: HealthState
    began_at: datetime.datetime


class HealthIncidentEntries(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    incident_id: uuid.UUID
    at: datetime.datetime
    kind: str
    state: HealthState
    page_indicator: PageIndicator | None
    message: str


class HealthIncidents(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    connection_id: uuid.UUID
    provider_key: str
    state: HealthState
    worst_state: HealthState
    page_indicator: PageIndicator | None
    source: str
    title: str
    opened_at: datetime.datetime
    closed_at: datetime.datetime | None


class IntegrationAnalytics(Row):
    organization_id: uuid.UUID
    connection_id: uuid.UUID | None
    environment: Environment
    provider_key: str
    source: TrafficSource
    operation: str
    hour: datetime.datetime
    calls: int
    errors: int
    authentication_errors: int
    rate_limit_errors: int
    refusals: int
    provider_errors: int
    unanswered: int
    failures: int
    throttled: int
    retried: int
    unknown: int
    duration_ms_sum: float
    duration_ms_max: float
    bytes_sent: int
    bytes_received: int


class IntegrationAnalyticsDaily(Row):
    organization_id: uuid.UUID
    environment: Environment
    provider_key: str
    source: TrafficSource
    operation: str
    day: datetime.date
    calls: int
    errors: int
    authentication_errors: int
    rate_limit_errors: int
    refusals: int
    provider_errors: int
    unanswered: int
    failures: int
    throttled: int
    retried: int
    unknown: int
    duration_ms_sum: float
    duration_ms_max: float
    bytes_sent: int
    bytes_received: int


class IntegrationConnections(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    provider_key: str
    name: str
    environment: Environment
    status: ConnectionStatus
    settings: Any
    credentials_version: int
    health_state: HealthState
    health_changed_at: datetime.datetime | None
    health_checked_at: datetime.datetime | None
    health_streak: int
    health_interval_seconds: int
    next_health_check_at: datetime.datetime
    last_error: Any
    created_by: uuid.UUID | None
    created_at: datetime.datetime
    updated_at: datetime.datetime


class IntegrationHealth(Row):
    id: uuid.UUID
    checked_at: datetime.datetime
    organization_id: uuid.UUID
    connection_id: uuid.UUID
    capability: str | None
    state: HealthState
    latency_ms: float | None
    error_code: str | None
    detail: str | None


class IntegrationLogs(Row):
    id: uuid.UUID
    occurred_at: datetime.datetime
    organization_id: uuid.UUID
    connection_id: uuid.UUID
    provider_key: str
    operation_id: uuid.UUID | None
    operation: str
    method: str
    url: str
    status: int | None
    outcome: str
    error_code: str | None
    duration_ms: float
    attempt: int
    request_headers: Any
    request_body: str | None
    response_headers: Any
    response_body: str | None
    request_bytes: int
    response_bytes: int
    provider_request_id: str | None
    trace_id: str | None


class IntegrationProviders(Row):
    key: str
    name: str
    category: ProviderCategory
    description: str
    countries: list[str]
    currencies: list[str]
    methods: list[str]
    poll_minutes: list[int]
    carrier: Any
    social: Any
    marketing: Any
    consent: Any
    capabilities: list[str]
    auth_scheme: str
    credential_fields: Any
    settings_fields: Any
    rate_limits: Any
    sandbox_base_url: str
    live_base_url: str
    documentation_url: str
    status_page_url: str | None
    webhook_scheme: Any
    api_version: str | None
    enabled: bool


class LeadConsents(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    lead_id: uuid.UUID
    purpose: str
    state: str
    source: str
    text_version: str | None
    occurred_at: datetime.datetime
    evidence: Any
    created_by: str
    created_at: datetime.datetime


class LeadForms(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    name: str
    token: str
    enabled: bool
    fields: Any
    purpose: str | None
    consent_text: str | None
    text_version: str | None
    double_opt_in: bool
    allowed_origins: list[str]
    redirect_url: str | None
    most_per_minute: int
    most_per_visitor_minute: int
    submissions: int
    spam: int
    last_submission_at: datetime.datetime | None
    created_by: str
    created_at: datetime.datetime
    updated_at: datetime.datetime


class LeadLinks(Row):
    organization_id: uuid.UUID
    lead_id: uuid.UUID
    connection_id: uuid.UUID
    provider_contact_id: str | None
    status: LeadLinkStatus
    pushed_version: int
    pushed_hash: Any
    pushed_tags: list[str]
    pushed_marks: list[str]
    pushed_at: datetime.datetime | None
    pulled_at: datetime.datetime | None
    attempts: int
    next_try_at: datetime.datetime | None
    error: Any
    seen_run: uuid.UUID | None
    created_at: datetime.datetime


class LeadSyncs(Row):
    connection_id: uuid.UUID
    organization_id: uuid.UUID
    enabled: bool
    direction: SyncDirection
    mapping: Any
    conflict_rule: SyncConflictRule
    purpose: str
    only_with_consent: bool
    tags: list[str]
    created_at: datetime.datetime
    updated_at: datetime.datetime


class Leads(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    language: str | None
    country: str | None
    source: str
    status: LeadStatus
    attribution: Any
    tags: list[str]
    confirmed_at: datetime.datetime | None
    restricted_at: datetime.datetime | None
    version: int
    created_at: datetime.datetime
    updated_at: datetime.datetime
    attributes: Any
    company: str | None
    email: str | None
    first_name: str | None
    last_name: str | None
    phone: str | None
    _computed: ClassVar[tuple[str, ...]] = ("attributes", "company", "email", "first_name", "last_name", "phone")


class LegalHolds(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    data_class: str
    reason: str
    created_at: datetime.datetime
    ends_at: datetime.datetime | None


class MaintenanceWindows(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    name: str
    connection_id: uuid.UUID | None
    starts_at: datetime.datetime | None
    ends_at: datetime.datetime | None
    weekdays: list[int] | None
    start_time: datetime.time | None
    duration_minutes: int | None
    time_zone: str | None
    enabled: bool
    created_at: datetime.datetime
    updated_at: datetime.datetime


class MarketingAudiences(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    connection_id: uuid.UUID
    provider_audience_id: str
    name: str
    members: int | None
    provider_updated_at: datetime.datetime | None
    removed_at: datetime.datetime | None
    seen_run: uuid.UUID | None
    created_at: datetime.datetime
    updated_at: datetime.datetime


class MarketingCampaignFigures(Row):
    organization_id: uuid.UUID
    campaign_id: uuid.UUID
    day: datetime.date
    recipients: int | None
    opens: int | None
    unique_opens: int | None
    clicks: int | None
    unique_clicks: int | None
    bounces: int | None
    unsubscribes: int | None
    complaints: int | None
    revenue: Decimal | None


class MarketingCampaigns(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    connection_id: uuid.UUID
    provider_campaign_id: str
    name: str
    status: str
    provider_status: str
    subject: str | None
    audience_id: str | None
    sent_at: datetime.datetime | None
    provider_updated_at: datetime.datetime | None
    recipients: int | None
    opens: int | None
    unique_opens: int | None
    clicks: int | None
    unique_clicks: int | None
    bounces: int | None
    unsubscribes: int | None
    complaints: int | None
    revenue: Decimal | None
    revenue_currency: str | None
    removed_at: datetime.datetime | None
    seen_run: uuid.UUID | None
    created_at: datetime.datetime
    updated_at: datetime.datetime


class MarketingDeals(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    connection_id: uuid.UUID
    provider_deal_id: str
    name: str
    reference: str | None
    amount: Decimal | None
    currency: str | None
    stage: str | None
    pipeline: str | None
    is_closed: bool | None
    is_won: bool | None
    contact_ids: list[str]
    provider_updated_at: datetime.datetime | None
    removed_at: datetime.datetime | None
    seen_run: uuid.UUID | None
    created_at: datetime.datetime
    updated_at: datetime.datetime


class Operations(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    connection_id: uuid.UUID | None
    kind: str
    status: OperationStatus
    subject_type: str | None
    subject_id: uuid.UUID | None
    input: Any
    result: Any
    error: Any
    why: Any
    attempts: int
    idempotency_key: str | None
    input_hash: Bytea | None
    created_by: str | None
    trace_id: str | None
    created_at: datetime.datetime
    finished_at: datetime.datetime | None


class OrganizationMembers(Row):
    organization_id: uuid.UUID
    user_id: uuid.UUID
    role: OrganizationRole
    created_at: datetime.datetime


class OrganizationQuotas(Row):
    organization_id: uuid.UUID
    name: str
    most: int | None
    updated_at: datetime.datetime


class Organizations(Row):
    id: uuid.UUID
    name: str
    slug: str
    country: str
    time_zone: str
    created_at: datetime.datetime
    updated_at: datetime.datetime


class PaymentDifferences(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    connection_id: uuid.UUID
    reconciliation_id: uuid.UUID
    payment_id: uuid.UUID | None
    provider_payment_id: str
    kind: str
    ours: str | None
    theirs: str | None
    status: PaymentDifferenceStatus
    note: str | None
    resolved_by: str | None
    resolved_at: datetime.datetime | None
    created_at: datetime.datetime
    last_seen_at: datetime.datetime


class PaymentDisputes(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    payment_id: uuid.UUID
    connection_id: uuid.UUID
    provider_dispute_id: str
    status: DisputeStatus
    provider_status: str
    reason: str | None
    amount: Decimal
    currency: str
    evidence_due_by: datetime.datetime | None
    told_at: datetime.datetime
    created_at: datetime.datetime
    updated_at: datetime.datetime


class PaymentEvents(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    payment_id: uuid.UUID
    refund_id: uuid.UUID | None
    recorded_at: datetime.datetime
    occurred_at: datetime.datetime
    type: str
    from_status: str | None
    to_status: str
    amount: Decimal | None
    source: str
    source_id: uuid.UUID | None
    applied: bool
    detail: Any


class PaymentLinks(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    environment: Environment
    token: str
    status: PaymentLinkStatus
    amount: Decimal
    currency: str
    reference: str
    description: str | None
    input: Any
    single_use: bool
    expires_at: datetime.datetime | None
    disabled_at: datetime.datetime | None
    paid_payment_id: uuid.UUID | None
    created_by: str
    created_at: datetime.datetime
    updated_at: datetime.datetime
    billing_address: Any
    customer: Any
    shipping_address: Any
    _computed: ClassVar[tuple[str, ...]] = ("billing_address", "customer", "shipping_address")


class PaymentMethods(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    connection_id: uuid.UUID
    environment: Environment
    customer_reference: str | None
    type: str
    brand: str | None
    last_four: str | None
    expires: str | None
    status: PaymentMethodStatus
    first_payment_id: uuid.UUID | None
    created_at: datetime.datetime
    updated_at: datetime.datetime


class PaymentPolicies(Row):
    organization_id: uuid.UUID
    environment: Environment
    version: int
    rule: PaymentRoutingRule
    cases: Any
    failover: bool
    updated_by: str
    updated_at: datetime.datetime


class PaymentProviders(Row):
    connection_id: uuid.UUID
    organization_id: uuid.UUID
    enabled: bool
    priority: int
    weight: int
    currencies: list[str]
    countries: list[str]
    methods: list[str]
    minimum_amount: Decimal | None
    maximum_amount: Decimal | None
    fee_percent: Decimal | None
    fee_fixed: Decimal | None
    fee_currency: str | None
    settlement_currency: str | None
    updated_at: datetime.datetime


class PaymentReconciliations(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    connection_id: uuid.UUID
    operation_id: uuid.UUID | None
    since: datetime.datetime
    until: datetime.datetime
    status: ReconciliationStatus
    compared: int
    healed: int
    differences: int
    strangers: int
    error: Any
    started_at: datetime.datetime
    finished_at: datetime.datetime | None


class PaymentRefunds(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    payment_id: uuid.UUID
    amount: Decimal
    currency: str
    status: RefundStatus
    reason: str | None
    provider_refund_id: str | None
    failure: Any
    made_elsewhere: bool
    created_by: str
    created_at: datetime.datetime
    updated_at: datetime.datetime


class Payments(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    environment: Environment
    connection_id: uuid.UUID | None
    reference: str
    amount: Decimal
    currency: str
    status: PaymentStatus
    capture_method: str
    amount_authorized: Decimal
    amount_captured: Decimal
    amount_refunded: Decimal
    description: str | None
    metadata: Any
    method: str | None
    country: str | None
    locale: str | None
    items: Any
    save_payment_method: bool
    payment_method_id: uuid.UUID | None
    payment_link_id: uuid.UUID | None
    return_url: str | None
    cancel_url: str | None
    checkout_url: str | None
    next_action: Any
    failure: Any
    provider_payment_id: str | None
    provider_session_id: str | None
    provider_status: str | None
    provider_data: Any
    fee: Decimal | None
    status_told_at: datetime.datetime | None
    created_by: str
    created_at: datetime.datetime
    updated_at: datetime.datetime
    billing_address: Any
    customer: Any
    shipping_address: Any
    _computed: ClassVar[tuple[str, ...]] = ("billing_address", "customer", "shipping_address")


class Payouts(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    connection_id: uuid.UUID
    provider_payout_id: str
    status: PayoutStatus
    provider_status: str
    amount: Decimal
    currency: str
    arrives_on: datetime.date | None
    failure_reason: str | None
    told_at: datetime.datetime
    created_at: datetime.datetime
    updated_at: datetime.datetime


class Pickups(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    environment: Environment
    connection_id: uuid.UUID
    status: str
    place: Any
    ready_at: datetime.datetime
    closes_at: datetime.datetime
    parcels: int
    weight_kg: Decimal
    location: str | None
    instructions: str | None
    provider_pickup_id: str | None
    failure: Any
    provider_data: Any
    created_by: str
    created_at: datetime.datetime
    updated_at: datetime.datetime


class PrivacySettings(Row):
    organization_id: uuid.UUID
    jurisdiction: str
    answer_days: int | None
    breach_hours: int | None
    dpo_name: str | None
    dpo_email: str | None
    dpo_phone: str | None
    updated_at: datetime.datetime


class ProcessingPurposes(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    key: str
    title: str
    description: str
    lawful_basis: str
    data_categories: list[str]
    subject_categories: list[str]
    access_by: str
    security: str
    impact_assessment: str | None
    active: bool
    created_at: datetime.datetime
    updated_at: datetime.datetime


class ProviderStatus(Row):
    provider_key: str
    indicator: PageIndicator
    description: str
    incidents: Any
    changed_at: datetime.datetime
    read_at: datetime.datetime | None
    tried_at: datetime.datetime
    error: str | None
    etag: str | None


class RateLimits(Row):
    connection_id: uuid.UUID
    organization_id: uuid.UUID
    capacity: Decimal
    refill_per_second: Decimal
    tokens: Decimal
    refilled_at: datetime.datetime
    blocked_until: datetime.datetime | None
    source: str
    updated_at: datetime.datetime


class RetentionPeriods(Row):
    organization_id: uuid.UUID
    data_class: str
    keep_days: int
    updated_at: datetime.datetime


class RetentionRuns(Row):
    organization_id: uuid.UUID
    day: datetime.date
    table_name: str
    data_class: str
    rows: int


class ShipmentDocuments(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    shipment_id: uuid.UUID | None
    manifest_id: uuid.UUID | None
    kind: str
    format: str
    tracking_number: str | None
    path: str
    sha256: str
    bytes: int
    stored_at: datetime.datetime | None
    created_at: datetime.datetime


class ShipmentEvents(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    shipment_id: uuid.UUID
    occurred_at: datetime.datetime
    recorded_at: datetime.datetime
    status: ShipmentStatus | None
    detail: str | None
    provider_code: str | None
    description: str | None
    place: str | None
    country: str | None
    source: str
    source_id: uuid.UUID | None


class ShipmentQuotes(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    environment: Environment
    request: Any
    rank_by: ShippingRule
    status: str
    failures: Any
    expires_at: datetime.datetime
    created_by: str
    created_at: datetime.datetime
    ready_at: datetime.datetime | None
    asked: Any
    _computed: ClassVar[tuple[str, ...]] = ("asked",)


class ShipmentRates(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    quote_id: uuid.UUID
    connection_id: uuid.UUID
    provider_key: str
    rank: int
    service: str
    service_name: str
    level: ServiceLevel
    amount: Decimal
    currency: str
    tax: Decimal | None
    charges: Any
    transit_days: int | None
    estimated_delivery_at: datetime.datetime | None
    source: str
    provider_data: Any
    created_at: datetime.datetime


class Shipments(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    environment: Environment
    connection_id: uuid.UUID | None
    rate_id: uuid.UUID | None
    return_of: uuid.UUID | None
    manifest_id: uuid.UUID | None
    pickup_id: uuid.UUID | None
    reference: str
    status: ShipmentStatus
    detail: str | None
    rule: ShippingRule
    service: str | None
    level: ServiceLevel | None
    origin: Any
    destination: Any
    parcels: Any
    ships_at: datetime.datetime
    contents: str
    description: str
    customs: Any
    cash_on_delivery_amount: Decimal | None
    declared_value: Decimal | None
    insured_value: Decimal | None
    currency: str
    signature_required: bool
    label_format: str
    cost: Decimal | None
    cost_currency: str | None
    tracking_number: str | None
    parcel_tracking_numbers: list[str]
    tracking_url: str | None
    tracking_token: str
    provider_shipment_id: str | None
    estimated_delivery_at: datetime.datetime | None
    delivered_at: datetime.datetime | None
    last_event_at: datetime.datetime | None
    failure: Any
    metadata: Any
    provider_data: Any
    created_by: str
    created_at: datetime.datetime
    updated_at: datetime.datetime
    instructions: str | None
    recipient: Any
    sender: Any
    signed_by: str | None
    _computed: ClassVar[tuple[str, ...]] = ("instructions", "recipient", "sender", "signed_by")


class ShippingLocations(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    name: str
    address: Any
    is_default: bool
    created_at: datetime.datetime
    updated_at: datetime.datetime


class ShippingManifests(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    environment: Environment
    connection_id: uuid.UUID
    shipments: int
    created_by: str
    created_at: datetime.datetime


class ShippingProviders(Row):
    connection_id: uuid.UUID
    organization_id: uuid.UUID
    enabled: bool
    priority: int
    countries: list[str]
    emirates: list[str]
    services: list[str]
    levels: list[ServiceLevel]
    default_service: str | None
    cash_on_delivery: bool
    minimum_weight_kg: Decimal | None
    maximum_weight_kg: Decimal | None
    tariff: Any
    stalled_after_hours: int
    updated_at: datetime.datetime


class SocialAccountMetrics(Row):
    organization_id: uuid.UUID
    account_id: uuid.UUID
    day: datetime.date
    followers: int | None
    reach: int | None
    views: int | None
    engagements: int | None
    taken_at: datetime.datetime


class SocialComments(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    post_id: uuid.UUID
    provider_comment_id: str | None
    parent_id: uuid.UUID | None
    provider_parent_id: str | None
    author_id: str | None
    author_name: str | None
    text: str
    is_ours: bool
    is_hidden: bool
    is_first: bool
    likes: int | None
    status: CommentStatus
    failure: Any
    commented_at: datetime.datetime | None
    created_by: str
    created_at: datetime.datetime


class SocialEngagement(Row):
    organization_id: uuid.UUID
    post_id: uuid.UUID
    taken_at: datetime.datetime
    views: int | None
    reach: int | None
    reactions: int | None
    comments: int | None
    shares: int | None
    clicks: int | None
    saves: int | None
    video_views: int | None


class SocialMediaAccounts(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    connection_id: uuid.UUID
    provider_account_id: str
    kind: str
    name: str
    handle: str | None
    picture_url: str | None
    enabled: bool
    can_publish: bool
    followers: int | None
    refreshed_at: datetime.datetime | None
    posts_synced_at: datetime.datetime | None
    removed_at: datetime.datetime | None
    created_at: datetime.datetime


class SocialPosts(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    account_id: uuid.UUID
    group_id: uuid.UUID
    status: PostStatus
    format: str
    text: str
    media: Any
    link: Any
    first_comment: str | None
    scheduled_at: datetime.datetime | None
    time_zone: str | None
    published_at: datetime.datetime | None
    provider_post_id: str | None
    permalink: str | None
    engagement: Any
    measured_at: datetime.datetime | None
    problems: Any
    failure: Any
    origin: str
    edited_at: datetime.datetime | None
    deleted_at: datetime.datetime | None
    created_by: str
    created_at: datetime.datetime
    updated_at: datetime.datetime


class SyncRuns(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    stream_id: uuid.UUID
    mode: SyncMode
    status: str
    pages: int
    read: int
    changed: int
    removed: int
    error: Any
    started_at: datetime.datetime
    finished_at: datetime.datetime | None


class SyncStreams(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    connection_id: uuid.UUID
    stream: str
    enabled: bool
    every_minutes: int
    full_every_hours: int | None
    status: SyncStatus
    since: datetime.datetime | None
    page_cursor: str | None
    run_id: uuid.UUID | None
    run_mode: SyncMode | None
    run_started_at: datetime.datetime | None
    next_run_at: datetime.datetime
    next_full_at: datetime.datetime | None
    pages: int
    read: int
    changed: int
    removed: int
    total: int | None
    last_error: Any
    last_finished_at: datetime.datetime | None
    created_at: datetime.datetime


class SyntheticChecks(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    connection_id: uuid.UUID
    capability: str
    interval_seconds: int
    enabled: bool
    state: HealthState
    streak: int
    changed_at: datetime.datetime | None
    checked_at: datetime.datetime | None
    last_error: Any
    next_check_at: datetime.datetime
    created_at: datetime.datetime


class WebhookDeliveries(Row):
    id: uuid.UUID
    created_at: datetime.datetime
    organization_id: uuid.UUID
    subscription_id: uuid.UUID
    event_id: uuid.UUID
    event_type: str
    payload: Any
    status: DeliveryStatus
    attempts: int
    next_attempt_at: datetime.datetime | None
    last_status: int | None
    last_error: str | None
    delivered_at: datetime.datetime | None
    replayed_at: datetime.datetime | None
    trace_id: str | None


class WebhookDeliveryAttempts(Row):
    id: uuid.UUID
    created_at: datetime.datetime
    organization_id: uuid.UUID
    subscription_id: uuid.UUID
    delivery_id: uuid.UUID
    number: int
    http_status: int | None
    duration_ms: int
    response: str | None
    error: Any


class WebhookEndpoints(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    connection_id: uuid.UUID
    token_hint: str
    description: str
    enabled: bool
    record_only: bool
    max_body_bytes: int
    tolerance_seconds: int
    rate_per_second: Decimal | None
    rate_burst: int | None
    allowed_networks: list[str]
    ignored_event_types: list[str]
    body_retention_days: int | None
    bodies_erased_until: datetime.datetime | None
    received_count: int
    refused_count: int
    last_received_at: datetime.datetime | None
    last_refused_at: datetime.datetime | None
    last_refusal: str | None
    created_at: datetime.datetime


class WebhookEvents(Row):
    id: uuid.UUID
    received_at: datetime.datetime
    organization_id: uuid.UUID
    connection_id: uuid.UUID
    endpoint_id: uuid.UUID
    provider_key: str
    verified: bool
    status: WebhookEventStatus
    provider_event_id: str | None
    event_type: str | None
    headers: Any
    query: str
    source_address: str | None
    body: Bytea
    body_bytes: int
    body_sha256: Bytea | None
    body_erased_at: datetime.datetime | None
    canonical_types: list[str]
    attempts: int
    error: Any
    processed_at: datetime.datetime | None
    trace_id: str | None


class WebhookRequests(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    connection_id: uuid.UUID
    endpoint_id: uuid.UUID
    received_at: datetime.datetime
    reason: str
    http_status: int
    verified: bool | None
    method: str
    source_address: str | None
    headers: Any
    body_bytes: int | None
    provider_event_id: str | None


class WebhookSubscriptions(Row):
    id: uuid.UUID
    organization_id: uuid.UUID
    name: str
    url: str
    event_types: list[str]
    connection_id: uuid.UUID | None
    environment: Environment | None
    conditions: list[str]
    template: Any
    ordered: bool
    rate_per_minute: int | None
    enabled: bool
    disabled_reason: str | None
    fault: Any
    secret_set_at: datetime.datetime | None
    former_secret_until: datetime.datetime | None
    failures: int
    failing_since: datetime.datetime | None
    paused_until: datetime.datetime | None
    created_at: datetime.datetime
    updated_at: datetime.datetime
