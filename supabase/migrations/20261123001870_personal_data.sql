-- What is kept of people, where it lies, how long it stays and what erasing makes of it: the catalogue that export, erasure,
-- retention and docs/compliance.md are led by. A test compares it with the schema.

create table private.data_classes (
    class text primary key check (class ~ '^[a-z]+$'),
    title text not null,
    keep_days integer check (keep_days > 0),
    floor_days integer not null default 0 check (floor_days >= 0),
    basis text not null
);
comment on table private.data_classes is 'How long data of a kind is kept. An organization may choose another time, not below the floor.';
comment on column private.data_classes.keep_days is 'Unless the organization says otherwise; null: until it does.';
comment on column private.data_classes.floor_days is 'What a law wants it kept for at least; until then it is not erased either.';
comment on column private.data_classes.basis is 'Where the times come from.';
alter table private.data_classes enable row level security;
insert into private.data_classes (class, title, keep_days, floor_days, basis) values
    ('contacts', 'People who left their address, and what they agreed to', null, 0,
     'Federal Decree-Law 45/2021, Art. 5: no longer than the purpose needs. How long that is, the organization says.'),
    ('financial', 'Payments, refunds and what belongs to them', null, 2922,
     'Federal Decree-Law 47/2022, Art. 56: seven years after the end of the tax period, which may last a year itself; '
     'Cabinet Decision 74/2023, Art. 3: five years.'),
    ('shipping', 'Shipments, addresses and papers', null, 0,
     'Of use until delivery and claims are over. Papers that support an entry in the books are kept as the books are.'),
    ('activity', 'What was asked of the hub and of automations', 400, 0, 'Long enough for questions about a year.'),
    ('events', 'Events, and what was sent to subscriptions', 90, 0, 'As long as they can be replayed.'),
    ('traffic', 'Webhooks and calls, as they were on the wire', 90, 0, 'As long as they can be replayed and looked into.'),
    ('public', 'What people wrote under posts', null, 0, 'Public at the network, where it is also deleted.'),
    ('staff', 'People who work with the hub', null, 0, 'As long as they do.'),
    ('audit', 'Who changed what', null, 365, 'PCI DSS 4.0.1, 10.5.1: twelve months.'),
    ('requests', 'What people asked about their data, and the certificates', null, 365, 'Shows that it was done.');

create table private.personal_tables (
    name text primary key,
    class text not null references private.data_classes (class),
    subject_column text,
    record_types text[] not null default '{}',
    age text,
    not_before text,
    erase text not null check (erase in ('columns', 'delete', 'lead', 'stays')),
    on_expiry text not null default 'erase' check (on_expiry in ('erase', 'delete', 'nothing')),
    only_when text,
    sealed boolean not null default false,
    note text not null default ''
);
comment on table private.personal_tables is 'Tables with personal data: how somebody''s rows are found, and what becomes of them.';
comment on column private.personal_tables.subject_column is 'Which refers to a record that was found to be about somebody; null: none does.';
comment on column private.personal_tables.record_types is 'Of private.subject_records.';
comment on column private.personal_tables.age is 'From when on its time counts; null: its rows go with others, or as partitions.';
comment on column private.personal_tables.erase is
'columns: they become what personal_data says; delete: the row goes; lead: with all that delete_lead does; stays: see note.';
comment on column private.personal_tables.on_expiry is 'What becomes of a row whose time is over, where it has an age: as erasing does, or it goes.';
comment on column private.personal_tables.not_before is
'A column that is never later than age and by which an organization''s rows are found; null: age is such a one itself.';
comment on column private.personal_tables.sealed is 'Whether its records have values in private.personal_values, by their id.';
comment on column private.personal_tables.only_when is 'A condition on t without which a row is still needed as it is.';
alter table private.personal_tables enable row level security;
create index personal_tables_by_class on private.personal_tables (class);

create table private.personal_data (
    table_name text not null references private.personal_tables (name),
    column_name text not null,
    kind text not null check (kind in ('name', 'contact', 'address', 'online', 'content', 'reference')),
    erased_as text,
    note text not null default '',
    primary key (table_name, column_name)
);
comment on table private.personal_data is 'Columns with personal data, in every table of the hub.';
comment on column private.personal_data.kind is
'contact: e-mail or phone; online: address on the net, browser, identifiers of visitors; content: whatever somebody wrote.';
comment on column private.personal_data.erased_as is 'What erasing puts there, as SQL about t; null: it stays, for the reason in note.';
alter table private.personal_data enable row level security;

insert into private.personal_tables (name, class, subject_column, record_types, age, erase, only_when, note) values
    ('public.leads', 'contacts', 'id', '{lead}', 'updated_at', 'lead', $$t.status <> 'deleted'$$, ''),
    ('public.lead_consents', 'contacts', 'lead_id', '{lead}', null, 'stays', null,
     'That they agreed or withdrew is proof; what it was proved by is sealed in private.consent_evidence.'),
    ('private.personal_values', 'contacts', null, '{}', null, 'stays', null,
     'Sealed by the key of the record it is about, of whatever class; goes with that key when the record is erased.'),
    ('private.lead_addresses', 'contacts', null, '{}', null, 'stays', null, 'Keyed hashes, by which leads are found; gone with erasing.'),
    ('private.consent_evidence', 'contacts', 'lead_id', '{lead}', null, 'stays', null,
     'Sealed by the subject''s key; goes with that, when the lead is erased and no tool has to be told any more.'),
    ('public.lead_links', 'contacts', 'lead_id', '{lead}', null, 'stays', null, 'Gone or without content once the tool has forgotten them.'),
    ('private.addresses_to_forget', 'contacts', 'lead_id', '{lead}', null, 'stays', null,
     'Sealed by the subject''s key; gone once every tool has forgotten them.'),
    ('public.marketing_deals', 'contacts', 'id', '{deal}', null, 'columns', null, 'A copy of the tool''s.'),
    ('public.payments', 'financial', 'id', '{payment}', 'created_at', 'columns',
     $$t.status in ('captured', 'partially_refunded', 'refunded', 'cancelled', 'failed', 'expired')$$, ''),
    ('public.payment_links', 'financial', 'id', '{payment_link}', 'created_at', 'columns', null, ''),
    ('public.payment_methods', 'financial', null, '{}', null, 'stays', null,
     'Brand and last four digits under the client''s own reference; delete_payment_method forgets one, at the gateway too.'),
    ('public.shipments', 'shipping', 'id', '{shipment}', 'created_at', 'columns',
     $$t.status in ('delivered', 'returned', 'cancelled', 'failed')$$, ''),
    ('public.shipment_events', 'shipping', 'shipment_id', '{shipment}', null, 'columns', null, ''),
    ('public.shipment_documents', 'shipping', 'shipment_id', '{shipment}', 'created_at', 'stays', null,
     'Labels bear name and address: a step of its own empties the files.'),
    ('private.document_contents', 'shipping', null, '{}', null, 'stays', null, 'Until the file is in the object store.'),
    ('public.shipment_quotes', 'shipping', 'id', '{quote}', 'created_at', 'columns', null, ''),
    ('public.operations', 'activity', 'subject_id', '{lead,payment,shipment,payment_link,quote}', 'finished_at', 'columns',
     $$t.finished_at is not null$$, ''),
    ('public.automation_steps', 'activity', 'run_id', '{run}', 'finished_at', 'columns', $$t.finished_at is not null$$, ''),
    ('public.events', 'events', 'subject_id', '{lead,payment,shipment,deal}', 'created_at', 'columns', null, ''),
    ('public.webhook_deliveries', 'events', 'event_id', '{event}', 'created_at', 'columns',
     $$t.status in ('delivered', 'dead')$$, 'What the subscriber has been sent is the subscriber''s.'),
    ('public.webhook_delivery_attempts', 'events', null, '{}', null, 'stays', null,
     'What subscribers'' servers answered; it goes with its partition.'),
    ('public.webhook_requests', 'traffic', null, '{}', null, 'stays', null,
     'Calls that were turned away, few of each endpoint and for a month.'),
    ('public.webhook_events', 'traffic', null, '{}', 'received_at', 'stays', null,
     'The provider''s own bytes, in which nobody can be looked for: they go with their partition.'),
    ('public.integration_logs', 'traffic', null, '{}', 'occurred_at', 'stays', null,
     'E-mails and phones are masked before it is written; names and streets are not. It goes with its partition.'),
    ('public.social_comments', 'public', null, '{}', 'commented_at', 'stays', null,
     'Found by no e-mail or phone; delete_comment deletes one, at the network too.'),
    ('public.connection_grants', 'staff', null, '{}', null, 'stays', null, 'Who agreed at the provider; gone with the connection.'),
    ('public.social_media_accounts', 'staff', null, '{}', null, 'stays', null, 'The organization''s own pages and profiles.'),
    ('public.alert_channels', 'staff', null, '{}', null, 'stays', null, 'Where the organization has its own people told.'),
    ('public.shipping_locations', 'staff', null, '{}', null, 'stays', null, 'The organization''s own addresses, with whom to ask for.'),
    ('public.pickups', 'staff', null, '{}', null, 'stays', null, 'Likewise.'),
    ('public.privacy_settings', 'staff', null, '{}', null, 'stays', null, 'Who answers for data protection.'),
    ('public.audit_log', 'audit', null, '{}', 'occurred_at', 'stays', null,
     'People who changed something, by their id and address; of anybody else no value is written.'),
    ('public.data_subject_requests', 'requests', null, '{}', 'finished_at', 'stays', null,
     'Without the address: that is sealed by the request''s own key, which goes with the erasure.'),
    ('private.subject_identities', 'requests', null, '{}', null, 'stays', null, 'Sealed; see data_subject_requests.'),
    ('private.erased_subjects', 'requests', null, '{}', null, 'stays', null, 'Only a keyed hash, to erase anew what a backup brings back.');

insert into private.personal_data (table_name, column_name, kind, erased_as, note) values
    ('public.leads', 'language', 'content', 'null', ''), ('public.leads', 'country', 'address', 'null', ''),
    ('public.leads', 'attribution', 'online', $$'{}'$$, ''), ('public.leads', 'tags', 'content', $$'{}'$$, ''),
    ('private.lead_addresses', 'email_index', 'reference', null, 'Keyed hash.'),
    ('private.lead_addresses', 'phone_index', 'reference', null, 'Likewise.'),
    ('public.lead_consents', 'evidence', 'online', null, 'Which form it was; the rest is sealed.'),
    ('private.personal_values', 'sealed', 'contact', null, ''),
    ('private.personal_values', 'address_indexes', 'reference', null, 'Keyed hashes.'),
    ('private.consent_evidence', 'sealed', 'online', null, ''),
    ('public.lead_links', 'provider_contact_id', 'reference', null, 'The tool''s own id, by which it forgets them.'),
    ('public.lead_links', 'pushed_hash', 'reference', null, 'Keyed hashes, emptied by delete_lead.'),
    ('public.lead_links', 'pushed_tags', 'content', null, 'Emptied by delete_lead.'),
    ('private.addresses_to_forget', 'sealed', 'contact', null, ''),
    ('public.marketing_deals', 'name', 'content', $$'[erased]'$$, ''),
    ('public.marketing_deals', 'contact_ids', 'reference', $$'{}'$$, ''),
    ('public.payments', 'description', 'content', 'null', ''), ('public.payments', 'metadata', 'content', $$'{}'$$, ''),
    ('public.payments', 'next_action', 'content', 'null', ''), ('public.payments', 'provider_data', 'content', $$'{}'$$, ''),
    ('public.payments', 'checkout_url', 'online', 'null', ''),
    ('public.payments', 'return_url', 'online', 'null', ''), ('public.payments', 'cancel_url', 'online', 'null', ''),
    ('public.payments', 'reference', 'reference', null, 'The organization''s own number of the sale.'),
    ('public.payments', 'items', 'content', null, 'What was sold, for the books.'),
    ('public.payment_links', 'input', 'content', $$t.input - 'metadata'$$, ''),
    ('public.payment_links', 'description', 'content', 'null', ''),
    ('public.payment_methods', 'customer_reference', 'reference', null, 'The organization''s own number of the customer.'),
    ('public.shipments', 'origin', 'address', null, 'City and country, for figures.'),
    ('public.shipments', 'destination', 'address', null, 'City and country, for figures.'),
    ('public.shipments', 'description', 'content', $$'[erased]'$$, ''), ('public.shipments', 'metadata', 'content', $$'{}'$$, ''),
    ('public.shipments', 'provider_data', 'content', $$'{}'$$, ''),
    ('public.shipments', 'customs', 'content', null, 'What was declared, for the customs authority.'),
    ('public.shipments', 'reference', 'reference', null, 'The organization''s own number of the parcel.'),
    ('public.shipments', 'tracking_number', 'reference', null, 'The carrier''s own number.'),
    ('public.shipment_events', 'description', 'content', 'null', 'Carriers write there who signed.'),
    ('public.shipment_documents', 'path', 'reference', null, 'Names no person; the file is emptied.'),
    ('private.document_contents', 'content', 'content', null, 'Deleted with the document.'),
    ('public.shipment_quotes', 'request', 'content', $$t.request || '{"description": "[erased]"}'$$, ''),
    ('public.operations', 'input', 'content', $$'{}'$$, ''), ('public.operations', 'result', 'content', 'null', ''),
    ('public.automation_steps', 'input', 'content', $$'{}'$$, ''), ('public.automation_steps', 'result', 'content', 'null', ''),
    ('public.events', 'data', 'content', $$private.without_personal_data(t.data)$$, ''),
    ('public.webhook_deliveries', 'payload', 'content', $$json_build_object('type', t.event_type, 'erased', true)$$, ''),
    ('public.webhook_events', 'body', 'content', null, ''), ('public.webhook_events', 'headers', 'online', null, ''),
    ('public.webhook_events', 'query', 'content', null, ''),
    ('public.webhook_events', 'source_address', 'online', null, 'The provider''s.'),
    ('public.webhook_requests', 'headers', 'online', null, ''), ('public.webhook_requests', 'source_address', 'online', null, ''),
    ('public.webhook_delivery_attempts', 'response', 'content', null, ''),
    ('public.integration_logs', 'request_body', 'content', null, ''), ('public.integration_logs', 'response_body', 'content', null, ''),
    ('public.integration_logs', 'request_headers', 'online', null, ''),
    ('public.integration_logs', 'response_headers', 'online', null, ''), ('public.integration_logs', 'url', 'content', null, ''),
    ('public.social_comments', 'author_name', 'name', null, ''), ('public.social_comments', 'author_id', 'reference', null, ''),
    ('public.social_comments', 'text', 'content', null, ''),
    ('public.connection_grants', 'subject_name', 'name', null, ''), ('public.connection_grants', 'subject_id', 'reference', null, ''),
    ('public.social_media_accounts', 'name', 'name', null, ''), ('public.social_media_accounts', 'handle', 'name', null, ''),
    ('public.social_media_accounts', 'picture_url', 'online', null, ''),
    ('public.alert_channels', 'target', 'contact', null, ''),
    ('public.shipping_locations', 'address', 'address', null, ''),
    ('public.pickups', 'place', 'address', null, ''), ('public.pickups', 'location', 'address', null, ''),
    ('public.pickups', 'instructions', 'content', null, ''),
    ('public.privacy_settings', 'dpo_name', 'name', null, ''), ('public.privacy_settings', 'dpo_email', 'contact', null, ''),
    ('public.privacy_settings', 'dpo_phone', 'contact', null, ''),
    ('public.audit_log', 'actor_id', 'reference', null, ''), ('public.audit_log', 'remote_address', 'online', null, ''),
    ('public.audit_log', 'user_agent', 'online', null, ''), ('public.audit_log', 'before', 'content', null, 'Masked.'),
    ('public.audit_log', 'after', 'content', null, 'Masked.'), ('public.audit_log', 'detail', 'content', null, 'Ids and figures.'),
    ('public.data_subject_requests', 'subject_indexes', 'reference', null, 'Keyed hashes.'),
    ('public.data_subject_requests', 'note', 'content', null, ''), ('public.data_subject_requests', 'reason', 'content', null, ''),
    ('public.data_subject_requests', 'identity_check', 'content', null, ''),
    ('private.subject_identities', 'sealed', 'contact', null, ''),
    ('private.erased_subjects', 'subject_index', 'reference', null, '');

update private.personal_tables set on_expiry = 'delete' where name in ('public.operations', 'public.events',
    'public.webhook_deliveries', 'public.webhook_events', 'public.integration_logs', 'public.social_comments',
    'public.data_subject_requests');
-- Each with a record's own key; see private.personal_values.
update private.personal_tables set sealed = true where name in
    ('public.leads', 'public.payments', 'public.payment_links', 'public.shipments', 'public.shipment_quotes');
update private.personal_tables set on_expiry = 'nothing' where name in ('public.shipment_documents', 'public.audit_log');

update private.personal_tables set not_before = 'created_at' where name in ('public.leads', 'public.operations');
update private.personal_tables set not_before = 'received_at' where name = 'public.data_subject_requests';

-- Of what an event says: its subject, and figures.
create function private.without_personal_data(data jsonb) returns jsonb
language sql immutable set search_path = ''
as $$
    select coalesce(jsonb_object_agg(e.key, e.value), '{}') || '{"erased": true}' from jsonb_each(data) e
    where e.key ~ '(^|_)(id|ids|amount|currency|status|provider|carrier|method|country|at)$' and e.key not in ('client_id', 'user_id', 'session_id')
$$;
