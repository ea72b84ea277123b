export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]

export type Database = {
  
  "public": {
          Tables: {
            "alert_channels": {
                  Row: {
                    "connection_id": string | null,"created_at": string,"enabled": boolean,"failing_since": string | null,"id": string,"kind": string,"kinds": (string)[],"language": string | null,"last_error": Json | null,"last_sent_at": string | null,"minimum_severity": Database["public"]['Enums']["alert_severity"],"name": string,"only_escalations": boolean,"organization_id": string,"ready": boolean,"repeat_minutes": number | null,"target": string | null,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "connection_id"?: string | null,"created_at"?: string,"enabled"?: boolean,"failing_since"?: string | null,"id"?: string,"kind": string,"kinds"?: (string)[],"language"?: string | null,"last_error"?: Json | null,"last_sent_at"?: string | null,"minimum_severity"?: Database["public"]['Enums']["alert_severity"],"name": string,"only_escalations"?: boolean,"organization_id": string,"ready"?: boolean,"repeat_minutes"?: number | null,"target"?: string | null,"updated_at"?: string
                  }
                  Update: {
                    "connection_id"?: string | null,"created_at"?: string,"enabled"?: boolean,"failing_since"?: string | null,"id"?: string,"kind"?: string,"kinds"?: (string)[],"language"?: string | null,"last_error"?: Json | null,"last_sent_at"?: string | null,"minimum_severity"?: Database["public"]['Enums']["alert_severity"],"name"?: string,"only_escalations"?: boolean,"organization_id"?: string,"ready"?: boolean,"repeat_minutes"?: number | null,"target"?: string | null,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "alert_channels_organization_id_connection_id_fkey"
      columns: ["organization_id","connection_id"]
isOneToOne: false
      referencedRelation: "integration_connections"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "alert_channels_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"alert_escalations": {
                  Row: {
                    "after_minutes": number,"channel_id": string,"created_at": string,"id": string,"minimum_severity": Database["public"]['Enums']["alert_severity"],"organization_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "after_minutes": number,"channel_id": string,"created_at"?: string,"id"?: string,"minimum_severity"?: Database["public"]['Enums']["alert_severity"],"organization_id": string
                  }
                  Update: {
                    "after_minutes"?: number,"channel_id"?: string,"created_at"?: string,"id"?: string,"minimum_severity"?: Database["public"]['Enums']["alert_severity"],"organization_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "alert_escalations_organization_id_channel_id_fkey"
      columns: ["organization_id","channel_id"]
isOneToOne: false
      referencedRelation: "alert_channels"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "alert_escalations_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"alert_events": {
                  Row: {
                    "actor": string,"alert_id": string,"detail": NonNullable<Json>,"id": string,"occurred_at": string,"organization_id": string,"type": string
                  }
                  ComputedFields: never
                  Insert: {
                    "actor": string,"alert_id": string,"detail"?: NonNullable<Json>,"id"?: string,"occurred_at"?: string,"organization_id": string,"type": string
                  }
                  Update: {
                    "actor"?: string,"alert_id"?: string,"detail"?: NonNullable<Json>,"id"?: string,"occurred_at"?: string,"organization_id"?: string,"type"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "alert_events_alert_id_fkey"
      columns: ["alert_id"]
isOneToOne: false
      referencedRelation: "alerts"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "alert_events_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"alert_notifications": {
                  Row: {
                    "alert_id": string,"attempts": number,"channel_id": string,"created_at": string,"id": string,"last_error": Json | null,"message_id": string | null,"next_attempt_at": string,"organization_id": string,"sent_at": string | null,"severity": Database["public"]['Enums']["alert_severity"],"status": string,"transition": string
                  }
                  ComputedFields: never
                  Insert: {
                    "alert_id": string,"attempts"?: number,"channel_id": string,"created_at"?: string,"id"?: string,"last_error"?: Json | null,"message_id"?: string | null,"next_attempt_at"?: string,"organization_id": string,"sent_at"?: string | null,"severity": Database["public"]['Enums']["alert_severity"],"status"?: string,"transition": string
                  }
                  Update: {
                    "alert_id"?: string,"attempts"?: number,"channel_id"?: string,"created_at"?: string,"id"?: string,"last_error"?: Json | null,"message_id"?: string | null,"next_attempt_at"?: string,"organization_id"?: string,"sent_at"?: string | null,"severity"?: Database["public"]['Enums']["alert_severity"],"status"?: string,"transition"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "alert_notifications_alert_id_fkey"
      columns: ["alert_id"]
isOneToOne: false
      referencedRelation: "alerts"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "alert_notifications_organization_id_channel_id_fkey"
      columns: ["organization_id","channel_id"]
isOneToOne: false
      referencedRelation: "alert_channels"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"alert_reads": {
                  Row: {
                    "notification_id": string,"organization_id": string,"read_at": string,"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "notification_id": string,"organization_id": string,"read_at"?: string,"user_id": string
                  }
                  Update: {
                    "notification_id"?: string,"organization_id"?: string,"read_at"?: string,"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "alert_reads_organization_id_notification_id_fkey"
      columns: ["organization_id","notification_id"]
isOneToOne: false
      referencedRelation: "alert_notifications"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"alert_rules": {
                  Row: {
                    "connection_id": string | null,"created_at": string,"enabled": boolean,"environment": Database["public"]['Enums']["environment"] | null,"for_seconds": number,"id": string,"metric": string,"minimum_calls": number | null,"name": string,"organization_id": string,"percentile": number | null,"provider_key": string | null,"recover_at": number,"severity": Database["public"]['Enums']["alert_severity"],"threshold": number,"updated_at": string,"window_minutes": number | null
                  }
                  ComputedFields: never
                  Insert: {
                    "connection_id"?: string | null,"created_at"?: string,"enabled"?: boolean,"environment"?: Database["public"]['Enums']["environment"] | null,"for_seconds": number,"id"?: string,"metric": string,"minimum_calls"?: number | null,"name": string,"organization_id": string,"percentile"?: number | null,"provider_key"?: string | null,"recover_at": number,"severity": Database["public"]['Enums']["alert_severity"],"threshold": number,"updated_at"?: string,"window_minutes"?: number | null
                  }
                  Update: {
                    "connection_id"?: string | null,"created_at"?: string,"enabled"?: boolean,"environment"?: Database["public"]['Enums']["environment"] | null,"for_seconds"?: number,"id"?: string,"metric"?: string,"minimum_calls"?: number | null,"name"?: string,"organization_id"?: string,"percentile"?: number | null,"provider_key"?: string | null,"recover_at"?: number,"severity"?: Database["public"]['Enums']["alert_severity"],"threshold"?: number,"updated_at"?: string,"window_minutes"?: number | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "alert_rules_organization_id_connection_id_fkey"
      columns: ["organization_id","connection_id"]
isOneToOne: false
      referencedRelation: "integration_connections"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "alert_rules_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "alert_rules_provider_key_fkey"
      columns: ["provider_key"]
isOneToOne: false
      referencedRelation: "integration_providers"
      referencedColumns: ["key"]
    }
                  ]
                },"alerts": {
                  Row: {
                    "acknowledged_at": string | null,"acknowledged_by": string | null,"cause_id": string | null,"connection_id": string | null,"detail": NonNullable<Json>,"first_seen_at": string,"group_key": string,"id": string,"kind": string,"last_seen_at": string,"muted_by": string | null,"next_look_at": string | null,"occurrences": number,"organization_id": string,"resolved_at": string | null,"rule_id": string | null,"severity": Database["public"]['Enums']["alert_severity"],"snoozed_until": string | null,"status": Database["public"]['Enums']["alert_status"],"title": string,"told_at": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "acknowledged_at"?: string | null,"acknowledged_by"?: string | null,"cause_id"?: string | null,"connection_id"?: string | null,"detail"?: NonNullable<Json>,"first_seen_at"?: string,"group_key": string,"id"?: string,"kind": string,"last_seen_at"?: string,"muted_by"?: string | null,"next_look_at"?: string | null,"occurrences"?: number,"organization_id": string,"resolved_at"?: string | null,"rule_id"?: string | null,"severity": Database["public"]['Enums']["alert_severity"],"snoozed_until"?: string | null,"status"?: Database["public"]['Enums']["alert_status"],"title": string,"told_at"?: string | null
                  }
                  Update: {
                    "acknowledged_at"?: string | null,"acknowledged_by"?: string | null,"cause_id"?: string | null,"connection_id"?: string | null,"detail"?: NonNullable<Json>,"first_seen_at"?: string,"group_key"?: string,"id"?: string,"kind"?: string,"last_seen_at"?: string,"muted_by"?: string | null,"next_look_at"?: string | null,"occurrences"?: number,"organization_id"?: string,"resolved_at"?: string | null,"rule_id"?: string | null,"severity"?: Database["public"]['Enums']["alert_severity"],"snoozed_until"?: string | null,"status"?: Database["public"]['Enums']["alert_status"],"title"?: string,"told_at"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "alerts_cause_id_fkey"
      columns: ["cause_id"]
isOneToOne: false
      referencedRelation: "alerts"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "alerts_organization_id_connection_id_fkey"
      columns: ["organization_id","connection_id"]
isOneToOne: false
      referencedRelation: "integration_connections"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "alerts_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "alerts_rule_id_fkey"
      columns: ["rule_id"]
isOneToOne: false
      referencedRelation: "alert_rules"
      referencedColumns: ["id"]
    }
                  ]
                },"api_credentials": {
                  Row: {
                    "connection_id": string,"created_at": string,"created_by": string | null,"fingerprint": string,"hint": string | null,"id": string,"key_id": string,"last_used_at": string | null,"name": string,"organization_id": string,"updated_at": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "connection_id": string,"created_at"?: string,"created_by"?: string | null,"fingerprint": string,"hint"?: string | null,"id"?: string,"key_id": string,"last_used_at"?: string | null,"name": string,"organization_id": string,"updated_at"?: string,"version"?: number
                  }
                  Update: {
                    "connection_id"?: string,"created_at"?: string,"created_by"?: string | null,"fingerprint"?: string,"hint"?: string | null,"id"?: string,"key_id"?: string,"last_used_at"?: string | null,"name"?: string,"organization_id"?: string,"updated_at"?: string,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "api_credentials_key_id_fkey"
      columns: ["key_id"]
isOneToOne: false
      referencedRelation: "encryption_keys"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "api_credentials_organization_id_connection_id_fkey"
      columns: ["organization_id","connection_id"]
isOneToOne: false
      referencedRelation: "integration_connections"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"api_key_usage": {
                  Row: {
                    "api_key_id": string,"day": string,"organization_id": string,"requests": number
                  }
                  ComputedFields: never
                  Insert: {
                    "api_key_id": string,"day": string,"organization_id": string,"requests"?: number
                  }
                  Update: {
                    "api_key_id"?: string,"day"?: string,"organization_id"?: string,"requests"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "api_key_usage_api_key_id_fkey"
      columns: ["api_key_id"]
isOneToOne: false
      referencedRelation: "api_keys"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "api_key_usage_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"api_keys": {
                  Row: {
                    "created_at": string,"created_by": string | null,"environment": Database["public"]['Enums']["environment"] | null,"expires_at": string | null,"hint": string,"id": string,"key_hash": string,"last_used_at": string | null,"name": string,"organization_id": string,"replaced_by": string | null,"requests_per_minute": number,"revoked_at": string | null,"role": Database["public"]['Enums']["organization_role"],"scopes": (string)[]
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"created_by"?: string | null,"environment"?: Database["public"]['Enums']["environment"] | null,"expires_at"?: string | null,"hint": string,"id"?: string,"key_hash": string,"last_used_at"?: string | null,"name": string,"organization_id": string,"replaced_by"?: string | null,"requests_per_minute"?: number,"revoked_at"?: string | null,"role"?: Database["public"]['Enums']["organization_role"],"scopes": (string)[]
                  }
                  Update: {
                    "created_at"?: string,"created_by"?: string | null,"environment"?: Database["public"]['Enums']["environment"] | null,"expires_at"?: string | null,"hint"?: string,"id"?: string,"key_hash"?: string,"last_used_at"?: string | null,"name"?: string,"organization_id"?: string,"replaced_by"?: string | null,"requests_per_minute"?: number,"revoked_at"?: string | null,"role"?: Database["public"]['Enums']["organization_role"],"scopes"?: (string)[]
                  }
                  Relationships: [
                    {
      foreignKeyName: "api_keys_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "api_keys_replaced_by_fkey"
      columns: ["replaced_by"]
isOneToOne: false
      referencedRelation: "api_keys"
      referencedColumns: ["id"]
    }
                  ]
                },"audit_log": {
                  Row: {
                    "action": string,"actor_id": string | null,"actor_type": string,"after": Json | null,"before": Json | null,"detail": NonNullable<Json>,"hash": string,"id": string,"occurred_at": string,"organization_id": string,"previous_hash": string | null,"remote_address": string | null,"sequence": number,"target_id": string,"target_type": string,"user_agent": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "action": string,"actor_id"?: string | null,"actor_type": string,"after"?: Json | null,"before"?: Json | null,"detail"?: NonNullable<Json>,"hash": string,"id"?: string,"occurred_at"?: string,"organization_id": string,"previous_hash"?: string | null,"remote_address"?: string | null,"sequence": number,"target_id": string,"target_type": string,"user_agent"?: string | null
                  }
                  Update: {
                    "action"?: string,"actor_id"?: string | null,"actor_type"?: string,"after"?: Json | null,"before"?: Json | null,"detail"?: NonNullable<Json>,"hash"?: string,"id"?: string,"occurred_at"?: string,"organization_id"?: string,"previous_hash"?: string | null,"remote_address"?: string | null,"sequence"?: number,"target_id"?: string,"target_type"?: string,"user_agent"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "audit_log_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"automation_runs": {
                  Row: {
                    "automation_id": string,"event_created_at": string,"event_id": string,"event_type": string,"finished_at": string | null,"id": string,"organization_id": string,"reason": string | null,"started_at": string,"status": Database["public"]['Enums']["automation_run_status"],"subject_id": string | null,"subject_type": string | null,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "automation_id": string,"event_created_at": string,"event_id": string,"event_type": string,"finished_at"?: string | null,"id"?: string,"organization_id": string,"reason"?: string | null,"started_at"?: string,"status"?: Database["public"]['Enums']["automation_run_status"],"subject_id"?: string | null,"subject_type"?: string | null,"version": number
                  }
                  Update: {
                    "automation_id"?: string,"event_created_at"?: string,"event_id"?: string,"event_type"?: string,"finished_at"?: string | null,"id"?: string,"organization_id"?: string,"reason"?: string | null,"started_at"?: string,"status"?: Database["public"]['Enums']["automation_run_status"],"subject_id"?: string | null,"subject_type"?: string | null,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "automation_runs_organization_id_automation_id_fkey"
      columns: ["organization_id","automation_id"]
isOneToOne: false
      referencedRelation: "automations"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"automation_steps": {
                  Row: {
                    "attempts": number,"connection_id": string | null,"due_at": string,"error": Json | null,"finished_at": string | null,"id": string,"input": NonNullable<Json>,"kind": string,"organization_id": string,"position": number,"result": Json | null,"run_id": string,"status": Database["public"]['Enums']["automation_step_status"]
                  }
                  ComputedFields: never
                  Insert: {
                    "attempts"?: number,"connection_id"?: string | null,"due_at": string,"error"?: Json | null,"finished_at"?: string | null,"id"?: string,"input"?: NonNullable<Json>,"kind": string,"organization_id": string,"position": number,"result"?: Json | null,"run_id": string,"status"?: Database["public"]['Enums']["automation_step_status"]
                  }
                  Update: {
                    "attempts"?: number,"connection_id"?: string | null,"due_at"?: string,"error"?: Json | null,"finished_at"?: string | null,"id"?: string,"input"?: NonNullable<Json>,"kind"?: string,"organization_id"?: string,"position"?: number,"result"?: Json | null,"run_id"?: string,"status"?: Database["public"]['Enums']["automation_step_status"]
                  }
                  Relationships: [
                    {
      foreignKeyName: "automation_steps_organization_id_connection_id_fkey"
      columns: ["organization_id","connection_id"]
isOneToOne: false
      referencedRelation: "integration_connections"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "automation_steps_organization_id_run_id_fkey"
      columns: ["organization_id","run_id"]
isOneToOne: false
      referencedRelation: "automation_runs"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"automation_versions": {
                  Row: {
                    "automation_id": string,"created_at": string,"created_by": string,"definition": NonNullable<Json>,"organization_id": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "automation_id": string,"created_at"?: string,"created_by": string,"definition": NonNullable<Json>,"organization_id": string,"version": number
                  }
                  Update: {
                    "automation_id"?: string,"created_at"?: string,"created_by"?: string,"definition"?: NonNullable<Json>,"organization_id"?: string,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "automation_versions_organization_id_automation_id_fkey"
      columns: ["organization_id","automation_id"]
isOneToOne: false
      referencedRelation: "automations"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"automations": {
                  Row: {
                    "created_at": string,"created_by": string,"definition": NonNullable<Json>,"deleted_at": string | null,"description": string | null,"enabled": boolean,"environment": Database["public"]['Enums']["environment"] | null,"events": (string)[],"id": string,"name": string,"organization_id": string,"updated_at": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"created_by": string,"definition": NonNullable<Json>,"deleted_at"?: string | null,"description"?: string | null,"enabled"?: boolean,"environment"?: Database["public"]['Enums']["environment"] | null,"events": (string)[],"id"?: string,"name": string,"organization_id": string,"updated_at"?: string,"version"?: number
                  }
                  Update: {
                    "created_at"?: string,"created_by"?: string,"definition"?: NonNullable<Json>,"deleted_at"?: string | null,"description"?: string | null,"enabled"?: boolean,"environment"?: Database["public"]['Enums']["environment"] | null,"events"?: (string)[],"id"?: string,"name"?: string,"organization_id"?: string,"updated_at"?: string,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "automations_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"connection_grants": {
                  Row: {
                    "access_expires_at": string | null,"connection_id": string,"granted_at": string | null,"inspected_at": string | null,"last_error": Json | null,"organization_id": string,"refresh_due_at": string | null,"refresh_expires_at": string | null,"refreshable": boolean,"refreshed_at": string | null,"revoked_at": string | null,"scopes": (string)[] | null,"subject_id": string | null,"subject_name": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "access_expires_at"?: string | null,"connection_id": string,"granted_at"?: string | null,"inspected_at"?: string | null,"last_error"?: Json | null,"organization_id": string,"refresh_due_at"?: string | null,"refresh_expires_at"?: string | null,"refreshable"?: boolean,"refreshed_at"?: string | null,"revoked_at"?: string | null,"scopes"?: (string)[] | null,"subject_id"?: string | null,"subject_name"?: string | null
                  }
                  Update: {
                    "access_expires_at"?: string | null,"connection_id"?: string,"granted_at"?: string | null,"inspected_at"?: string | null,"last_error"?: Json | null,"organization_id"?: string,"refresh_due_at"?: string | null,"refresh_expires_at"?: string | null,"refreshable"?: boolean,"refreshed_at"?: string | null,"revoked_at"?: string | null,"scopes"?: (string)[] | null,"subject_id"?: string | null,"subject_name"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "connection_grants_organization_id_connection_id_fkey"
      columns: ["organization_id","connection_id"]
isOneToOne: false
      referencedRelation: "integration_connections"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"data_breaches": {
                  Row: {
                    "approximate_records": number | null,"approximate_subjects": number | null,"authority_notified_at": string | null,"authority_reference": string | null,"causes": string,"closed_at": string | null,"created_at": string,"data_categories": (string)[],"effects": string,"endangers_subjects": boolean | null,"id": string,"known_at": string,"measures": string,"nature": string,"notify_due_at": string,"occurred_at": string | null,"organization_id": string,"subjects_notified_at": string | null,"title": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "approximate_records"?: number | null,"approximate_subjects"?: number | null,"authority_notified_at"?: string | null,"authority_reference"?: string | null,"causes"?: string,"closed_at"?: string | null,"created_at"?: string,"data_categories"?: (string)[],"effects"?: string,"endangers_subjects"?: boolean | null,"id"?: string,"known_at": string,"measures"?: string,"nature"?: string,"notify_due_at": string,"occurred_at"?: string | null,"organization_id": string,"subjects_notified_at"?: string | null,"title": string,"updated_at"?: string
                  }
                  Update: {
                    "approximate_records"?: number | null,"approximate_subjects"?: number | null,"authority_notified_at"?: string | null,"authority_reference"?: string | null,"causes"?: string,"closed_at"?: string | null,"created_at"?: string,"data_categories"?: (string)[],"effects"?: string,"endangers_subjects"?: boolean | null,"id"?: string,"known_at"?: string,"measures"?: string,"nature"?: string,"notify_due_at"?: string,"occurred_at"?: string | null,"organization_id"?: string,"subjects_notified_at"?: string | null,"title"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "data_breaches_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"data_subject_requests": {
                  Row: {
                    "archive_expires_at": string | null,"archive_path": string | null,"certificate": Json | null,"certificate_sha256": string | null,"created_at": string,"created_by": string,"due_at": string,"extended_at": string | null,"finished_at": string | null,"id": string,"identity_check": string | null,"jurisdiction": string,"kind": Database["public"]['Enums']["subject_request_kind"],"lead_id": string | null,"note": string | null,"organization_id": string,"reason": string | null,"received_at": string,"status": Database["public"]['Enums']["subject_request_status"],"subject_indexes": (string)[]
                  }
                  ComputedFields: never
                  Insert: {
                    "archive_expires_at"?: string | null,"archive_path"?: string | null,"certificate"?: Json | null,"certificate_sha256"?: string | null,"created_at"?: string,"created_by": string,"due_at": string,"extended_at"?: string | null,"finished_at"?: string | null,"id"?: string,"identity_check"?: string | null,"jurisdiction": string,"kind": Database["public"]['Enums']["subject_request_kind"],"lead_id"?: string | null,"note"?: string | null,"organization_id": string,"reason"?: string | null,"received_at": string,"status"?: Database["public"]['Enums']["subject_request_status"],"subject_indexes": (string)[]
                  }
                  Update: {
                    "archive_expires_at"?: string | null,"archive_path"?: string | null,"certificate"?: Json | null,"certificate_sha256"?: string | null,"created_at"?: string,"created_by"?: string,"due_at"?: string,"extended_at"?: string | null,"finished_at"?: string | null,"id"?: string,"identity_check"?: string | null,"jurisdiction"?: string,"kind"?: Database["public"]['Enums']["subject_request_kind"],"lead_id"?: string | null,"note"?: string | null,"organization_id"?: string,"reason"?: string | null,"received_at"?: string,"status"?: Database["public"]['Enums']["subject_request_status"],"subject_indexes"?: (string)[]
                  }
                  Relationships: [
                    {
      foreignKeyName: "data_subject_requests_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"data_subject_steps": {
                  Row: {
                    "action": string,"completed_by": string | null,"connection_id": string | null,"finished_at": string | null,"id": string,"kept": number,"note": string | null,"organization_id": string,"place": string,"position": number,"request_id": string,"rows": number,"status": Database["public"]['Enums']["subject_step_status"]
                  }
                  ComputedFields: never
                  Insert: {
                    "action": string,"completed_by"?: string | null,"connection_id"?: string | null,"finished_at"?: string | null,"id"?: string,"kept"?: number,"note"?: string | null,"organization_id": string,"place": string,"position": number,"request_id": string,"rows"?: number,"status"?: Database["public"]['Enums']["subject_step_status"]
                  }
                  Update: {
                    "action"?: string,"completed_by"?: string | null,"connection_id"?: string | null,"finished_at"?: string | null,"id"?: string,"kept"?: number,"note"?: string | null,"organization_id"?: string,"place"?: string,"position"?: number,"request_id"?: string,"rows"?: number,"status"?: Database["public"]['Enums']["subject_step_status"]
                  }
                  Relationships: [
                    {
      foreignKeyName: "data_subject_steps_organization_id_request_id_fkey"
      columns: ["organization_id","request_id"]
isOneToOne: false
      referencedRelation: "data_subject_requests"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"data_transfers": {
                  Row: {
                    "agreement_url": string | null,"basis": string,"country": string,"created_at": string,"id": string,"organization_id": string,"provider_key": string,"reviewed_on": string,"source": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "agreement_url"?: string | null,"basis": string,"country": string,"created_at"?: string,"id"?: string,"organization_id": string,"provider_key": string,"reviewed_on": string,"source": string,"updated_at"?: string
                  }
                  Update: {
                    "agreement_url"?: string | null,"basis"?: string,"country"?: string,"created_at"?: string,"id"?: string,"organization_id"?: string,"provider_key"?: string,"reviewed_on"?: string,"source"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "data_transfers_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "data_transfers_provider_key_fkey"
      columns: ["provider_key"]
isOneToOne: false
      referencedRelation: "integration_providers"
      referencedColumns: ["key"]
    }
                  ]
                },"encryption_keys": {
                  Row: {
                    "algorithm": string,"created_at": string,"id": string,"organization_id": string | null,"public_key": string,"retired_at": string | null,"state": Database["public"]['Enums']["encryption_key_state"]
                  }
                  ComputedFields: never
                  Insert: {
                    "algorithm"?: string,"created_at"?: string,"id": string,"organization_id"?: string | null,"public_key": string,"retired_at"?: string | null,"state"?: Database["public"]['Enums']["encryption_key_state"]
                  }
                  Update: {
                    "algorithm"?: string,"created_at"?: string,"id"?: string,"organization_id"?: string | null,"public_key"?: string,"retired_at"?: string | null,"state"?: Database["public"]['Enums']["encryption_key_state"]
                  }
                  Relationships: [
                    {
      foreignKeyName: "encryption_keys_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"events": {
                  Row: {
                    "causes": (string)[],"created_at": string,"data": NonNullable<Json>,"environment": Database["public"]['Enums']["environment"] | null,"id": string,"occurred_at": string,"organization_id": string,"source": string,"subject_id": string | null,"subject_type": string | null,"trace_id": string | null,"type": string
                  }
                  ComputedFields: never
                  Insert: {
                    "causes"?: (string)[],"created_at"?: string,"data"?: NonNullable<Json>,"environment"?: Database["public"]['Enums']["environment"] | null,"id"?: string,"occurred_at": string,"organization_id": string,"source": string,"subject_id"?: string | null,"subject_type"?: string | null,"trace_id"?: string | null,"type": string
                  }
                  Update: {
                    "causes"?: (string)[],"created_at"?: string,"data"?: NonNullable<Json>,"environment"?: Database["public"]['Enums']["environment"] | null,"id"?: string,"occurred_at"?: string,"organization_id"?: string,"source"?: string,"subject_id"?: string | null,"subject_type"?: string | null,"trace_id"?: string | null,"type"?: string
                  }
                  Relationships: [
                    
                  ]
                },"health_changes": {
                  Row: {
                    "began_at": string,"connection_id": string,"id": number,"organization_id": string,"state": Database["public"]['Enums']["health_state"]
                  }
                  ComputedFields: never
                  Insert: {
                    "began_at": string,"connection_id": string,"id"?: never,"organization_id": string,"state": Database["public"]['Enums']["health_state"]
                  }
                  Update: {
                    "began_at"?: string,"connection_id"?: string,"id"?: never,"organization_id"?: string,"state"?: Database["public"]['Enums']["health_state"]
                  }
                  Relationships: [
                    {
      foreignKeyName: "health_changes_organization_id_connection_id_fkey"
      columns: ["organization_id","connection_id"]
isOneToOne: false
      referencedRelation: "integration_connections"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"health_incident_entries": {
                  Row: {
                    "at": string,"id": string,"incident_id": string,"kind": string,"message": string,"organization_id": string,"page_indicator": Database["public"]['Enums']["page_indicator"] | null,"state": Database["public"]['Enums']["health_state"]
                  }
                  ComputedFields: never
                  Insert: {
                    "at"?: string,"id"?: string,"incident_id": string,"kind": string,"message": string,"organization_id": string,"page_indicator"?: Database["public"]['Enums']["page_indicator"] | null,"state": Database["public"]['Enums']["health_state"]
                  }
                  Update: {
                    "at"?: string,"id"?: string,"incident_id"?: string,"kind"?: string,"message"?: string,"organization_id"?: string,"page_indicator"?: Database["public"]['Enums']["page_indicator"] | null,"state"?: Database["public"]['Enums']["health_state"]
                  }
                  Relationships: [
                    {
      foreignKeyName: "health_incident_entries_organization_id_incident_id_fkey"
      columns: ["organization_id","incident_id"]
isOneToOne: false
      referencedRelation: "health_incidents"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"health_incidents": {
                  Row: {
                    "closed_at": string | null,"connection_id": string,"id": string,"opened_at": string,"organization_id": string,"page_indicator": Database["public"]['Enums']["page_indicator"] | null,"provider_key": string,"source": string,"state": Database["public"]['Enums']["health_state"],"title": string,"worst_state": Database["public"]['Enums']["health_state"]
                  }
                  ComputedFields: never
                  Insert: {
                    "closed_at"?: string | null,"connection_id": string,"id"?: string,"opened_at"?: string,"organization_id": string,"page_indicator"?: Database["public"]['Enums']["page_indicator"] | null,"provider_key": string,"source": string,"state": Database["public"]['Enums']["health_state"],"title": string,"worst_state": Database["public"]['Enums']["health_state"]
                  }
                  Update: {
                    "closed_at"?: string | null,"connection_id"?: string,"id"?: string,"opened_at"?: string,"organization_id"?: string,"page_indicator"?: Database["public"]['Enums']["page_indicator"] | null,"provider_key"?: string,"source"?: string,"state"?: Database["public"]['Enums']["health_state"],"title"?: string,"worst_state"?: Database["public"]['Enums']["health_state"]
                  }
                  Relationships: [
                    {
      foreignKeyName: "health_incidents_organization_id_connection_id_fkey"
      columns: ["organization_id","connection_id"]
isOneToOne: false
      referencedRelation: "integration_connections"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"integration_analytics": {
                  Row: {
                    "authentication_errors": number,"bytes_received": number,"bytes_sent": number,"calls": number,"connection_id": string | null,"counted_id": string,"duration_ms_max": number,"duration_ms_sum": number,"environment": Database["public"]['Enums']["environment"],"errors": number,"failures": number,"hour": string,"latency": number,"operation": string,"organization_id": string,"provider_errors": number,"provider_key": string,"rate_limit_errors": number,"refusals": number,"retried": number,"source": Database["public"]['Enums']["traffic_source"],"throttled": number,"unanswered": number,"unknown": number
                  }
                  ComputedFields: never
                  Insert: {
                    "authentication_errors"?: number,"bytes_received"?: number,"bytes_sent"?: number,"calls"?: number,"connection_id"?: string | null,"counted_id"?: never,"duration_ms_max"?: number,"duration_ms_sum"?: number,"environment": Database["public"]['Enums']["environment"],"errors"?: number,"failures"?: number,"hour": string,"latency"?: number,"operation": string,"organization_id": string,"provider_errors"?: number,"provider_key": string,"rate_limit_errors"?: number,"refusals"?: number,"retried"?: number,"source": Database["public"]['Enums']["traffic_source"],"throttled"?: number,"unanswered"?: number,"unknown"?: number
                  }
                  Update: {
                    "authentication_errors"?: number,"bytes_received"?: number,"bytes_sent"?: number,"calls"?: number,"connection_id"?: string | null,"counted_id"?: never,"duration_ms_max"?: number,"duration_ms_sum"?: number,"environment"?: Database["public"]['Enums']["environment"],"errors"?: number,"failures"?: number,"hour"?: string,"latency"?: number,"operation"?: string,"organization_id"?: string,"provider_errors"?: number,"provider_key"?: string,"rate_limit_errors"?: number,"refusals"?: number,"retried"?: number,"source"?: Database["public"]['Enums']["traffic_source"],"throttled"?: number,"unanswered"?: number,"unknown"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "integration_analytics_organization_id_connection_id_fkey"
      columns: ["organization_id","connection_id"]
isOneToOne: false
      referencedRelation: "integration_connections"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "integration_analytics_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"integration_analytics_daily": {
                  Row: {
                    "authentication_errors": number,"bytes_received": number,"bytes_sent": number,"calls": number,"day": string,"duration_ms_max": number,"duration_ms_sum": number,"environment": Database["public"]['Enums']["environment"],"errors": number,"failures": number,"latency": number,"operation": string,"organization_id": string,"provider_errors": number,"provider_key": string,"rate_limit_errors": number,"refusals": number,"retried": number,"source": Database["public"]['Enums']["traffic_source"],"throttled": number,"unanswered": number,"unknown": number
                  }
                  ComputedFields: never
                  Insert: {
                    "authentication_errors"?: number,"bytes_received"?: number,"bytes_sent"?: number,"calls"?: number,"day": string,"duration_ms_max"?: number,"duration_ms_sum"?: number,"environment": Database["public"]['Enums']["environment"],"errors"?: number,"failures"?: number,"latency"?: number,"operation": string,"organization_id": string,"provider_errors"?: number,"provider_key": string,"rate_limit_errors"?: number,"refusals"?: number,"retried"?: number,"source": Database["public"]['Enums']["traffic_source"],"throttled"?: number,"unanswered"?: number,"unknown"?: number
                  }
                  Update: {
                    "authentication_errors"?: number,"bytes_received"?: number,"bytes_sent"?: number,"calls"?: number,"day"?: string,"duration_ms_max"?: number,"duration_ms_sum"?: number,"environment"?: Database["public"]['Enums']["environment"],"errors"?: number,"failures"?: number,"latency"?: number,"operation"?: string,"organization_id"?: string,"provider_errors"?: number,"provider_key"?: string,"rate_limit_errors"?: number,"refusals"?: number,"retried"?: number,"source"?: Database["public"]['Enums']["traffic_source"],"throttled"?: number,"unanswered"?: number,"unknown"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "integration_analytics_daily_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"integration_connections": {
                  Row: {
                    "created_at": string,"created_by": string | null,"credentials_version": number,"environment": Database["public"]['Enums']["environment"],"health_changed_at": string | null,"health_checked_at": string | null,"health_interval_seconds": number,"health_state": Database["public"]['Enums']["health_state"],"health_streak": number,"id": string,"last_error": Json | null,"name": string,"next_health_check_at": string,"organization_id": string,"provider_key": string,"settings": NonNullable<Json>,"status": Database["public"]['Enums']["connection_status"],"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"created_by"?: string | null,"credentials_version"?: number,"environment": Database["public"]['Enums']["environment"],"health_changed_at"?: string | null,"health_checked_at"?: string | null,"health_interval_seconds"?: number,"health_state"?: Database["public"]['Enums']["health_state"],"health_streak"?: number,"id"?: string,"last_error"?: Json | null,"name": string,"next_health_check_at"?: string,"organization_id": string,"provider_key": string,"settings"?: NonNullable<Json>,"status"?: Database["public"]['Enums']["connection_status"],"updated_at"?: string
                  }
                  Update: {
                    "created_at"?: string,"created_by"?: string | null,"credentials_version"?: number,"environment"?: Database["public"]['Enums']["environment"],"health_changed_at"?: string | null,"health_checked_at"?: string | null,"health_interval_seconds"?: number,"health_state"?: Database["public"]['Enums']["health_state"],"health_streak"?: number,"id"?: string,"last_error"?: Json | null,"name"?: string,"next_health_check_at"?: string,"organization_id"?: string,"provider_key"?: string,"settings"?: NonNullable<Json>,"status"?: Database["public"]['Enums']["connection_status"],"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "integration_connections_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "integration_connections_provider_key_fkey"
      columns: ["provider_key"]
isOneToOne: false
      referencedRelation: "integration_providers"
      referencedColumns: ["key"]
    }
                  ]
                },"integration_health": {
                  Row: {
                    "capability": string | null,"checked_at": string,"connection_id": string,"detail": string | null,"error_code": string | null,"id": string,"latency_ms": number | null,"organization_id": string,"state": Database["public"]['Enums']["health_state"]
                  }
                  ComputedFields: never
                  Insert: {
                    "capability"?: string | null,"checked_at"?: string,"connection_id": string,"detail"?: string | null,"error_code"?: string | null,"id"?: string,"latency_ms"?: number | null,"organization_id": string,"state": Database["public"]['Enums']["health_state"]
                  }
                  Update: {
                    "capability"?: string | null,"checked_at"?: string,"connection_id"?: string,"detail"?: string | null,"error_code"?: string | null,"id"?: string,"latency_ms"?: number | null,"organization_id"?: string,"state"?: Database["public"]['Enums']["health_state"]
                  }
                  Relationships: [
                    
                  ]
                },"integration_logs": {
                  Row: {
                    "attempt": number,"connection_id": string,"duration_ms": number,"error_code": string | null,"id": string,"method": string,"occurred_at": string,"operation": string,"operation_id": string | null,"organization_id": string,"outcome": string,"provider_key": string,"provider_request_id": string | null,"request_body": string | null,"request_bytes": number,"request_headers": Json | null,"response_body": string | null,"response_bytes": number,"response_headers": Json | null,"status": number | null,"trace_id": string | null,"url": string
                  }
                  ComputedFields: never
                  Insert: {
                    "attempt"?: number,"connection_id": string,"duration_ms": number,"error_code"?: string | null,"id"?: string,"method": string,"occurred_at": string,"operation": string,"operation_id"?: string | null,"organization_id": string,"outcome": string,"provider_key": string,"provider_request_id"?: string | null,"request_body"?: string | null,"request_bytes"?: number,"request_headers"?: Json | null,"response_body"?: string | null,"response_bytes"?: number,"response_headers"?: Json | null,"status"?: number | null,"trace_id"?: string | null,"url": string
                  }
                  Update: {
                    "attempt"?: number,"connection_id"?: string,"duration_ms"?: number,"error_code"?: string | null,"id"?: string,"method"?: string,"occurred_at"?: string,"operation"?: string,"operation_id"?: string | null,"organization_id"?: string,"outcome"?: string,"provider_key"?: string,"provider_request_id"?: string | null,"request_body"?: string | null,"request_bytes"?: number,"request_headers"?: Json | null,"response_body"?: string | null,"response_bytes"?: number,"response_headers"?: Json | null,"status"?: number | null,"trace_id"?: string | null,"url"?: string
                  }
                  Relationships: [
                    
                  ]
                },"integration_providers": {
                  Row: {
                    "api_version": string | null,"auth_scheme": string,"capabilities": (string)[],"carrier": Json | null,"category": Database["public"]['Enums']["provider_category"],"consent": Json | null,"countries": (string)[],"credential_fields": NonNullable<Json>,"currencies": (string)[],"description": string,"documentation_url": string,"enabled": boolean,"key": string,"live_base_url": string,"marketing": Json | null,"methods": (string)[],"name": string,"poll_minutes": (number)[],"rate_limits": NonNullable<Json>,"sandbox_base_url": string,"settings_fields": NonNullable<Json>,"social": Json | null,"status_page_url": string | null,"webhook_scheme": Json | null
                  }
                  ComputedFields: never
                  Insert: {
                    "api_version"?: string | null,"auth_scheme": string,"capabilities": (string)[],"carrier"?: Json | null,"category": Database["public"]['Enums']["provider_category"],"consent"?: Json | null,"countries": (string)[],"credential_fields": NonNullable<Json>,"currencies": (string)[],"description": string,"documentation_url": string,"enabled"?: boolean,"key": string,"live_base_url": string,"marketing"?: Json | null,"methods"?: (string)[],"name": string,"poll_minutes"?: (number)[],"rate_limits": NonNullable<Json>,"sandbox_base_url": string,"settings_fields": NonNullable<Json>,"social"?: Json | null,"status_page_url"?: string | null,"webhook_scheme"?: Json | null
                  }
                  Update: {
                    "api_version"?: string | null,"auth_scheme"?: string,"capabilities"?: (string)[],"carrier"?: Json | null,"category"?: Database["public"]['Enums']["provider_category"],"consent"?: Json | null,"countries"?: (string)[],"credential_fields"?: NonNullable<Json>,"currencies"?: (string)[],"description"?: string,"documentation_url"?: string,"enabled"?: boolean,"key"?: string,"live_base_url"?: string,"marketing"?: Json | null,"methods"?: (string)[],"name"?: string,"poll_minutes"?: (number)[],"rate_limits"?: NonNullable<Json>,"sandbox_base_url"?: string,"settings_fields"?: NonNullable<Json>,"social"?: Json | null,"status_page_url"?: string | null,"webhook_scheme"?: Json | null
                  }
                  Relationships: [
                    
                  ]
                },"lead_consents": {
                  Row: {
                    "created_at": string,"created_by": string,"evidence": NonNullable<Json>,"id": string,"lead_id": string,"occurred_at": string,"organization_id": string,"purpose": string,"source": string,"state": string,"text_version": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"created_by": string,"evidence"?: NonNullable<Json>,"id"?: string,"lead_id": string,"occurred_at"?: string,"organization_id": string,"purpose": string,"source": string,"state": string,"text_version"?: string | null
                  }
                  Update: {
                    "created_at"?: string,"created_by"?: string,"evidence"?: NonNullable<Json>,"id"?: string,"lead_id"?: string,"occurred_at"?: string,"organization_id"?: string,"purpose"?: string,"source"?: string,"state"?: string,"text_version"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "lead_consents_organization_id_lead_id_fkey"
      columns: ["organization_id","lead_id"]
isOneToOne: false
      referencedRelation: "leads"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"lead_forms": {
                  Row: {
                    "allowed_origins": (string)[],"consent_text": string | null,"created_at": string,"created_by": string,"double_opt_in": boolean,"enabled": boolean,"fields": NonNullable<Json>,"id": string,"last_submission_at": string | null,"most_per_minute": number,"most_per_visitor_minute": number,"name": string,"organization_id": string,"purpose": string | null,"redirect_url": string | null,"spam": number,"submissions": number,"text_version": string | null,"token": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "allowed_origins"?: (string)[],"consent_text"?: string | null,"created_at"?: string,"created_by": string,"double_opt_in"?: boolean,"enabled"?: boolean,"fields": NonNullable<Json>,"id"?: string,"last_submission_at"?: string | null,"most_per_minute"?: number,"most_per_visitor_minute"?: number,"name": string,"organization_id": string,"purpose"?: string | null,"redirect_url"?: string | null,"spam"?: number,"submissions"?: number,"text_version"?: string | null,"token"?: string,"updated_at"?: string
                  }
                  Update: {
                    "allowed_origins"?: (string)[],"consent_text"?: string | null,"created_at"?: string,"created_by"?: string,"double_opt_in"?: boolean,"enabled"?: boolean,"fields"?: NonNullable<Json>,"id"?: string,"last_submission_at"?: string | null,"most_per_minute"?: number,"most_per_visitor_minute"?: number,"name"?: string,"organization_id"?: string,"purpose"?: string | null,"redirect_url"?: string | null,"spam"?: number,"submissions"?: number,"text_version"?: string | null,"token"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "lead_forms_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"lead_links": {
                  Row: {
                    "attempts": number,"connection_id": string,"created_at": string,"error": Json | null,"lead_id": string,"next_try_at": string | null,"organization_id": string,"provider_contact_id": string | null,"pulled_at": string | null,"pushed_at": string | null,"pushed_hash": NonNullable<Json>,"pushed_marks": (string)[],"pushed_tags": (string)[],"pushed_version": number,"seen_run": string | null,"status": Database["public"]['Enums']["lead_link_status"]
                  }
                  ComputedFields: never
                  Insert: {
                    "attempts"?: number,"connection_id": string,"created_at"?: string,"error"?: Json | null,"lead_id": string,"next_try_at"?: string | null,"organization_id": string,"provider_contact_id"?: string | null,"pulled_at"?: string | null,"pushed_at"?: string | null,"pushed_hash"?: NonNullable<Json>,"pushed_marks"?: (string)[],"pushed_tags"?: (string)[],"pushed_version"?: number,"seen_run"?: string | null,"status"?: Database["public"]['Enums']["lead_link_status"]
                  }
                  Update: {
                    "attempts"?: number,"connection_id"?: string,"created_at"?: string,"error"?: Json | null,"lead_id"?: string,"next_try_at"?: string | null,"organization_id"?: string,"provider_contact_id"?: string | null,"pulled_at"?: string | null,"pushed_at"?: string | null,"pushed_hash"?: NonNullable<Json>,"pushed_marks"?: (string)[],"pushed_tags"?: (string)[],"pushed_version"?: number,"seen_run"?: string | null,"status"?: Database["public"]['Enums']["lead_link_status"]
                  }
                  Relationships: [
                    {
      foreignKeyName: "lead_links_organization_id_connection_id_fkey"
      columns: ["organization_id","connection_id"]
isOneToOne: false
      referencedRelation: "integration_connections"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "lead_links_organization_id_lead_id_fkey"
      columns: ["organization_id","lead_id"]
isOneToOne: false
      referencedRelation: "leads"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"lead_syncs": {
                  Row: {
                    "conflict_rule": Database["public"]['Enums']["sync_conflict_rule"],"connection_id": string,"created_at": string,"direction": Database["public"]['Enums']["sync_direction"],"enabled": boolean,"mapping": NonNullable<Json>,"only_with_consent": boolean,"organization_id": string,"purpose": string,"tags": (string)[],"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "conflict_rule"?: Database["public"]['Enums']["sync_conflict_rule"],"connection_id": string,"created_at"?: string,"direction"?: Database["public"]['Enums']["sync_direction"],"enabled"?: boolean,"mapping"?: NonNullable<Json>,"only_with_consent"?: boolean,"organization_id": string,"purpose"?: string,"tags"?: (string)[],"updated_at"?: string
                  }
                  Update: {
                    "conflict_rule"?: Database["public"]['Enums']["sync_conflict_rule"],"connection_id"?: string,"created_at"?: string,"direction"?: Database["public"]['Enums']["sync_direction"],"enabled"?: boolean,"mapping"?: NonNullable<Json>,"only_with_consent"?: boolean,"organization_id"?: string,"purpose"?: string,"tags"?: (string)[],"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "lead_syncs_organization_id_connection_id_fkey"
      columns: ["organization_id","connection_id"]
isOneToOne: false
      referencedRelation: "integration_connections"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"leads": {
                  Row: {
                    "attribution": NonNullable<Json>,"confirmed_at": string | null,"country": string | null,"created_at": string,"id": string,"language": string | null,"organization_id": string,"restricted_at": string | null,"source": string,"status": Database["public"]['Enums']["lead_status"],"tags": (string)[],"updated_at": string,"version": number,"attributes": Json | null,"company": string | null,"email": string | null,"first_name": string | null,"last_name": string | null,"phone": string | null
                  }
                  ComputedFields: "attributes" | "company" | "email" | "first_name" | "last_name" | "phone"
                  Insert: {
                    "attribution"?: NonNullable<Json>,"confirmed_at"?: string | null,"country"?: string | null,"created_at"?: string,"id"?: string,"language"?: string | null,"organization_id": string,"restricted_at"?: string | null,"source": string,"status"?: Database["public"]['Enums']["lead_status"],"tags"?: (string)[],"updated_at"?: string,"version"?: number
                  }
                  Update: {
                    "attribution"?: NonNullable<Json>,"confirmed_at"?: string | null,"country"?: string | null,"created_at"?: string,"id"?: string,"language"?: string | null,"organization_id"?: string,"restricted_at"?: string | null,"source"?: string,"status"?: Database["public"]['Enums']["lead_status"],"tags"?: (string)[],"updated_at"?: string,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "leads_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"legal_holds": {
                  Row: {
                    "created_at": string,"data_class": string,"ends_at": string | null,"id": string,"organization_id": string,"reason": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"data_class": string,"ends_at"?: string | null,"id"?: string,"organization_id": string,"reason": string
                  }
                  Update: {
                    "created_at"?: string,"data_class"?: string,"ends_at"?: string | null,"id"?: string,"organization_id"?: string,"reason"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "legal_holds_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"maintenance_windows": {
                  Row: {
                    "connection_id": string | null,"created_at": string,"duration_minutes": number | null,"enabled": boolean,"ends_at": string | null,"id": string,"name": string,"organization_id": string,"start_time": string | null,"starts_at": string | null,"time_zone": string | null,"updated_at": string,"weekdays": (number)[] | null
                  }
                  ComputedFields: never
                  Insert: {
                    "connection_id"?: string | null,"created_at"?: string,"duration_minutes"?: number | null,"enabled"?: boolean,"ends_at"?: string | null,"id"?: string,"name": string,"organization_id": string,"start_time"?: string | null,"starts_at"?: string | null,"time_zone"?: string | null,"updated_at"?: string,"weekdays"?: (number)[] | null
                  }
                  Update: {
                    "connection_id"?: string | null,"created_at"?: string,"duration_minutes"?: number | null,"enabled"?: boolean,"ends_at"?: string | null,"id"?: string,"name"?: string,"organization_id"?: string,"start_time"?: string | null,"starts_at"?: string | null,"time_zone"?: string | null,"updated_at"?: string,"weekdays"?: (number)[] | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "maintenance_windows_organization_id_connection_id_fkey"
      columns: ["organization_id","connection_id"]
isOneToOne: false
      referencedRelation: "integration_connections"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "maintenance_windows_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"marketing_audiences": {
                  Row: {
                    "connection_id": string,"created_at": string,"id": string,"members": number | null,"name": string,"organization_id": string,"provider_audience_id": string,"provider_updated_at": string | null,"removed_at": string | null,"seen_run": string | null,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "connection_id": string,"created_at"?: string,"id"?: string,"members"?: number | null,"name": string,"organization_id": string,"provider_audience_id": string,"provider_updated_at"?: string | null,"removed_at"?: string | null,"seen_run"?: string | null,"updated_at"?: string
                  }
                  Update: {
                    "connection_id"?: string,"created_at"?: string,"id"?: string,"members"?: number | null,"name"?: string,"organization_id"?: string,"provider_audience_id"?: string,"provider_updated_at"?: string | null,"removed_at"?: string | null,"seen_run"?: string | null,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "marketing_audiences_organization_id_connection_id_fkey"
      columns: ["organization_id","connection_id"]
isOneToOne: false
      referencedRelation: "integration_connections"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"marketing_campaign_figures": {
                  Row: {
                    "bounces": number | null,"campaign_id": string,"clicks": number | null,"complaints": number | null,"day": string,"opens": number | null,"organization_id": string,"recipients": number | null,"revenue": number | null,"unique_clicks": number | null,"unique_opens": number | null,"unsubscribes": number | null
                  }
                  ComputedFields: never
                  Insert: {
                    "bounces"?: number | null,"campaign_id": string,"clicks"?: number | null,"complaints"?: number | null,"day": string,"opens"?: number | null,"organization_id": string,"recipients"?: number | null,"revenue"?: number | null,"unique_clicks"?: number | null,"unique_opens"?: number | null,"unsubscribes"?: number | null
                  }
                  Update: {
                    "bounces"?: number | null,"campaign_id"?: string,"clicks"?: number | null,"complaints"?: number | null,"day"?: string,"opens"?: number | null,"organization_id"?: string,"recipients"?: number | null,"revenue"?: number | null,"unique_clicks"?: number | null,"unique_opens"?: number | null,"unsubscribes"?: number | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "marketing_campaign_figures_organization_id_campaign_id_fkey"
      columns: ["organization_id","campaign_id"]
isOneToOne: false
      referencedRelation: "marketing_campaigns"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"marketing_campaigns": {
                  Row: {
                    "audience_id": string | null,"bounces": number | null,"clicks": number | null,"complaints": number | null,"connection_id": string,"created_at": string,"id": string,"name": string,"opens": number | null,"organization_id": string,"provider_campaign_id": string,"provider_status": string,"provider_updated_at": string | null,"recipients": number | null,"removed_at": string | null,"revenue": number | null,"revenue_currency": string | null,"seen_run": string | null,"sent_at": string | null,"status": string,"subject": string | null,"unique_clicks": number | null,"unique_opens": number | null,"unsubscribes": number | null,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "audience_id"?: string | null,"bounces"?: number | null,"clicks"?: number | null,"complaints"?: number | null,"connection_id": string,"created_at"?: string,"id"?: string,"name": string,"opens"?: number | null,"organization_id": string,"provider_campaign_id": string,"provider_status": string,"provider_updated_at"?: string | null,"recipients"?: number | null,"removed_at"?: string | null,"revenue"?: number | null,"revenue_currency"?: string | null,"seen_run"?: string | null,"sent_at"?: string | null,"status": string,"subject"?: string | null,"unique_clicks"?: number | null,"unique_opens"?: number | null,"unsubscribes"?: number | null,"updated_at"?: string
                  }
                  Update: {
                    "audience_id"?: string | null,"bounces"?: number | null,"clicks"?: number | null,"complaints"?: number | null,"connection_id"?: string,"created_at"?: string,"id"?: string,"name"?: string,"opens"?: number | null,"organization_id"?: string,"provider_campaign_id"?: string,"provider_status"?: string,"provider_updated_at"?: string | null,"recipients"?: number | null,"removed_at"?: string | null,"revenue"?: number | null,"revenue_currency"?: string | null,"seen_run"?: string | null,"sent_at"?: string | null,"status"?: string,"subject"?: string | null,"unique_clicks"?: number | null,"unique_opens"?: number | null,"unsubscribes"?: number | null,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "marketing_campaigns_organization_id_connection_id_fkey"
      columns: ["organization_id","connection_id"]
isOneToOne: false
      referencedRelation: "integration_connections"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"marketing_deals": {
                  Row: {
                    "amount": number | null,"connection_id": string,"contact_ids": (string)[],"created_at": string,"currency": string | null,"id": string,"is_closed": boolean | null,"is_won": boolean | null,"name": string,"organization_id": string,"pipeline": string | null,"provider_deal_id": string,"provider_updated_at": string | null,"reference": string | null,"removed_at": string | null,"seen_run": string | null,"stage": string | null,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "amount"?: number | null,"connection_id": string,"contact_ids"?: (string)[],"created_at"?: string,"currency"?: string | null,"id"?: string,"is_closed"?: boolean | null,"is_won"?: boolean | null,"name": string,"organization_id": string,"pipeline"?: string | null,"provider_deal_id": string,"provider_updated_at"?: string | null,"reference"?: string | null,"removed_at"?: string | null,"seen_run"?: string | null,"stage"?: string | null,"updated_at"?: string
                  }
                  Update: {
                    "amount"?: number | null,"connection_id"?: string,"contact_ids"?: (string)[],"created_at"?: string,"currency"?: string | null,"id"?: string,"is_closed"?: boolean | null,"is_won"?: boolean | null,"name"?: string,"organization_id"?: string,"pipeline"?: string | null,"provider_deal_id"?: string,"provider_updated_at"?: string | null,"reference"?: string | null,"removed_at"?: string | null,"seen_run"?: string | null,"stage"?: string | null,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "marketing_deals_organization_id_connection_id_fkey"
      columns: ["organization_id","connection_id"]
isOneToOne: false
      referencedRelation: "integration_connections"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"operations": {
                  Row: {
                    "attempts": number,"connection_id": string | null,"created_at": string,"created_by": string | null,"error": Json | null,"finished_at": string | null,"id": string,"idempotency_key": string | null,"input": NonNullable<Json>,"input_hash": string | null,"kind": string,"organization_id": string,"result": Json | null,"status": Database["public"]['Enums']["operation_status"],"subject_id": string | null,"subject_type": string | null,"trace_id": string | null,"why": Json | null
                  }
                  ComputedFields: never
                  Insert: {
                    "attempts"?: number,"connection_id"?: string | null,"created_at"?: string,"created_by"?: string | null,"error"?: Json | null,"finished_at"?: string | null,"id"?: string,"idempotency_key"?: string | null,"input"?: NonNullable<Json>,"input_hash"?: string | null,"kind": string,"organization_id": string,"result"?: Json | null,"status"?: Database["public"]['Enums']["operation_status"],"subject_id"?: string | null,"subject_type"?: string | null,"trace_id"?: string | null,"why"?: Json | null
                  }
                  Update: {
                    "attempts"?: number,"connection_id"?: string | null,"created_at"?: string,"created_by"?: string | null,"error"?: Json | null,"finished_at"?: string | null,"id"?: string,"idempotency_key"?: string | null,"input"?: NonNullable<Json>,"input_hash"?: string | null,"kind"?: string,"organization_id"?: string,"result"?: Json | null,"status"?: Database["public"]['Enums']["operation_status"],"subject_id"?: string | null,"subject_type"?: string | null,"trace_id"?: string | null,"why"?: Json | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "operations_organization_id_connection_id_fkey"
      columns: ["organization_id","connection_id"]
isOneToOne: false
      referencedRelation: "integration_connections"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "operations_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"organization_members": {
                  Row: {
                    "created_at": string,"organization_id": string,"role": Database["public"]['Enums']["organization_role"],"user_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"organization_id": string,"role": Database["public"]['Enums']["organization_role"],"user_id": string
                  }
                  Update: {
                    "created_at"?: string,"organization_id"?: string,"role"?: Database["public"]['Enums']["organization_role"],"user_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "organization_members_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"organization_quotas": {
                  Row: {
                    "most": number | null,"name": string,"organization_id": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "most"?: number | null,"name": string,"organization_id": string,"updated_at"?: string
                  }
                  Update: {
                    "most"?: number | null,"name"?: string,"organization_id"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "organization_quotas_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"organizations": {
                  Row: {
                    "country": string,"created_at": string,"id": string,"name": string,"slug": string,"time_zone": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "country"?: string,"created_at"?: string,"id"?: string,"name": string,"slug": string,"time_zone"?: string,"updated_at"?: string
                  }
                  Update: {
                    "country"?: string,"created_at"?: string,"id"?: string,"name"?: string,"slug"?: string,"time_zone"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    
                  ]
                },"payment_differences": {
                  Row: {
                    "connection_id": string,"created_at": string,"id": string,"kind": string,"last_seen_at": string,"note": string | null,"organization_id": string,"ours": string | null,"payment_id": string | null,"provider_payment_id": string,"reconciliation_id": string,"resolved_at": string | null,"resolved_by": string | null,"status": Database["public"]['Enums']["payment_difference_status"],"theirs": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "connection_id": string,"created_at"?: string,"id"?: string,"kind": string,"last_seen_at"?: string,"note"?: string | null,"organization_id": string,"ours"?: string | null,"payment_id"?: string | null,"provider_payment_id": string,"reconciliation_id": string,"resolved_at"?: string | null,"resolved_by"?: string | null,"status"?: Database["public"]['Enums']["payment_difference_status"],"theirs"?: string | null
                  }
                  Update: {
                    "connection_id"?: string,"created_at"?: string,"id"?: string,"kind"?: string,"last_seen_at"?: string,"note"?: string | null,"organization_id"?: string,"ours"?: string | null,"payment_id"?: string | null,"provider_payment_id"?: string,"reconciliation_id"?: string,"resolved_at"?: string | null,"resolved_by"?: string | null,"status"?: Database["public"]['Enums']["payment_difference_status"],"theirs"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "payment_differences_organization_id_reconciliation_id_fkey"
      columns: ["organization_id","reconciliation_id"]
isOneToOne: false
      referencedRelation: "payment_reconciliations"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"payment_disputes": {
                  Row: {
                    "amount": number,"connection_id": string,"created_at": string,"currency": string,"evidence_due_by": string | null,"id": string,"organization_id": string,"payment_id": string,"provider_dispute_id": string,"provider_status": string,"reason": string | null,"status": Database["public"]['Enums']["dispute_status"],"told_at": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "amount": number,"connection_id": string,"created_at"?: string,"currency": string,"evidence_due_by"?: string | null,"id"?: string,"organization_id": string,"payment_id": string,"provider_dispute_id": string,"provider_status": string,"reason"?: string | null,"status"?: Database["public"]['Enums']["dispute_status"],"told_at": string,"updated_at"?: string
                  }
                  Update: {
                    "amount"?: number,"connection_id"?: string,"created_at"?: string,"currency"?: string,"evidence_due_by"?: string | null,"id"?: string,"organization_id"?: string,"payment_id"?: string,"provider_dispute_id"?: string,"provider_status"?: string,"reason"?: string | null,"status"?: Database["public"]['Enums']["dispute_status"],"told_at"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "payment_disputes_organization_id_payment_id_fkey"
      columns: ["organization_id","payment_id"]
isOneToOne: false
      referencedRelation: "payments"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"payment_events": {
                  Row: {
                    "amount": number | null,"applied": boolean,"detail": NonNullable<Json>,"from_status": string | null,"id": string,"occurred_at": string,"organization_id": string,"payment_id": string,"recorded_at": string,"refund_id": string | null,"source": string,"source_id": string | null,"to_status": string,"type": string
                  }
                  ComputedFields: never
                  Insert: {
                    "amount"?: number | null,"applied"?: boolean,"detail"?: NonNullable<Json>,"from_status"?: string | null,"id"?: string,"occurred_at": string,"organization_id": string,"payment_id": string,"recorded_at"?: string,"refund_id"?: string | null,"source": string,"source_id"?: string | null,"to_status": string,"type": string
                  }
                  Update: {
                    "amount"?: number | null,"applied"?: boolean,"detail"?: NonNullable<Json>,"from_status"?: string | null,"id"?: string,"occurred_at"?: string,"organization_id"?: string,"payment_id"?: string,"recorded_at"?: string,"refund_id"?: string | null,"source"?: string,"source_id"?: string | null,"to_status"?: string,"type"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "payment_events_organization_id_payment_id_fkey"
      columns: ["organization_id","payment_id"]
isOneToOne: false
      referencedRelation: "payments"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"payment_links": {
                  Row: {
                    "amount": number,"created_at": string,"created_by": string,"currency": string,"description": string | null,"disabled_at": string | null,"environment": Database["public"]['Enums']["environment"],"expires_at": string | null,"id": string,"input": NonNullable<Json>,"organization_id": string,"paid_payment_id": string | null,"reference": string,"single_use": boolean,"status": Database["public"]['Enums']["payment_link_status"],"token": string,"updated_at": string,"billing_address": Json | null,"customer": Json | null,"shipping_address": Json | null
                  }
                  ComputedFields: "billing_address" | "customer" | "shipping_address"
                  Insert: {
                    "amount": number,"created_at"?: string,"created_by": string,"currency": string,"description"?: string | null,"disabled_at"?: string | null,"environment": Database["public"]['Enums']["environment"],"expires_at"?: string | null,"id"?: string,"input": NonNullable<Json>,"organization_id": string,"paid_payment_id"?: string | null,"reference": string,"single_use": boolean,"status"?: Database["public"]['Enums']["payment_link_status"],"token": string,"updated_at"?: string
                  }
                  Update: {
                    "amount"?: number,"created_at"?: string,"created_by"?: string,"currency"?: string,"description"?: string | null,"disabled_at"?: string | null,"environment"?: Database["public"]['Enums']["environment"],"expires_at"?: string | null,"id"?: string,"input"?: NonNullable<Json>,"organization_id"?: string,"paid_payment_id"?: string | null,"reference"?: string,"single_use"?: boolean,"status"?: Database["public"]['Enums']["payment_link_status"],"token"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "payment_links_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"payment_methods": {
                  Row: {
                    "brand": string | null,"connection_id": string,"created_at": string,"customer_reference": string | null,"environment": Database["public"]['Enums']["environment"],"expires": string | null,"first_payment_id": string | null,"id": string,"last_four": string | null,"organization_id": string,"status": Database["public"]['Enums']["payment_method_status"],"type": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "brand"?: string | null,"connection_id": string,"created_at"?: string,"customer_reference"?: string | null,"environment": Database["public"]['Enums']["environment"],"expires"?: string | null,"first_payment_id"?: string | null,"id"?: string,"last_four"?: string | null,"organization_id": string,"status"?: Database["public"]['Enums']["payment_method_status"],"type": string,"updated_at"?: string
                  }
                  Update: {
                    "brand"?: string | null,"connection_id"?: string,"created_at"?: string,"customer_reference"?: string | null,"environment"?: Database["public"]['Enums']["environment"],"expires"?: string | null,"first_payment_id"?: string | null,"id"?: string,"last_four"?: string | null,"organization_id"?: string,"status"?: Database["public"]['Enums']["payment_method_status"],"type"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "payment_methods_organization_id_connection_id_fkey"
      columns: ["organization_id","connection_id"]
isOneToOne: false
      referencedRelation: "integration_connections"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"payment_policies": {
                  Row: {
                    "cases": NonNullable<Json>,"environment": Database["public"]['Enums']["environment"],"failover": boolean,"organization_id": string,"rule": Database["public"]['Enums']["payment_routing_rule"],"updated_at": string,"updated_by": string,"version": number
                  }
                  ComputedFields: never
                  Insert: {
                    "cases"?: NonNullable<Json>,"environment": Database["public"]['Enums']["environment"],"failover"?: boolean,"organization_id": string,"rule"?: Database["public"]['Enums']["payment_routing_rule"],"updated_at"?: string,"updated_by": string,"version"?: number
                  }
                  Update: {
                    "cases"?: NonNullable<Json>,"environment"?: Database["public"]['Enums']["environment"],"failover"?: boolean,"organization_id"?: string,"rule"?: Database["public"]['Enums']["payment_routing_rule"],"updated_at"?: string,"updated_by"?: string,"version"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "payment_policies_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"payment_providers": {
                  Row: {
                    "connection_id": string,"countries": (string)[],"currencies": (string)[],"enabled": boolean,"fee_currency": string | null,"fee_fixed": number | null,"fee_percent": number | null,"maximum_amount": number | null,"methods": (string)[],"minimum_amount": number | null,"organization_id": string,"priority": number,"settlement_currency": string | null,"updated_at": string,"weight": number
                  }
                  ComputedFields: never
                  Insert: {
                    "connection_id": string,"countries"?: (string)[],"currencies"?: (string)[],"enabled"?: boolean,"fee_currency"?: string | null,"fee_fixed"?: number | null,"fee_percent"?: number | null,"maximum_amount"?: number | null,"methods"?: (string)[],"minimum_amount"?: number | null,"organization_id": string,"priority"?: number,"settlement_currency"?: string | null,"updated_at"?: string,"weight"?: number
                  }
                  Update: {
                    "connection_id"?: string,"countries"?: (string)[],"currencies"?: (string)[],"enabled"?: boolean,"fee_currency"?: string | null,"fee_fixed"?: number | null,"fee_percent"?: number | null,"maximum_amount"?: number | null,"methods"?: (string)[],"minimum_amount"?: number | null,"organization_id"?: string,"priority"?: number,"settlement_currency"?: string | null,"updated_at"?: string,"weight"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "payment_providers_organization_id_connection_id_fkey"
      columns: ["organization_id","connection_id"]
isOneToOne: false
      referencedRelation: "integration_connections"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"payment_reconciliations": {
                  Row: {
                    "compared": number,"connection_id": string,"differences": number,"error": Json | null,"finished_at": string | null,"healed": number,"id": string,"operation_id": string | null,"organization_id": string,"since": string,"started_at": string,"status": Database["public"]['Enums']["reconciliation_status"],"strangers": number,"until": string
                  }
                  ComputedFields: never
                  Insert: {
                    "compared"?: number,"connection_id": string,"differences"?: number,"error"?: Json | null,"finished_at"?: string | null,"healed"?: number,"id"?: string,"operation_id"?: string | null,"organization_id": string,"since": string,"started_at"?: string,"status"?: Database["public"]['Enums']["reconciliation_status"],"strangers"?: number,"until": string
                  }
                  Update: {
                    "compared"?: number,"connection_id"?: string,"differences"?: number,"error"?: Json | null,"finished_at"?: string | null,"healed"?: number,"id"?: string,"operation_id"?: string | null,"organization_id"?: string,"since"?: string,"started_at"?: string,"status"?: Database["public"]['Enums']["reconciliation_status"],"strangers"?: number,"until"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "payment_reconciliations_organization_id_connection_id_fkey"
      columns: ["organization_id","connection_id"]
isOneToOne: false
      referencedRelation: "integration_connections"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"payment_refunds": {
                  Row: {
                    "amount": number,"created_at": string,"created_by": string,"currency": string,"failure": Json | null,"id": string,"made_elsewhere": boolean,"organization_id": string,"payment_id": string,"provider_refund_id": string | null,"reason": string | null,"status": Database["public"]['Enums']["refund_status"],"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "amount": number,"created_at"?: string,"created_by": string,"currency": string,"failure"?: Json | null,"id"?: string,"made_elsewhere"?: boolean,"organization_id": string,"payment_id": string,"provider_refund_id"?: string | null,"reason"?: string | null,"status"?: Database["public"]['Enums']["refund_status"],"updated_at"?: string
                  }
                  Update: {
                    "amount"?: number,"created_at"?: string,"created_by"?: string,"currency"?: string,"failure"?: Json | null,"id"?: string,"made_elsewhere"?: boolean,"organization_id"?: string,"payment_id"?: string,"provider_refund_id"?: string | null,"reason"?: string | null,"status"?: Database["public"]['Enums']["refund_status"],"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "payment_refunds_organization_id_payment_id_fkey"
      columns: ["organization_id","payment_id"]
isOneToOne: false
      referencedRelation: "payments"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"payments": {
                  Row: {
                    "amount": number,"amount_authorized": number,"amount_captured": number,"amount_refunded": number,"cancel_url": string | null,"capture_method": string,"checkout_url": string | null,"connection_id": string | null,"country": string | null,"created_at": string,"created_by": string,"currency": string,"description": string | null,"environment": Database["public"]['Enums']["environment"],"failure": Json | null,"fee": number | null,"id": string,"items": NonNullable<Json>,"locale": string | null,"metadata": NonNullable<Json>,"method": string | null,"next_action": Json | null,"organization_id": string,"payment_link_id": string | null,"payment_method_id": string | null,"provider_data": NonNullable<Json>,"provider_payment_id": string | null,"provider_session_id": string | null,"provider_status": string | null,"reference": string,"return_url": string | null,"save_payment_method": boolean,"status": Database["public"]['Enums']["payment_status"],"status_told_at": string | null,"updated_at": string,"billing_address": Json | null,"customer": Json | null,"shipping_address": Json | null
                  }
                  ComputedFields: "billing_address" | "customer" | "shipping_address"
                  Insert: {
                    "amount": number,"amount_authorized"?: number,"amount_captured"?: number,"amount_refunded"?: number,"cancel_url"?: string | null,"capture_method"?: string,"checkout_url"?: string | null,"connection_id"?: string | null,"country"?: string | null,"created_at"?: string,"created_by": string,"currency": string,"description"?: string | null,"environment": Database["public"]['Enums']["environment"],"failure"?: Json | null,"fee"?: number | null,"id"?: string,"items"?: NonNullable<Json>,"locale"?: string | null,"metadata"?: NonNullable<Json>,"method"?: string | null,"next_action"?: Json | null,"organization_id": string,"payment_link_id"?: string | null,"payment_method_id"?: string | null,"provider_data"?: NonNullable<Json>,"provider_payment_id"?: string | null,"provider_session_id"?: string | null,"provider_status"?: string | null,"reference": string,"return_url"?: string | null,"save_payment_method"?: boolean,"status"?: Database["public"]['Enums']["payment_status"],"status_told_at"?: string | null,"updated_at"?: string
                  }
                  Update: {
                    "amount"?: number,"amount_authorized"?: number,"amount_captured"?: number,"amount_refunded"?: number,"cancel_url"?: string | null,"capture_method"?: string,"checkout_url"?: string | null,"connection_id"?: string | null,"country"?: string | null,"created_at"?: string,"created_by"?: string,"currency"?: string,"description"?: string | null,"environment"?: Database["public"]['Enums']["environment"],"failure"?: Json | null,"fee"?: number | null,"id"?: string,"items"?: NonNullable<Json>,"locale"?: string | null,"metadata"?: NonNullable<Json>,"method"?: string | null,"next_action"?: Json | null,"organization_id"?: string,"payment_link_id"?: string | null,"payment_method_id"?: string | null,"provider_data"?: NonNullable<Json>,"provider_payment_id"?: string | null,"provider_session_id"?: string | null,"provider_status"?: string | null,"reference"?: string,"return_url"?: string | null,"save_payment_method"?: boolean,"status"?: Database["public"]['Enums']["payment_status"],"status_told_at"?: string | null,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "payments_organization_id_connection_id_fkey"
      columns: ["organization_id","connection_id"]
isOneToOne: false
      referencedRelation: "integration_connections"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "payments_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "payments_organization_id_payment_link_id_fkey"
      columns: ["organization_id","payment_link_id"]
isOneToOne: false
      referencedRelation: "payment_links"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "payments_organization_id_payment_method_id_fkey"
      columns: ["organization_id","payment_method_id"]
isOneToOne: false
      referencedRelation: "payment_methods"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"payouts": {
                  Row: {
                    "amount": number,"arrives_on": string | null,"connection_id": string,"created_at": string,"currency": string,"failure_reason": string | null,"id": string,"organization_id": string,"provider_payout_id": string,"provider_status": string,"status": Database["public"]['Enums']["payout_status"],"told_at": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "amount": number,"arrives_on"?: string | null,"connection_id": string,"created_at"?: string,"currency": string,"failure_reason"?: string | null,"id"?: string,"organization_id": string,"provider_payout_id": string,"provider_status": string,"status": Database["public"]['Enums']["payout_status"],"told_at": string,"updated_at"?: string
                  }
                  Update: {
                    "amount"?: number,"arrives_on"?: string | null,"connection_id"?: string,"created_at"?: string,"currency"?: string,"failure_reason"?: string | null,"id"?: string,"organization_id"?: string,"provider_payout_id"?: string,"provider_status"?: string,"status"?: Database["public"]['Enums']["payout_status"],"told_at"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "payouts_organization_id_connection_id_fkey"
      columns: ["organization_id","connection_id"]
isOneToOne: false
      referencedRelation: "integration_connections"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"pickups": {
                  Row: {
                    "closes_at": string,"connection_id": string,"created_at": string,"created_by": string,"environment": Database["public"]['Enums']["environment"],"failure": Json | null,"id": string,"instructions": string | null,"location": string | null,"organization_id": string,"parcels": number,"place": NonNullable<Json>,"provider_data": NonNullable<Json>,"provider_pickup_id": string | null,"ready_at": string,"status": string,"updated_at": string,"weight_kg": number
                  }
                  ComputedFields: never
                  Insert: {
                    "closes_at": string,"connection_id": string,"created_at"?: string,"created_by": string,"environment": Database["public"]['Enums']["environment"],"failure"?: Json | null,"id"?: string,"instructions"?: string | null,"location"?: string | null,"organization_id": string,"parcels": number,"place": NonNullable<Json>,"provider_data"?: NonNullable<Json>,"provider_pickup_id"?: string | null,"ready_at": string,"status"?: string,"updated_at"?: string,"weight_kg": number
                  }
                  Update: {
                    "closes_at"?: string,"connection_id"?: string,"created_at"?: string,"created_by"?: string,"environment"?: Database["public"]['Enums']["environment"],"failure"?: Json | null,"id"?: string,"instructions"?: string | null,"location"?: string | null,"organization_id"?: string,"parcels"?: number,"place"?: NonNullable<Json>,"provider_data"?: NonNullable<Json>,"provider_pickup_id"?: string | null,"ready_at"?: string,"status"?: string,"updated_at"?: string,"weight_kg"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "pickups_organization_id_connection_id_fkey"
      columns: ["organization_id","connection_id"]
isOneToOne: false
      referencedRelation: "integration_connections"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "pickups_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"privacy_settings": {
                  Row: {
                    "answer_days": number | null,"breach_hours": number | null,"dpo_email": string | null,"dpo_name": string | null,"dpo_phone": string | null,"jurisdiction": string,"organization_id": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "answer_days"?: number | null,"breach_hours"?: number | null,"dpo_email"?: string | null,"dpo_name"?: string | null,"dpo_phone"?: string | null,"jurisdiction"?: string,"organization_id": string,"updated_at"?: string
                  }
                  Update: {
                    "answer_days"?: number | null,"breach_hours"?: number | null,"dpo_email"?: string | null,"dpo_name"?: string | null,"dpo_phone"?: string | null,"jurisdiction"?: string,"organization_id"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "privacy_settings_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: true
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"processing_purposes": {
                  Row: {
                    "access_by": string,"active": boolean,"created_at": string,"data_categories": (string)[],"description": string,"id": string,"impact_assessment": string | null,"key": string,"lawful_basis": string,"organization_id": string,"security": string,"subject_categories": (string)[],"title": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "access_by"?: string,"active"?: boolean,"created_at"?: string,"data_categories"?: (string)[],"description"?: string,"id"?: string,"impact_assessment"?: string | null,"key": string,"lawful_basis": string,"organization_id": string,"security"?: string,"subject_categories"?: (string)[],"title": string,"updated_at"?: string
                  }
                  Update: {
                    "access_by"?: string,"active"?: boolean,"created_at"?: string,"data_categories"?: (string)[],"description"?: string,"id"?: string,"impact_assessment"?: string | null,"key"?: string,"lawful_basis"?: string,"organization_id"?: string,"security"?: string,"subject_categories"?: (string)[],"title"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "processing_purposes_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"provider_status": {
                  Row: {
                    "changed_at": string,"description": string,"error": string | null,"etag": string | null,"incidents": NonNullable<Json>,"indicator": Database["public"]['Enums']["page_indicator"],"provider_key": string,"read_at": string | null,"tried_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "changed_at"?: string,"description": string,"error"?: string | null,"etag"?: string | null,"incidents"?: NonNullable<Json>,"indicator": Database["public"]['Enums']["page_indicator"],"provider_key": string,"read_at"?: string | null,"tried_at"?: string
                  }
                  Update: {
                    "changed_at"?: string,"description"?: string,"error"?: string | null,"etag"?: string | null,"incidents"?: NonNullable<Json>,"indicator"?: Database["public"]['Enums']["page_indicator"],"provider_key"?: string,"read_at"?: string | null,"tried_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "provider_status_provider_key_fkey"
      columns: ["provider_key"]
isOneToOne: true
      referencedRelation: "integration_providers"
      referencedColumns: ["key"]
    }
                  ]
                },"rate_limits": {
                  Row: {
                    "blocked_until": string | null,"capacity": number,"connection_id": string,"organization_id": string,"refill_per_second": number,"refilled_at": string,"source": string,"tokens": number,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "blocked_until"?: string | null,"capacity": number,"connection_id": string,"organization_id": string,"refill_per_second": number,"refilled_at"?: string,"source"?: string,"tokens": number,"updated_at"?: string
                  }
                  Update: {
                    "blocked_until"?: string | null,"capacity"?: number,"connection_id"?: string,"organization_id"?: string,"refill_per_second"?: number,"refilled_at"?: string,"source"?: string,"tokens"?: number,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "rate_limits_organization_id_connection_id_fkey"
      columns: ["organization_id","connection_id"]
isOneToOne: false
      referencedRelation: "integration_connections"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"retention_periods": {
                  Row: {
                    "data_class": string,"keep_days": number,"organization_id": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "data_class": string,"keep_days": number,"organization_id": string,"updated_at"?: string
                  }
                  Update: {
                    "data_class"?: string,"keep_days"?: number,"organization_id"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "retention_periods_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"retention_runs": {
                  Row: {
                    "data_class": string,"day": string,"organization_id": string,"rows": number,"table_name": string
                  }
                  ComputedFields: never
                  Insert: {
                    "data_class": string,"day": string,"organization_id": string,"rows": number,"table_name": string
                  }
                  Update: {
                    "data_class"?: string,"day"?: string,"organization_id"?: string,"rows"?: number,"table_name"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "retention_runs_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"shipment_documents": {
                  Row: {
                    "bytes": number,"created_at": string,"format": string,"id": string,"kind": string,"manifest_id": string | null,"organization_id": string,"path": string,"sha256": string,"shipment_id": string | null,"stored_at": string | null,"tracking_number": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "bytes": number,"created_at"?: string,"format": string,"id"?: string,"kind": string,"manifest_id"?: string | null,"organization_id": string,"path": string,"sha256": string,"shipment_id"?: string | null,"stored_at"?: string | null,"tracking_number"?: string | null
                  }
                  Update: {
                    "bytes"?: number,"created_at"?: string,"format"?: string,"id"?: string,"kind"?: string,"manifest_id"?: string | null,"organization_id"?: string,"path"?: string,"sha256"?: string,"shipment_id"?: string | null,"stored_at"?: string | null,"tracking_number"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "shipment_documents_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "shipment_documents_organization_id_manifest_id_fkey"
      columns: ["organization_id","manifest_id"]
isOneToOne: false
      referencedRelation: "shipping_manifests"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "shipment_documents_organization_id_shipment_id_fkey"
      columns: ["organization_id","shipment_id"]
isOneToOne: false
      referencedRelation: "shipments"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"shipment_events": {
                  Row: {
                    "country": string | null,"description": string | null,"detail": string | null,"id": string,"occurred_at": string,"organization_id": string,"place": string | null,"provider_code": string | null,"recorded_at": string,"shipment_id": string,"source": string,"source_id": string | null,"status": Database["public"]['Enums']["shipment_status"] | null
                  }
                  ComputedFields: never
                  Insert: {
                    "country"?: string | null,"description"?: string | null,"detail"?: string | null,"id"?: string,"occurred_at": string,"organization_id": string,"place"?: string | null,"provider_code"?: string | null,"recorded_at"?: string,"shipment_id": string,"source": string,"source_id"?: string | null,"status"?: Database["public"]['Enums']["shipment_status"] | null
                  }
                  Update: {
                    "country"?: string | null,"description"?: string | null,"detail"?: string | null,"id"?: string,"occurred_at"?: string,"organization_id"?: string,"place"?: string | null,"provider_code"?: string | null,"recorded_at"?: string,"shipment_id"?: string,"source"?: string,"source_id"?: string | null,"status"?: Database["public"]['Enums']["shipment_status"] | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "shipment_events_organization_id_shipment_id_fkey"
      columns: ["organization_id","shipment_id"]
isOneToOne: false
      referencedRelation: "shipments"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"shipment_quotes": {
                  Row: {
                    "created_at": string,"created_by": string,"environment": Database["public"]['Enums']["environment"],"expires_at": string,"failures": NonNullable<Json>,"id": string,"organization_id": string,"rank_by": Database["public"]['Enums']["shipping_rule"],"ready_at": string | null,"request": NonNullable<Json>,"status": string,"asked": Json | null
                  }
                  ComputedFields: "asked"
                  Insert: {
                    "created_at"?: string,"created_by": string,"environment": Database["public"]['Enums']["environment"],"expires_at"?: string,"failures"?: NonNullable<Json>,"id"?: string,"organization_id": string,"rank_by"?: Database["public"]['Enums']["shipping_rule"],"ready_at"?: string | null,"request": NonNullable<Json>,"status"?: string
                  }
                  Update: {
                    "created_at"?: string,"created_by"?: string,"environment"?: Database["public"]['Enums']["environment"],"expires_at"?: string,"failures"?: NonNullable<Json>,"id"?: string,"organization_id"?: string,"rank_by"?: Database["public"]['Enums']["shipping_rule"],"ready_at"?: string | null,"request"?: NonNullable<Json>,"status"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "shipment_quotes_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"shipment_rates": {
                  Row: {
                    "amount": number,"charges": NonNullable<Json>,"connection_id": string,"created_at": string,"currency": string,"estimated_delivery_at": string | null,"id": string,"level": Database["public"]['Enums']["service_level"],"organization_id": string,"provider_data": NonNullable<Json>,"provider_key": string,"quote_id": string,"rank": number,"service": string,"service_name": string,"source": string,"tax": number | null,"transit_days": number | null
                  }
                  ComputedFields: never
                  Insert: {
                    "amount": number,"charges"?: NonNullable<Json>,"connection_id": string,"created_at"?: string,"currency": string,"estimated_delivery_at"?: string | null,"id"?: string,"level": Database["public"]['Enums']["service_level"],"organization_id": string,"provider_data"?: NonNullable<Json>,"provider_key": string,"quote_id": string,"rank": number,"service": string,"service_name": string,"source": string,"tax"?: number | null,"transit_days"?: number | null
                  }
                  Update: {
                    "amount"?: number,"charges"?: NonNullable<Json>,"connection_id"?: string,"created_at"?: string,"currency"?: string,"estimated_delivery_at"?: string | null,"id"?: string,"level"?: Database["public"]['Enums']["service_level"],"organization_id"?: string,"provider_data"?: NonNullable<Json>,"provider_key"?: string,"quote_id"?: string,"rank"?: number,"service"?: string,"service_name"?: string,"source"?: string,"tax"?: number | null,"transit_days"?: number | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "shipment_rates_organization_id_connection_id_fkey"
      columns: ["organization_id","connection_id"]
isOneToOne: false
      referencedRelation: "integration_connections"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "shipment_rates_organization_id_quote_id_fkey"
      columns: ["organization_id","quote_id"]
isOneToOne: false
      referencedRelation: "shipment_quotes"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "shipment_rates_provider_key_fkey"
      columns: ["provider_key"]
isOneToOne: false
      referencedRelation: "integration_providers"
      referencedColumns: ["key"]
    }
                  ]
                },"shipments": {
                  Row: {
                    "cash_on_delivery_amount": number | null,"connection_id": string | null,"contents": string,"cost": number | null,"cost_currency": string | null,"created_at": string,"created_by": string,"currency": string,"customs": Json | null,"declared_value": number | null,"delivered_at": string | null,"description": string,"destination": NonNullable<Json>,"detail": string | null,"environment": Database["public"]['Enums']["environment"],"estimated_delivery_at": string | null,"failure": Json | null,"id": string,"insured_value": number | null,"label_format": string,"last_event_at": string | null,"level": Database["public"]['Enums']["service_level"] | null,"manifest_id": string | null,"metadata": NonNullable<Json>,"organization_id": string,"origin": NonNullable<Json>,"parcel_tracking_numbers": (string)[],"parcels": NonNullable<Json>,"pickup_id": string | null,"provider_data": NonNullable<Json>,"provider_shipment_id": string | null,"rate_id": string | null,"reference": string,"return_of": string | null,"rule": Database["public"]['Enums']["shipping_rule"],"service": string | null,"ships_at": string,"signature_required": boolean,"status": Database["public"]['Enums']["shipment_status"],"tracking_number": string | null,"tracking_token": string,"tracking_url": string | null,"updated_at": string,"instructions": string | null,"recipient": Json | null,"sender": Json | null,"signed_by": string | null
                  }
                  ComputedFields: "instructions" | "recipient" | "sender" | "signed_by"
                  Insert: {
                    "cash_on_delivery_amount"?: number | null,"connection_id"?: string | null,"contents"?: string,"cost"?: number | null,"cost_currency"?: string | null,"created_at"?: string,"created_by": string,"currency": string,"customs"?: Json | null,"declared_value"?: number | null,"delivered_at"?: string | null,"description": string,"destination": NonNullable<Json>,"detail"?: string | null,"environment": Database["public"]['Enums']["environment"],"estimated_delivery_at"?: string | null,"failure"?: Json | null,"id"?: string,"insured_value"?: number | null,"label_format"?: string,"last_event_at"?: string | null,"level"?: Database["public"]['Enums']["service_level"] | null,"manifest_id"?: string | null,"metadata"?: NonNullable<Json>,"organization_id": string,"origin": NonNullable<Json>,"parcel_tracking_numbers"?: (string)[],"parcels": NonNullable<Json>,"pickup_id"?: string | null,"provider_data"?: NonNullable<Json>,"provider_shipment_id"?: string | null,"rate_id"?: string | null,"reference": string,"return_of"?: string | null,"rule"?: Database["public"]['Enums']["shipping_rule"],"service"?: string | null,"ships_at": string,"signature_required"?: boolean,"status"?: Database["public"]['Enums']["shipment_status"],"tracking_number"?: string | null,"tracking_token"?: string,"tracking_url"?: string | null,"updated_at"?: string
                  }
                  Update: {
                    "cash_on_delivery_amount"?: number | null,"connection_id"?: string | null,"contents"?: string,"cost"?: number | null,"cost_currency"?: string | null,"created_at"?: string,"created_by"?: string,"currency"?: string,"customs"?: Json | null,"declared_value"?: number | null,"delivered_at"?: string | null,"description"?: string,"destination"?: NonNullable<Json>,"detail"?: string | null,"environment"?: Database["public"]['Enums']["environment"],"estimated_delivery_at"?: string | null,"failure"?: Json | null,"id"?: string,"insured_value"?: number | null,"label_format"?: string,"last_event_at"?: string | null,"level"?: Database["public"]['Enums']["service_level"] | null,"manifest_id"?: string | null,"metadata"?: NonNullable<Json>,"organization_id"?: string,"origin"?: NonNullable<Json>,"parcel_tracking_numbers"?: (string)[],"parcels"?: NonNullable<Json>,"pickup_id"?: string | null,"provider_data"?: NonNullable<Json>,"provider_shipment_id"?: string | null,"rate_id"?: string | null,"reference"?: string,"return_of"?: string | null,"rule"?: Database["public"]['Enums']["shipping_rule"],"service"?: string | null,"ships_at"?: string,"signature_required"?: boolean,"status"?: Database["public"]['Enums']["shipment_status"],"tracking_number"?: string | null,"tracking_token"?: string,"tracking_url"?: string | null,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "shipments_organization_id_connection_id_fkey"
      columns: ["organization_id","connection_id"]
isOneToOne: false
      referencedRelation: "integration_connections"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "shipments_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "shipments_organization_id_manifest_id_fkey"
      columns: ["organization_id","manifest_id"]
isOneToOne: false
      referencedRelation: "shipping_manifests"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "shipments_organization_id_pickup_id_fkey"
      columns: ["organization_id","pickup_id"]
isOneToOne: false
      referencedRelation: "pickups"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "shipments_organization_id_rate_id_fkey"
      columns: ["organization_id","rate_id"]
isOneToOne: false
      referencedRelation: "shipment_rates"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "shipments_organization_id_return_of_fkey"
      columns: ["organization_id","return_of"]
isOneToOne: false
      referencedRelation: "shipments"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"shipping_locations": {
                  Row: {
                    "address": NonNullable<Json>,"created_at": string,"id": string,"is_default": boolean,"name": string,"organization_id": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "address": NonNullable<Json>,"created_at"?: string,"id"?: string,"is_default"?: boolean,"name": string,"organization_id": string,"updated_at"?: string
                  }
                  Update: {
                    "address"?: NonNullable<Json>,"created_at"?: string,"id"?: string,"is_default"?: boolean,"name"?: string,"organization_id"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "shipping_locations_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"shipping_manifests": {
                  Row: {
                    "connection_id": string,"created_at": string,"created_by": string,"environment": Database["public"]['Enums']["environment"],"id": string,"organization_id": string,"shipments": number
                  }
                  ComputedFields: never
                  Insert: {
                    "connection_id": string,"created_at"?: string,"created_by": string,"environment": Database["public"]['Enums']["environment"],"id"?: string,"organization_id": string,"shipments": number
                  }
                  Update: {
                    "connection_id"?: string,"created_at"?: string,"created_by"?: string,"environment"?: Database["public"]['Enums']["environment"],"id"?: string,"organization_id"?: string,"shipments"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "shipping_manifests_organization_id_connection_id_fkey"
      columns: ["organization_id","connection_id"]
isOneToOne: false
      referencedRelation: "integration_connections"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "shipping_manifests_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                },"shipping_providers": {
                  Row: {
                    "cash_on_delivery": boolean,"connection_id": string,"countries": (string)[],"default_service": string | null,"emirates": (string)[],"enabled": boolean,"levels": (Database["public"]['Enums']["service_level"])[],"maximum_weight_kg": number | null,"minimum_weight_kg": number | null,"organization_id": string,"priority": number,"services": (string)[],"stalled_after_hours": number,"tariff": NonNullable<Json>,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "cash_on_delivery"?: boolean,"connection_id": string,"countries"?: (string)[],"default_service"?: string | null,"emirates"?: (string)[],"enabled"?: boolean,"levels"?: (Database["public"]['Enums']["service_level"])[],"maximum_weight_kg"?: number | null,"minimum_weight_kg"?: number | null,"organization_id": string,"priority"?: number,"services"?: (string)[],"stalled_after_hours"?: number,"tariff"?: NonNullable<Json>,"updated_at"?: string
                  }
                  Update: {
                    "cash_on_delivery"?: boolean,"connection_id"?: string,"countries"?: (string)[],"default_service"?: string | null,"emirates"?: (string)[],"enabled"?: boolean,"levels"?: (Database["public"]['Enums']["service_level"])[],"maximum_weight_kg"?: number | null,"minimum_weight_kg"?: number | null,"organization_id"?: string,"priority"?: number,"services"?: (string)[],"stalled_after_hours"?: number,"tariff"?: NonNullable<Json>,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "shipping_providers_organization_id_connection_id_fkey"
      columns: ["organization_id","connection_id"]
isOneToOne: false
      referencedRelation: "integration_connections"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"social_account_metrics": {
                  Row: {
                    "account_id": string,"day": string,"engagements": number | null,"followers": number | null,"organization_id": string,"reach": number | null,"taken_at": string,"views": number | null
                  }
                  ComputedFields: never
                  Insert: {
                    "account_id": string,"day": string,"engagements"?: number | null,"followers"?: number | null,"organization_id": string,"reach"?: number | null,"taken_at"?: string,"views"?: number | null
                  }
                  Update: {
                    "account_id"?: string,"day"?: string,"engagements"?: number | null,"followers"?: number | null,"organization_id"?: string,"reach"?: number | null,"taken_at"?: string,"views"?: number | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "social_account_metrics_organization_id_account_id_fkey"
      columns: ["organization_id","account_id"]
isOneToOne: false
      referencedRelation: "social_media_accounts"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"social_comments": {
                  Row: {
                    "author_id": string | null,"author_name": string | null,"commented_at": string | null,"created_at": string,"created_by": string,"failure": Json | null,"id": string,"is_first": boolean,"is_hidden": boolean,"is_ours": boolean,"likes": number | null,"organization_id": string,"parent_id": string | null,"post_id": string,"provider_comment_id": string | null,"provider_parent_id": string | null,"status": Database["public"]['Enums']["comment_status"],"text": string
                  }
                  ComputedFields: never
                  Insert: {
                    "author_id"?: string | null,"author_name"?: string | null,"commented_at"?: string | null,"created_at"?: string,"created_by": string,"failure"?: Json | null,"id"?: string,"is_first"?: boolean,"is_hidden"?: boolean,"is_ours"?: boolean,"likes"?: number | null,"organization_id": string,"parent_id"?: string | null,"post_id": string,"provider_comment_id"?: string | null,"provider_parent_id"?: string | null,"status": Database["public"]['Enums']["comment_status"],"text": string
                  }
                  Update: {
                    "author_id"?: string | null,"author_name"?: string | null,"commented_at"?: string | null,"created_at"?: string,"created_by"?: string,"failure"?: Json | null,"id"?: string,"is_first"?: boolean,"is_hidden"?: boolean,"is_ours"?: boolean,"likes"?: number | null,"organization_id"?: string,"parent_id"?: string | null,"post_id"?: string,"provider_comment_id"?: string | null,"provider_parent_id"?: string | null,"status"?: Database["public"]['Enums']["comment_status"],"text"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "social_comments_organization_id_post_id_fkey"
      columns: ["organization_id","post_id"]
isOneToOne: false
      referencedRelation: "social_posts"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "social_comments_parent_id_fkey"
      columns: ["parent_id"]
isOneToOne: false
      referencedRelation: "social_comments"
      referencedColumns: ["id"]
    }
                  ]
                },"social_engagement": {
                  Row: {
                    "clicks": number | null,"comments": number | null,"organization_id": string,"post_id": string,"reach": number | null,"reactions": number | null,"saves": number | null,"shares": number | null,"taken_at": string,"video_views": number | null,"views": number | null
                  }
                  ComputedFields: never
                  Insert: {
                    "clicks"?: number | null,"comments"?: number | null,"organization_id": string,"post_id": string,"reach"?: number | null,"reactions"?: number | null,"saves"?: number | null,"shares"?: number | null,"taken_at"?: string,"video_views"?: number | null,"views"?: number | null
                  }
                  Update: {
                    "clicks"?: number | null,"comments"?: number | null,"organization_id"?: string,"post_id"?: string,"reach"?: number | null,"reactions"?: number | null,"saves"?: number | null,"shares"?: number | null,"taken_at"?: string,"video_views"?: number | null,"views"?: number | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "social_engagement_organization_id_post_id_fkey"
      columns: ["organization_id","post_id"]
isOneToOne: false
      referencedRelation: "social_posts"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"social_media_accounts": {
                  Row: {
                    "can_publish": boolean,"connection_id": string,"created_at": string,"enabled": boolean,"followers": number | null,"handle": string | null,"id": string,"kind": string,"name": string,"organization_id": string,"picture_url": string | null,"posts_synced_at": string | null,"provider_account_id": string,"refreshed_at": string | null,"removed_at": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "can_publish"?: boolean,"connection_id": string,"created_at"?: string,"enabled"?: boolean,"followers"?: number | null,"handle"?: string | null,"id"?: string,"kind": string,"name": string,"organization_id": string,"picture_url"?: string | null,"posts_synced_at"?: string | null,"provider_account_id": string,"refreshed_at"?: string | null,"removed_at"?: string | null
                  }
                  Update: {
                    "can_publish"?: boolean,"connection_id"?: string,"created_at"?: string,"enabled"?: boolean,"followers"?: number | null,"handle"?: string | null,"id"?: string,"kind"?: string,"name"?: string,"organization_id"?: string,"picture_url"?: string | null,"posts_synced_at"?: string | null,"provider_account_id"?: string,"refreshed_at"?: string | null,"removed_at"?: string | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "social_media_accounts_organization_id_connection_id_fkey"
      columns: ["organization_id","connection_id"]
isOneToOne: false
      referencedRelation: "integration_connections"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"social_posts": {
                  Row: {
                    "account_id": string,"created_at": string,"created_by": string,"deleted_at": string | null,"edited_at": string | null,"engagement": NonNullable<Json>,"failure": Json | null,"first_comment": string | null,"format": string,"group_id": string,"id": string,"link": Json | null,"measured_at": string | null,"media": NonNullable<Json>,"organization_id": string,"origin": string,"permalink": string | null,"problems": NonNullable<Json>,"provider_post_id": string | null,"published_at": string | null,"scheduled_at": string | null,"status": Database["public"]['Enums']["post_status"],"text": string,"time_zone": string | null,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "account_id": string,"created_at"?: string,"created_by": string,"deleted_at"?: string | null,"edited_at"?: string | null,"engagement"?: NonNullable<Json>,"failure"?: Json | null,"first_comment"?: string | null,"format"?: string,"group_id"?: string,"id"?: string,"link"?: Json | null,"measured_at"?: string | null,"media"?: NonNullable<Json>,"organization_id": string,"origin"?: string,"permalink"?: string | null,"problems"?: NonNullable<Json>,"provider_post_id"?: string | null,"published_at"?: string | null,"scheduled_at"?: string | null,"status"?: Database["public"]['Enums']["post_status"],"text"?: string,"time_zone"?: string | null,"updated_at"?: string
                  }
                  Update: {
                    "account_id"?: string,"created_at"?: string,"created_by"?: string,"deleted_at"?: string | null,"edited_at"?: string | null,"engagement"?: NonNullable<Json>,"failure"?: Json | null,"first_comment"?: string | null,"format"?: string,"group_id"?: string,"id"?: string,"link"?: Json | null,"measured_at"?: string | null,"media"?: NonNullable<Json>,"organization_id"?: string,"origin"?: string,"permalink"?: string | null,"problems"?: NonNullable<Json>,"provider_post_id"?: string | null,"published_at"?: string | null,"scheduled_at"?: string | null,"status"?: Database["public"]['Enums']["post_status"],"text"?: string,"time_zone"?: string | null,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "social_posts_organization_id_account_id_fkey"
      columns: ["organization_id","account_id"]
isOneToOne: false
      referencedRelation: "social_media_accounts"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"sync_runs": {
                  Row: {
                    "changed": number,"error": Json | null,"finished_at": string | null,"id": string,"mode": Database["public"]['Enums']["sync_mode"],"organization_id": string,"pages": number,"read": number,"removed": number,"started_at": string,"status": string,"stream_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "changed"?: number,"error"?: Json | null,"finished_at"?: string | null,"id": string,"mode": Database["public"]['Enums']["sync_mode"],"organization_id": string,"pages"?: number,"read"?: number,"removed"?: number,"started_at": string,"status"?: string,"stream_id": string
                  }
                  Update: {
                    "changed"?: number,"error"?: Json | null,"finished_at"?: string | null,"id"?: string,"mode"?: Database["public"]['Enums']["sync_mode"],"organization_id"?: string,"pages"?: number,"read"?: number,"removed"?: number,"started_at"?: string,"status"?: string,"stream_id"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "sync_runs_organization_id_stream_id_fkey"
      columns: ["organization_id","stream_id"]
isOneToOne: false
      referencedRelation: "sync_streams"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"sync_streams": {
                  Row: {
                    "changed": number,"connection_id": string,"created_at": string,"enabled": boolean,"every_minutes": number,"full_every_hours": number | null,"id": string,"last_error": Json | null,"last_finished_at": string | null,"next_full_at": string | null,"next_run_at": string,"organization_id": string,"page_cursor": string | null,"pages": number,"read": number,"removed": number,"run_id": string | null,"run_mode": Database["public"]['Enums']["sync_mode"] | null,"run_started_at": string | null,"since": string | null,"status": Database["public"]['Enums']["sync_status"],"stream": string,"total": number | null
                  }
                  ComputedFields: never
                  Insert: {
                    "changed"?: number,"connection_id": string,"created_at"?: string,"enabled"?: boolean,"every_minutes": number,"full_every_hours"?: number | null,"id"?: string,"last_error"?: Json | null,"last_finished_at"?: string | null,"next_full_at"?: string | null,"next_run_at"?: string,"organization_id": string,"page_cursor"?: string | null,"pages"?: number,"read"?: number,"removed"?: number,"run_id"?: string | null,"run_mode"?: Database["public"]['Enums']["sync_mode"] | null,"run_started_at"?: string | null,"since"?: string | null,"status"?: Database["public"]['Enums']["sync_status"],"stream": string,"total"?: number | null
                  }
                  Update: {
                    "changed"?: number,"connection_id"?: string,"created_at"?: string,"enabled"?: boolean,"every_minutes"?: number,"full_every_hours"?: number | null,"id"?: string,"last_error"?: Json | null,"last_finished_at"?: string | null,"next_full_at"?: string | null,"next_run_at"?: string,"organization_id"?: string,"page_cursor"?: string | null,"pages"?: number,"read"?: number,"removed"?: number,"run_id"?: string | null,"run_mode"?: Database["public"]['Enums']["sync_mode"] | null,"run_started_at"?: string | null,"since"?: string | null,"status"?: Database["public"]['Enums']["sync_status"],"stream"?: string,"total"?: number | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "sync_streams_organization_id_connection_id_fkey"
      columns: ["organization_id","connection_id"]
isOneToOne: false
      referencedRelation: "integration_connections"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"synthetic_checks": {
                  Row: {
                    "capability": string,"changed_at": string | null,"checked_at": string | null,"connection_id": string,"created_at": string,"enabled": boolean,"id": string,"interval_seconds": number,"last_error": Json | null,"next_check_at": string,"organization_id": string,"state": Database["public"]['Enums']["health_state"],"streak": number
                  }
                  ComputedFields: never
                  Insert: {
                    "capability": string,"changed_at"?: string | null,"checked_at"?: string | null,"connection_id": string,"created_at"?: string,"enabled"?: boolean,"id"?: string,"interval_seconds"?: number,"last_error"?: Json | null,"next_check_at"?: string,"organization_id": string,"state"?: Database["public"]['Enums']["health_state"],"streak"?: number
                  }
                  Update: {
                    "capability"?: string,"changed_at"?: string | null,"checked_at"?: string | null,"connection_id"?: string,"created_at"?: string,"enabled"?: boolean,"id"?: string,"interval_seconds"?: number,"last_error"?: Json | null,"next_check_at"?: string,"organization_id"?: string,"state"?: Database["public"]['Enums']["health_state"],"streak"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "synthetic_checks_organization_id_connection_id_fkey"
      columns: ["organization_id","connection_id"]
isOneToOne: false
      referencedRelation: "integration_connections"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"webhook_deliveries": {
                  Row: {
                    "attempts": number,"created_at": string,"delivered_at": string | null,"event_id": string,"event_type": string,"id": string,"last_error": string | null,"last_status": number | null,"next_attempt_at": string | null,"organization_id": string,"payload": NonNullable<Json>,"replayed_at": string | null,"status": Database["public"]['Enums']["delivery_status"],"subscription_id": string,"trace_id": string | null
                  }
                  ComputedFields: never
                  Insert: {
                    "attempts"?: number,"created_at"?: string,"delivered_at"?: string | null,"event_id": string,"event_type": string,"id"?: string,"last_error"?: string | null,"last_status"?: number | null,"next_attempt_at"?: string | null,"organization_id": string,"payload": NonNullable<Json>,"replayed_at"?: string | null,"status"?: Database["public"]['Enums']["delivery_status"],"subscription_id": string,"trace_id"?: string | null
                  }
                  Update: {
                    "attempts"?: number,"created_at"?: string,"delivered_at"?: string | null,"event_id"?: string,"event_type"?: string,"id"?: string,"last_error"?: string | null,"last_status"?: number | null,"next_attempt_at"?: string | null,"organization_id"?: string,"payload"?: NonNullable<Json>,"replayed_at"?: string | null,"status"?: Database["public"]['Enums']["delivery_status"],"subscription_id"?: string,"trace_id"?: string | null
                  }
                  Relationships: [
                    
                  ]
                },"webhook_delivery_attempts": {
                  Row: {
                    "created_at": string,"delivery_id": string,"duration_ms": number,"error": Json | null,"http_status": number | null,"id": string,"number": number,"organization_id": string,"response": string | null,"subscription_id": string
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"delivery_id": string,"duration_ms": number,"error"?: Json | null,"http_status"?: number | null,"id"?: string,"number": number,"organization_id": string,"response"?: string | null,"subscription_id": string
                  }
                  Update: {
                    "created_at"?: string,"delivery_id"?: string,"duration_ms"?: number,"error"?: Json | null,"http_status"?: number | null,"id"?: string,"number"?: number,"organization_id"?: string,"response"?: string | null,"subscription_id"?: string
                  }
                  Relationships: [
                    
                  ]
                },"webhook_endpoints": {
                  Row: {
                    "allowed_networks": (string)[],"bodies_erased_until": string | null,"body_retention_days": number | null,"connection_id": string,"created_at": string,"description": string,"enabled": boolean,"id": string,"ignored_event_types": (string)[],"last_received_at": string | null,"last_refusal": string | null,"last_refused_at": string | null,"max_body_bytes": number,"organization_id": string,"rate_burst": number | null,"rate_per_second": number | null,"received_count": number,"record_only": boolean,"refused_count": number,"token_hash": string,"token_hint": string,"tolerance_seconds": number
                  }
                  ComputedFields: never
                  Insert: {
                    "allowed_networks"?: (string)[],"bodies_erased_until"?: string | null,"body_retention_days"?: number | null,"connection_id": string,"created_at"?: string,"description"?: string,"enabled"?: boolean,"id"?: string,"ignored_event_types"?: (string)[],"last_received_at"?: string | null,"last_refusal"?: string | null,"last_refused_at"?: string | null,"max_body_bytes"?: number,"organization_id": string,"rate_burst"?: number | null,"rate_per_second"?: number | null,"received_count"?: number,"record_only"?: boolean,"refused_count"?: number,"token_hash": string,"token_hint": string,"tolerance_seconds"?: number
                  }
                  Update: {
                    "allowed_networks"?: (string)[],"bodies_erased_until"?: string | null,"body_retention_days"?: number | null,"connection_id"?: string,"created_at"?: string,"description"?: string,"enabled"?: boolean,"id"?: string,"ignored_event_types"?: (string)[],"last_received_at"?: string | null,"last_refusal"?: string | null,"last_refused_at"?: string | null,"max_body_bytes"?: number,"organization_id"?: string,"rate_burst"?: number | null,"rate_per_second"?: number | null,"received_count"?: number,"record_only"?: boolean,"refused_count"?: number,"token_hash"?: string,"token_hint"?: string,"tolerance_seconds"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "webhook_endpoints_organization_id_connection_id_fkey"
      columns: ["organization_id","connection_id"]
isOneToOne: false
      referencedRelation: "integration_connections"
      referencedColumns: ["organization_id","id"]
    }
                  ]
                },"webhook_events": {
                  Row: {
                    "attempts": number,"body": string,"body_bytes": number,"body_erased_at": string | null,"body_sha256": string | null,"canonical_types": (string)[],"connection_id": string,"endpoint_id": string,"error": Json | null,"event_type": string | null,"headers": NonNullable<Json>,"id": string,"organization_id": string,"processed_at": string | null,"provider_event_id": string | null,"provider_key": string,"query": string,"received_at": string,"source_address": string | null,"status": Database["public"]['Enums']["webhook_event_status"],"trace_id": string | null,"verified": boolean
                  }
                  ComputedFields: never
                  Insert: {
                    "attempts"?: number,"body": string,"body_bytes"?: number,"body_erased_at"?: string | null,"body_sha256"?: string | null,"canonical_types"?: (string)[],"connection_id": string,"endpoint_id": string,"error"?: Json | null,"event_type"?: string | null,"headers": NonNullable<Json>,"id": string,"organization_id": string,"processed_at"?: string | null,"provider_event_id"?: string | null,"provider_key": string,"query"?: string,"received_at": string,"source_address"?: string | null,"status"?: Database["public"]['Enums']["webhook_event_status"],"trace_id"?: string | null,"verified": boolean
                  }
                  Update: {
                    "attempts"?: number,"body"?: string,"body_bytes"?: number,"body_erased_at"?: string | null,"body_sha256"?: string | null,"canonical_types"?: (string)[],"connection_id"?: string,"endpoint_id"?: string,"error"?: Json | null,"event_type"?: string | null,"headers"?: NonNullable<Json>,"id"?: string,"organization_id"?: string,"processed_at"?: string | null,"provider_event_id"?: string | null,"provider_key"?: string,"query"?: string,"received_at"?: string,"source_address"?: string | null,"status"?: Database["public"]['Enums']["webhook_event_status"],"trace_id"?: string | null,"verified"?: boolean
                  }
                  Relationships: [
                    
                  ]
                },"webhook_requests": {
                  Row: {
                    "body_bytes": number | null,"connection_id": string,"endpoint_id": string,"headers": NonNullable<Json>,"http_status": number,"id": string,"method": string,"organization_id": string,"provider_event_id": string | null,"reason": string,"received_at": string,"source_address": string | null,"verified": boolean | null
                  }
                  ComputedFields: never
                  Insert: {
                    "body_bytes"?: number | null,"connection_id": string,"endpoint_id": string,"headers"?: NonNullable<Json>,"http_status": number,"id"?: string,"method": string,"organization_id": string,"provider_event_id"?: string | null,"reason": string,"received_at": string,"source_address"?: string | null,"verified"?: boolean | null
                  }
                  Update: {
                    "body_bytes"?: number | null,"connection_id"?: string,"endpoint_id"?: string,"headers"?: NonNullable<Json>,"http_status"?: number,"id"?: string,"method"?: string,"organization_id"?: string,"provider_event_id"?: string | null,"reason"?: string,"received_at"?: string,"source_address"?: string | null,"verified"?: boolean | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "webhook_requests_endpoint_id_fkey"
      columns: ["endpoint_id"]
isOneToOne: false
      referencedRelation: "webhook_endpoints"
      referencedColumns: ["id"]
    }
                  ]
                },"webhook_subscriptions": {
                  Row: {
                    "conditions": (string)[],"connection_id": string | null,"created_at": string,"disabled_reason": string | null,"enabled": boolean,"environment": Database["public"]['Enums']["environment"] | null,"event_types": (string)[],"failing_since": string | null,"failures": number,"fault": Json | null,"former_secret_until": string | null,"id": string,"name": string,"ordered": boolean,"organization_id": string,"paused_until": string | null,"rate_per_minute": number | null,"secret_set_at": string | null,"template": Json | null,"updated_at": string,"url": string
                  }
                  ComputedFields: never
                  Insert: {
                    "conditions"?: (string)[],"connection_id"?: string | null,"created_at"?: string,"disabled_reason"?: string | null,"enabled"?: boolean,"environment"?: Database["public"]['Enums']["environment"] | null,"event_types": (string)[],"failing_since"?: string | null,"failures"?: number,"fault"?: Json | null,"former_secret_until"?: string | null,"id"?: string,"name": string,"ordered"?: boolean,"organization_id": string,"paused_until"?: string | null,"rate_per_minute"?: number | null,"secret_set_at"?: string | null,"template"?: Json | null,"updated_at"?: string,"url": string
                  }
                  Update: {
                    "conditions"?: (string)[],"connection_id"?: string | null,"created_at"?: string,"disabled_reason"?: string | null,"enabled"?: boolean,"environment"?: Database["public"]['Enums']["environment"] | null,"event_types"?: (string)[],"failing_since"?: string | null,"failures"?: number,"fault"?: Json | null,"former_secret_until"?: string | null,"id"?: string,"name"?: string,"ordered"?: boolean,"organization_id"?: string,"paused_until"?: string | null,"rate_per_minute"?: number | null,"secret_set_at"?: string | null,"template"?: Json | null,"updated_at"?: string,"url"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "webhook_subscriptions_organization_id_connection_id_fkey"
      columns: ["organization_id","connection_id"]
isOneToOne: false
      referencedRelation: "integration_connections"
      referencedColumns: ["organization_id","id"]
    },{
      foreignKeyName: "webhook_subscriptions_organization_id_fkey"
      columns: ["organization_id"]
isOneToOne: false
      referencedRelation: "organizations"
      referencedColumns: ["id"]
    }
                  ]
                }
          }
          Views: {
            [_ in never]: never
          }
          Functions: {
            "acknowledge_alert":
{ Args: { "alert_id": string }; Returns: {
              "acknowledged_at": string | null,
"acknowledged_by": string | null,
"cause_id": string | null,
"connection_id": string | null,
"detail": NonNullable<Json>,
"first_seen_at": string,
"group_key": string,
"id": string,
"kind": string,
"last_seen_at": string,
"muted_by": string | null,
"next_look_at": string | null,
"occurrences": number,
"organization_id": string,
"resolved_at": string | null,
"rule_id": string | null,
"severity": Database["public"]['Enums']["alert_severity"],
"snoozed_until": string | null,
"status": Database["public"]['Enums']["alert_status"],
"title": string,
"told_at": string | null
            }
                          SetofOptions: {
        from: "*"
        to: "alerts"
        isOneToOne: true
        isSetofReturn: false
      } },
"asked":
{ Args: { "shipment_quote": Omit<Database["public"]['Tables']["shipment_quotes"]['Row'], Database["public"]['Tables']["shipment_quotes"]['ComputedFields']> }; Returns: Json
                           },
"attributes":
{ Args: { "lead": Omit<Database["public"]['Tables']["leads"]['Row'], Database["public"]['Tables']["leads"]['ComputedFields']> }; Returns: Json
                           },
"backup_status":
{ Args: { "organization_id"?: string }; Returns: Json
                           },
"billing_address":
{ Args: { "payment": Omit<Database["public"]['Tables']["payments"]['Row'], Database["public"]['Tables']["payments"]['ComputedFields']> }; Returns: Json
                           } |
{ Args: { "payment_link": Omit<Database["public"]['Tables']["payment_links"]['Row'], Database["public"]['Tables']["payment_links"]['ComputedFields']> }; Returns: Json
                           },
"cancel_automation_run":
{ Args: { "run_id": string }; Returns: {
              "automation_id": string,
"event_created_at": string,
"event_id": string,
"event_type": string,
"finished_at": string | null,
"id": string,
"organization_id": string,
"reason": string | null,
"started_at": string,
"status": Database["public"]['Enums']["automation_run_status"],
"subject_id": string | null,
"subject_type": string | null,
"version": number
            }
                          SetofOptions: {
        from: "*"
        to: "automation_runs"
        isOneToOne: true
        isSetofReturn: false
      } },
"cancel_operation":
{ Args: { "operation_id": string }; Returns: {
              "attempts": number,
"connection_id": string | null,
"created_at": string,
"created_by": string | null,
"error": Json | null,
"finished_at": string | null,
"id": string,
"idempotency_key": string | null,
"input": NonNullable<Json>,
"input_hash": string | null,
"kind": string,
"organization_id": string,
"result": Json | null,
"status": Database["public"]['Enums']["operation_status"],
"subject_id": string | null,
"subject_type": string | null,
"trace_id": string | null,
"why": Json | null
            }
                          SetofOptions: {
        from: "*"
        to: "operations"
        isOneToOne: true
        isSetofReturn: false
      } },
"cancel_payment":
{ Args: { "idempotency_key"?: string,"payment_id": string,"reason"?: string }; Returns: {
              "amount": number,
"amount_authorized": number,
"amount_captured": number,
"amount_refunded": number,
"cancel_url": string | null,
"capture_method": string,
"checkout_url": string | null,
"connection_id": string | null,
"country": string | null,
"created_at": string,
"created_by": string,
"currency": string,
"description": string | null,
"environment": Database["public"]['Enums']["environment"],
"failure": Json | null,
"fee": number | null,
"id": string,
"items": NonNullable<Json>,
"locale": string | null,
"metadata": NonNullable<Json>,
"method": string | null,
"next_action": Json | null,
"organization_id": string,
"payment_link_id": string | null,
"payment_method_id": string | null,
"provider_data": NonNullable<Json>,
"provider_payment_id": string | null,
"provider_session_id": string | null,
"provider_status": string | null,
"reference": string,
"return_url": string | null,
"save_payment_method": boolean,
"status": Database["public"]['Enums']["payment_status"],
"status_told_at": string | null,
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "payments"
        isOneToOne: true
        isSetofReturn: false
      } },
"cancel_pickup":
{ Args: { "pickup_id": string }; Returns: {
              "closes_at": string,
"connection_id": string,
"created_at": string,
"created_by": string,
"environment": Database["public"]['Enums']["environment"],
"failure": Json | null,
"id": string,
"instructions": string | null,
"location": string | null,
"organization_id": string,
"parcels": number,
"place": NonNullable<Json>,
"provider_data": NonNullable<Json>,
"provider_pickup_id": string | null,
"ready_at": string,
"status": string,
"updated_at": string,
"weight_kg": number
            }
                          SetofOptions: {
        from: "*"
        to: "pickups"
        isOneToOne: true
        isSetofReturn: false
      } },
"cancel_post":
{ Args: { "post_id": string }; Returns: {
              "account_id": string,
"created_at": string,
"created_by": string,
"deleted_at": string | null,
"edited_at": string | null,
"engagement": NonNullable<Json>,
"failure": Json | null,
"first_comment": string | null,
"format": string,
"group_id": string,
"id": string,
"link": Json | null,
"measured_at": string | null,
"media": NonNullable<Json>,
"organization_id": string,
"origin": string,
"permalink": string | null,
"problems": NonNullable<Json>,
"provider_post_id": string | null,
"published_at": string | null,
"scheduled_at": string | null,
"status": Database["public"]['Enums']["post_status"],
"text": string,
"time_zone": string | null,
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "social_posts"
        isOneToOne: true
        isSetofReturn: false
      } },
"cancel_shipment":
{ Args: { "idempotency_key"?: string,"shipment_id": string }; Returns: {
              "cash_on_delivery_amount": number | null,
"connection_id": string | null,
"contents": string,
"cost": number | null,
"cost_currency": string | null,
"created_at": string,
"created_by": string,
"currency": string,
"customs": Json | null,
"declared_value": number | null,
"delivered_at": string | null,
"description": string,
"destination": NonNullable<Json>,
"detail": string | null,
"environment": Database["public"]['Enums']["environment"],
"estimated_delivery_at": string | null,
"failure": Json | null,
"id": string,
"insured_value": number | null,
"label_format": string,
"last_event_at": string | null,
"level": Database["public"]['Enums']["service_level"] | null,
"manifest_id": string | null,
"metadata": NonNullable<Json>,
"organization_id": string,
"origin": NonNullable<Json>,
"parcel_tracking_numbers": (string)[],
"parcels": NonNullable<Json>,
"pickup_id": string | null,
"provider_data": NonNullable<Json>,
"provider_shipment_id": string | null,
"rate_id": string | null,
"reference": string,
"return_of": string | null,
"rule": Database["public"]['Enums']["shipping_rule"],
"service": string | null,
"ships_at": string,
"signature_required": boolean,
"status": Database["public"]['Enums']["shipment_status"],
"tracking_number": string | null,
"tracking_token": string,
"tracking_url": string | null,
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "shipments"
        isOneToOne: true
        isSetofReturn: false
      } },
"capture_lead":
{ Args: { "answers": Json,"context"?: Json,"token": string }; Returns: Json
                           },
"capture_payment":
{ Args: { "amount"?: string,"idempotency_key"?: string,"payment_id": string }; Returns: {
              "amount": number,
"amount_authorized": number,
"amount_captured": number,
"amount_refunded": number,
"cancel_url": string | null,
"capture_method": string,
"checkout_url": string | null,
"connection_id": string | null,
"country": string | null,
"created_at": string,
"created_by": string,
"currency": string,
"description": string | null,
"environment": Database["public"]['Enums']["environment"],
"failure": Json | null,
"fee": number | null,
"id": string,
"items": NonNullable<Json>,
"locale": string | null,
"metadata": NonNullable<Json>,
"method": string | null,
"next_action": Json | null,
"organization_id": string,
"payment_link_id": string | null,
"payment_method_id": string | null,
"provider_data": NonNullable<Json>,
"provider_payment_id": string | null,
"provider_session_id": string | null,
"provider_status": string | null,
"reference": string,
"return_url": string | null,
"save_payment_method": boolean,
"status": Database["public"]['Enums']["payment_status"],
"status_told_at": string | null,
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "payments"
        isOneToOne: true
        isSetofReturn: false
      } },
"check_delivery_address":
{ Args: { "connection_id": string,"direction"?: string,"place": Json }; Returns: {
              "attempts": number,
"connection_id": string | null,
"created_at": string,
"created_by": string | null,
"error": Json | null,
"finished_at": string | null,
"id": string,
"idempotency_key": string | null,
"input": NonNullable<Json>,
"input_hash": string | null,
"kind": string,
"organization_id": string,
"result": Json | null,
"status": Database["public"]['Enums']["operation_status"],
"subject_id": string | null,
"subject_type": string | null,
"trace_id": string | null,
"why": Json | null
            }
                          SetofOptions: {
        from: "*"
        to: "operations"
        isOneToOne: true
        isSetofReturn: false
      } },
"check_payment_ledger":
{ Args: { "organization_id"?: string,"since"?: string }; Returns: Json
                           },
"choose_accounts":
{ Args: { "account_ids": (string)[],"connection_id": string }; Returns: {
              "can_publish": boolean,
"connection_id": string,
"created_at": string,
"enabled": boolean,
"followers": number | null,
"handle": string | null,
"id": string,
"kind": string,
"name": string,
"organization_id": string,
"picture_url": string | null,
"posts_synced_at": string | null,
"provider_account_id": string,
"refreshed_at": string | null,
"removed_at": string | null
            }[]
                          SetofOptions: {
        from: "*"
        to: "social_media_accounts"
        isOneToOne: false
        isSetofReturn: true
      } },
"close_manifest":
{ Args: { "connection_id": string,"shipment_ids"?: (string)[] }; Returns: {
              "connection_id": string,
"created_at": string,
"created_by": string,
"environment": Database["public"]['Enums']["environment"],
"id": string,
"organization_id": string,
"shipments": number
            }
                          SetofOptions: {
        from: "*"
        to: "shipping_manifests"
        isOneToOne: true
        isSetofReturn: false
      } },
"comment_on_post":
{ Args: { "idempotency_key"?: string,"post_id": string,"text": string }; Returns: {
              "author_id": string | null,
"author_name": string | null,
"commented_at": string | null,
"created_at": string,
"created_by": string,
"failure": Json | null,
"id": string,
"is_first": boolean,
"is_hidden": boolean,
"is_ours": boolean,
"likes": number | null,
"organization_id": string,
"parent_id": string | null,
"post_id": string,
"provider_comment_id": string | null,
"provider_parent_id": string | null,
"status": Database["public"]['Enums']["comment_status"],
"text": string
            }
                          SetofOptions: {
        from: "*"
        to: "social_comments"
        isOneToOne: true
        isSetofReturn: false
      } },
"company":
{ Args: { "lead": Omit<Database["public"]['Tables']["leads"]['Row'], Database["public"]['Tables']["leads"]['ComputedFields']> }; Returns: string
                           },
"complete_subject_step":
{ Args: { "note"?: string,"step_id": string }; Returns: {
              "action": string,
"completed_by": string | null,
"connection_id": string | null,
"finished_at": string | null,
"id": string,
"kept": number,
"note": string | null,
"organization_id": string,
"place": string,
"position": number,
"request_id": string,
"rows": number,
"status": Database["public"]['Enums']["subject_step_status"]
            }
                          SetofOptions: {
        from: "*"
        to: "data_subject_steps"
        isOneToOne: true
        isSetofReturn: false
      } },
"confirm_lead":
{ Args: { "token": string }; Returns: Json
                           },
"consent_evidence":
{ Args: { "consent_id": string }; Returns: Json
                           },
"costs":
{ Args: { "connection_id"?: string,"environment"?: Database["public"]['Enums']["environment"],"organization_id"?: string,"provider_key"?: string,"since": string,"until"?: string,"zoom"?: string }; Returns: Database["public"]['CompositeTypes']["cost_figures"][]
                          SetofOptions: {
        from: "*"
        to: "cost_figures"
        isOneToOne: false
        isSetofReturn: true
      } },
"create_api_key":
{ Args: { "environment"?: Database["public"]['Enums']["environment"],"expires_at"?: string,"name": string,"organization_id"?: string,"requests_per_minute"?: number,"role"?: Database["public"]['Enums']["organization_role"],"scopes": (string)[] }; Returns: Json
                           },
"create_connection":
{ Args: { "environment"?: Database["public"]['Enums']["environment"],"name"?: string,"organization_id"?: string,"provider": string,"settings"?: Json }; Returns: {
              "created_at": string,
"created_by": string | null,
"credentials_version": number,
"environment": Database["public"]['Enums']["environment"],
"health_changed_at": string | null,
"health_checked_at": string | null,
"health_interval_seconds": number,
"health_state": Database["public"]['Enums']["health_state"],
"health_streak": number,
"id": string,
"last_error": Json | null,
"name": string,
"next_health_check_at": string,
"organization_id": string,
"provider_key": string,
"settings": NonNullable<Json>,
"status": Database["public"]['Enums']["connection_status"],
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "integration_connections"
        isOneToOne: true
        isSetofReturn: false
      } },
"create_lead_form":
{ Args: { "allowed_origins"?: (string)[],"consent_text"?: string,"double_opt_in"?: boolean,"fields": Json,"most_per_minute"?: number,"most_per_visitor_minute"?: number,"name": string,"organization_id"?: string,"purpose"?: string,"redirect_url"?: string,"text_version"?: string }; Returns: {
              "allowed_origins": (string)[],
"consent_text": string | null,
"created_at": string,
"created_by": string,
"double_opt_in": boolean,
"enabled": boolean,
"fields": NonNullable<Json>,
"id": string,
"last_submission_at": string | null,
"most_per_minute": number,
"most_per_visitor_minute": number,
"name": string,
"organization_id": string,
"purpose": string | null,
"redirect_url": string | null,
"spam": number,
"submissions": number,
"text_version": string | null,
"token": string,
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "lead_forms"
        isOneToOne: true
        isSetofReturn: false
      } },
"create_organization":
{ Args: { "country"?: string,"name": string,"slug"?: string,"time_zone"?: string }; Returns: {
              "country": string,
"created_at": string,
"id": string,
"name": string,
"slug": string,
"time_zone": string,
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "organizations"
        isOneToOne: true
        isSetofReturn: false
      } },
"create_payment":
{ Args: { "amount": string,"billing_address"?: Json,"cancel_url"?: string,"capture_method"?: string,"connection_id"?: string,"country"?: string,"currency": string,"customer"?: Json,"description"?: string,"environment"?: Database["public"]['Enums']["environment"],"idempotency_key"?: string,"items"?: Json,"locale"?: string,"metadata"?: Json,"method"?: string,"organization_id"?: string,"payment_method"?: string,"payment_method_id"?: string,"reference": string,"return_url"?: string,"save_payment_method"?: boolean,"shipping_address"?: Json }; Returns: {
              "amount": number,
"amount_authorized": number,
"amount_captured": number,
"amount_refunded": number,
"cancel_url": string | null,
"capture_method": string,
"checkout_url": string | null,
"connection_id": string | null,
"country": string | null,
"created_at": string,
"created_by": string,
"currency": string,
"description": string | null,
"environment": Database["public"]['Enums']["environment"],
"failure": Json | null,
"fee": number | null,
"id": string,
"items": NonNullable<Json>,
"locale": string | null,
"metadata": NonNullable<Json>,
"method": string | null,
"next_action": Json | null,
"organization_id": string,
"payment_link_id": string | null,
"payment_method_id": string | null,
"provider_data": NonNullable<Json>,
"provider_payment_id": string | null,
"provider_session_id": string | null,
"provider_status": string | null,
"reference": string,
"return_url": string | null,
"save_payment_method": boolean,
"status": Database["public"]['Enums']["payment_status"],
"status_told_at": string | null,
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "payments"
        isOneToOne: true
        isSetofReturn: false
      } },
"create_payment_link":
{ Args: { "amount": string,"billing_address"?: Json,"cancel_url"?: string,"capture_method"?: string,"connection_id"?: string,"country"?: string,"currency": string,"customer"?: Json,"description"?: string,"environment"?: Database["public"]['Enums']["environment"],"expires_at"?: string,"idempotency_key"?: string,"items"?: Json,"locale"?: string,"metadata"?: Json,"method"?: string,"organization_id"?: string,"reference": string,"return_url"?: string,"shipping_address"?: Json,"single_use"?: boolean }; Returns: {
              "amount": number,
"created_at": string,
"created_by": string,
"currency": string,
"description": string | null,
"disabled_at": string | null,
"environment": Database["public"]['Enums']["environment"],
"expires_at": string | null,
"id": string,
"input": NonNullable<Json>,
"organization_id": string,
"paid_payment_id": string | null,
"reference": string,
"single_use": boolean,
"status": Database["public"]['Enums']["payment_link_status"],
"token": string,
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "payment_links"
        isOneToOne: true
        isSetofReturn: false
      } },
"create_shipment":
{ Args: { "cash_on_delivery_amount"?: string,"connection_id"?: string,"contents"?: string,"currency"?: string,"customs"?: Json,"declared_value"?: string,"description"?: string,"environment"?: Database["public"]['Enums']["environment"],"idempotency_key"?: string,"instructions"?: string,"insured_value"?: string,"label_format"?: string,"level"?: Database["public"]['Enums']["service_level"],"metadata"?: Json,"organization_id"?: string,"parcels"?: Json,"rate_id"?: string,"recipient"?: Json,"reference": string,"rule"?: Database["public"]['Enums']["shipping_rule"],"sender"?: Json,"service"?: string,"ships_at"?: string,"signature_required"?: boolean }; Returns: {
              "cash_on_delivery_amount": number | null,
"connection_id": string | null,
"contents": string,
"cost": number | null,
"cost_currency": string | null,
"created_at": string,
"created_by": string,
"currency": string,
"customs": Json | null,
"declared_value": number | null,
"delivered_at": string | null,
"description": string,
"destination": NonNullable<Json>,
"detail": string | null,
"environment": Database["public"]['Enums']["environment"],
"estimated_delivery_at": string | null,
"failure": Json | null,
"id": string,
"insured_value": number | null,
"label_format": string,
"last_event_at": string | null,
"level": Database["public"]['Enums']["service_level"] | null,
"manifest_id": string | null,
"metadata": NonNullable<Json>,
"organization_id": string,
"origin": NonNullable<Json>,
"parcel_tracking_numbers": (string)[],
"parcels": NonNullable<Json>,
"pickup_id": string | null,
"provider_data": NonNullable<Json>,
"provider_shipment_id": string | null,
"rate_id": string | null,
"reference": string,
"return_of": string | null,
"rule": Database["public"]['Enums']["shipping_rule"],
"service": string | null,
"ships_at": string,
"signature_required": boolean,
"status": Database["public"]['Enums']["shipment_status"],
"tracking_number": string | null,
"tracking_token": string,
"tracking_url": string | null,
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "shipments"
        isOneToOne: true
        isSetofReturn: false
      } },
"create_subject_request":
{ Args: { "changes"?: Json,"email"?: string,"identity_check"?: string,"kind": Database["public"]['Enums']["subject_request_kind"],"lead_id"?: string,"note"?: string,"organization_id"?: string,"phone"?: string,"received_at"?: string }; Returns: {
              "archive_expires_at": string | null,
"archive_path": string | null,
"certificate": Json | null,
"certificate_sha256": string | null,
"created_at": string,
"created_by": string,
"due_at": string,
"extended_at": string | null,
"finished_at": string | null,
"id": string,
"identity_check": string | null,
"jurisdiction": string,
"kind": Database["public"]['Enums']["subject_request_kind"],
"lead_id": string | null,
"note": string | null,
"organization_id": string,
"reason": string | null,
"received_at": string,
"status": Database["public"]['Enums']["subject_request_status"],
"subject_indexes": (string)[]
            }
                          SetofOptions: {
        from: "*"
        to: "data_subject_requests"
        isOneToOne: true
        isSetofReturn: false
      } },
"create_webhook_endpoint":
{ Args: { "connection_id": string,"description"?: string }; Returns: Json
                           },
"credential_history":
{ Args: { "connection_id": string }; Returns: {
              "created_at": string,"created_by": string,"key_id": string,"name": string,"superseded_at": string,"version": number
            }[]
                           },
"customer":
{ Args: { "payment": Omit<Database["public"]['Tables']["payments"]['Row'], Database["public"]['Tables']["payments"]['ComputedFields']> }; Returns: Json
                           } |
{ Args: { "payment_link": Omit<Database["public"]['Tables']["payment_links"]['Row'], Database["public"]['Tables']["payment_links"]['ComputedFields']> }; Returns: Json
                           },
"delete_automation":
{ Args: { "automation_id": string }; Returns: {
              "created_at": string,
"created_by": string,
"definition": NonNullable<Json>,
"deleted_at": string | null,
"description": string | null,
"enabled": boolean,
"environment": Database["public"]['Enums']["environment"] | null,
"events": (string)[],
"id": string,
"name": string,
"organization_id": string,
"updated_at": string,
"version": number
            }
                          SetofOptions: {
        from: "*"
        to: "automations"
        isOneToOne: true
        isSetofReturn: false
      } },
"delete_comment":
{ Args: { "comment_id": string }; Returns: {
              "author_id": string | null,
"author_name": string | null,
"commented_at": string | null,
"created_at": string,
"created_by": string,
"failure": Json | null,
"id": string,
"is_first": boolean,
"is_hidden": boolean,
"is_ours": boolean,
"likes": number | null,
"organization_id": string,
"parent_id": string | null,
"post_id": string,
"provider_comment_id": string | null,
"provider_parent_id": string | null,
"status": Database["public"]['Enums']["comment_status"],
"text": string
            }
                          SetofOptions: {
        from: "*"
        to: "social_comments"
        isOneToOne: true
        isSetofReturn: false
      } },
"delete_lead":
{ Args: { "lead_id": string }; Returns: {
              "attribution": NonNullable<Json>,
"confirmed_at": string | null,
"country": string | null,
"created_at": string,
"id": string,
"language": string | null,
"organization_id": string,
"restricted_at": string | null,
"source": string,
"status": Database["public"]['Enums']["lead_status"],
"tags": (string)[],
"updated_at": string,
"version": number
            }
                          SetofOptions: {
        from: "*"
        to: "leads"
        isOneToOne: true
        isSetofReturn: false
      } },
"delete_payment_method":
{ Args: { "idempotency_key"?: string,"payment_method_id": string }; Returns: {
              "attempts": number,
"connection_id": string | null,
"created_at": string,
"created_by": string | null,
"error": Json | null,
"finished_at": string | null,
"id": string,
"idempotency_key": string | null,
"input": NonNullable<Json>,
"input_hash": string | null,
"kind": string,
"organization_id": string,
"result": Json | null,
"status": Database["public"]['Enums']["operation_status"],
"subject_id": string | null,
"subject_type": string | null,
"trace_id": string | null,
"why": Json | null
            }
                          SetofOptions: {
        from: "*"
        to: "operations"
        isOneToOne: true
        isSetofReturn: false
      } },
"delete_post":
{ Args: { "idempotency_key"?: string,"post_id": string }; Returns: {
              "account_id": string,
"created_at": string,
"created_by": string,
"deleted_at": string | null,
"edited_at": string | null,
"engagement": NonNullable<Json>,
"failure": Json | null,
"first_comment": string | null,
"format": string,
"group_id": string,
"id": string,
"link": Json | null,
"measured_at": string | null,
"media": NonNullable<Json>,
"organization_id": string,
"origin": string,
"permalink": string | null,
"problems": NonNullable<Json>,
"provider_post_id": string | null,
"published_at": string | null,
"scheduled_at": string | null,
"status": Database["public"]['Enums']["post_status"],
"text": string,
"time_zone": string | null,
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "social_posts"
        isOneToOne: true
        isSetofReturn: false
      } },
"delete_shipping_location":
{ Args: { "location_id": string }; Returns: {
              "address": NonNullable<Json>,
"created_at": string,
"id": string,
"is_default": boolean,
"name": string,
"organization_id": string,
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "shipping_locations"
        isOneToOne: true
        isSetofReturn: false
      } },
"disable_payment_link":
{ Args: { "payment_link_id": string }; Returns: {
              "amount": number,
"created_at": string,
"created_by": string,
"currency": string,
"description": string | null,
"disabled_at": string | null,
"environment": Database["public"]['Enums']["environment"],
"expires_at": string | null,
"id": string,
"input": NonNullable<Json>,
"organization_id": string,
"paid_payment_id": string | null,
"reference": string,
"single_use": boolean,
"status": Database["public"]['Enums']["payment_link_status"],
"token": string,
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "payment_links"
        isOneToOne: true
        isSetofReturn: false
      } },
"disconnect_connection":
{ Args: { "connection_id": string }; Returns: {
              "created_at": string,
"created_by": string | null,
"credentials_version": number,
"environment": Database["public"]['Enums']["environment"],
"health_changed_at": string | null,
"health_checked_at": string | null,
"health_interval_seconds": number,
"health_state": Database["public"]['Enums']["health_state"],
"health_streak": number,
"id": string,
"last_error": Json | null,
"name": string,
"next_health_check_at": string,
"organization_id": string,
"provider_key": string,
"settings": NonNullable<Json>,
"status": Database["public"]['Enums']["connection_status"],
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "integration_connections"
        isOneToOne: true
        isSetofReturn: false
      } },
"dismiss_payment_difference":
{ Args: { "difference_id": string,"note"?: string }; Returns: {
              "connection_id": string,
"created_at": string,
"id": string,
"kind": string,
"last_seen_at": string,
"note": string | null,
"organization_id": string,
"ours": string | null,
"payment_id": string | null,
"provider_payment_id": string,
"reconciliation_id": string,
"resolved_at": string | null,
"resolved_by": string | null,
"status": Database["public"]['Enums']["payment_difference_status"],
"theirs": string | null
            }
                          SetofOptions: {
        from: "*"
        to: "payment_differences"
        isOneToOne: true
        isSetofReturn: false
      } },
"dry_run_automation":
{ Args: { "automation_id"?: string,"definition"?: Json,"event"?: Json,"event_id"?: string,"organization_id"?: string }; Returns: {
              "attempts": number,
"connection_id": string | null,
"created_at": string,
"created_by": string | null,
"error": Json | null,
"finished_at": string | null,
"id": string,
"idempotency_key": string | null,
"input": NonNullable<Json>,
"input_hash": string | null,
"kind": string,
"organization_id": string,
"result": Json | null,
"status": Database["public"]['Enums']["operation_status"],
"subject_id": string | null,
"subject_type": string | null,
"trace_id": string | null,
"why": Json | null
            }
                          SetofOptions: {
        from: "*"
        to: "operations"
        isOneToOne: true
        isSetofReturn: false
      } },
"edit_post":
{ Args: { "idempotency_key"?: string,"post_id": string,"text": string }; Returns: {
              "account_id": string,
"created_at": string,
"created_by": string,
"deleted_at": string | null,
"edited_at": string | null,
"engagement": NonNullable<Json>,
"failure": Json | null,
"first_comment": string | null,
"format": string,
"group_id": string,
"id": string,
"link": Json | null,
"measured_at": string | null,
"media": NonNullable<Json>,
"organization_id": string,
"origin": string,
"permalink": string | null,
"problems": NonNullable<Json>,
"provider_post_id": string | null,
"published_at": string | null,
"scheduled_at": string | null,
"status": Database["public"]['Enums']["post_status"],
"text": string,
"time_zone": string | null,
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "social_posts"
        isOneToOne: true
        isSetofReturn: false
      } },
"email":
{ Args: { "lead": Omit<Database["public"]['Tables']["leads"]['Row'], Database["public"]['Tables']["leads"]['ComputedFields']> }; Returns: string
                           },
"enable_automation":
{ Args: { "automation_id": string,"enabled"?: boolean }; Returns: {
              "created_at": string,
"created_by": string,
"definition": NonNullable<Json>,
"deleted_at": string | null,
"description": string | null,
"enabled": boolean,
"environment": Database["public"]['Enums']["environment"] | null,
"events": (string)[],
"id": string,
"name": string,
"organization_id": string,
"updated_at": string,
"version": number
            }
                          SetofOptions: {
        from: "*"
        to: "automations"
        isOneToOne: true
        isSetofReturn: false
      } },
"exchange_api_key":
{ Args: { "api_key": string }; Returns: Json
                           },
"extend_subject_request":
{ Args: { "reason": string,"request_id": string }; Returns: {
              "archive_expires_at": string | null,
"archive_path": string | null,
"certificate": Json | null,
"certificate_sha256": string | null,
"created_at": string,
"created_by": string,
"due_at": string,
"extended_at": string | null,
"finished_at": string | null,
"id": string,
"identity_check": string | null,
"jurisdiction": string,
"kind": Database["public"]['Enums']["subject_request_kind"],
"lead_id": string | null,
"note": string | null,
"organization_id": string,
"reason": string | null,
"received_at": string,
"status": Database["public"]['Enums']["subject_request_status"],
"subject_indexes": (string)[]
            }
                          SetofOptions: {
        from: "*"
        to: "data_subject_requests"
        isOneToOne: true
        isSetofReturn: false
      } },
"find_leads":
{ Args: { "email"?: string,"organization_id"?: string,"phone"?: string }; Returns: {
              "attribution": NonNullable<Json>,
"confirmed_at": string | null,
"country": string | null,
"created_at": string,
"id": string,
"language": string | null,
"organization_id": string,
"restricted_at": string | null,
"source": string,
"status": Database["public"]['Enums']["lead_status"],
"tags": (string)[],
"updated_at": string,
"version": number
            }[]
                          SetofOptions: {
        from: "*"
        to: "leads"
        isOneToOne: false
        isSetofReturn: true
      } },
"finish_oauth":
{ Args: { "code"?: string,"error"?: string,"state": string }; Returns: Json
                           },
"first_name":
{ Args: { "lead": Omit<Database["public"]['Tables']["leads"]['Row'], Database["public"]['Tables']["leads"]['ComputedFields']> }; Returns: string
                           },
"health_history":
{ Args: { "connection_id": string,"organization_id"?: string,"since": string,"until"?: string,"zoom"?: string }; Returns: Database["public"]['CompositeTypes']["check_figures"][]
                          SetofOptions: {
        from: "*"
        to: "check_figures"
        isOneToOne: false
        isSetofReturn: true
      } },
"hide_comment":
{ Args: { "comment_id": string,"hidden": boolean }; Returns: {
              "author_id": string | null,
"author_name": string | null,
"commented_at": string | null,
"created_at": string,
"created_by": string,
"failure": Json | null,
"id": string,
"is_first": boolean,
"is_hidden": boolean,
"is_ours": boolean,
"likes": number | null,
"organization_id": string,
"parent_id": string | null,
"post_id": string,
"provider_comment_id": string | null,
"provider_parent_id": string | null,
"status": Database["public"]['Enums']["comment_status"],
"text": string
            }
                          SetofOptions: {
        from: "*"
        to: "social_comments"
        isOneToOne: true
        isSetofReturn: false
      } },
"ingest_webhook":
{ Args: { "body": string,"headers": Json,"query": string,"source_address"?: string,"token": string }; Returns: Json
                           },
"instructions":
{ Args: { "shipment": Omit<Database["public"]['Tables']["shipments"]['Row'], Database["public"]['Tables']["shipments"]['ComputedFields']> }; Returns: string
                           },
"last_name":
{ Args: { "lead": Omit<Database["public"]['Tables']["leads"]['Row'], Database["public"]['Tables']["leads"]['ComputedFields']> }; Returns: string
                           },
"latency":
{ Args: { "breakdown"?: (string)[],"connection_id"?: string,"environment"?: Database["public"]['Enums']["environment"],"operation"?: string,"organization_id"?: string,"provider_key"?: string,"since": string,"source"?: Database["public"]['Enums']["traffic_source"],"until"?: string,"zoom"?: string }; Returns: Database["public"]['CompositeTypes']["latency_figures"][]
                          SetofOptions: {
        from: "*"
        to: "latency_figures"
        isOneToOne: false
        isSetofReturn: true
      } },
"lead_form":
{ Args: { "token": string }; Returns: Json
                           },
"lift_restriction":
{ Args: { "lead_id": string }; Returns: {
              "attribution": NonNullable<Json>,
"confirmed_at": string | null,
"country": string | null,
"created_at": string,
"id": string,
"language": string | null,
"organization_id": string,
"restricted_at": string | null,
"source": string,
"status": Database["public"]['Enums']["lead_status"],
"tags": (string)[],
"updated_at": string,
"version": number
            }
                          SetofOptions: {
        from: "*"
        to: "leads"
        isOneToOne: true
        isSetofReturn: false
      } },
"link_document":
{ Args: { "document_id": string }; Returns: {
              "attempts": number,
"connection_id": string | null,
"created_at": string,
"created_by": string | null,
"error": Json | null,
"finished_at": string | null,
"id": string,
"idempotency_key": string | null,
"input": NonNullable<Json>,
"input_hash": string | null,
"kind": string,
"organization_id": string,
"result": Json | null,
"status": Database["public"]['Enums']["operation_status"],
"subject_id": string | null,
"subject_type": string | null,
"trace_id": string | null,
"why": Json | null
            }
                          SetofOptions: {
        from: "*"
        to: "operations"
        isOneToOne: true
        isSetofReturn: false
      } },
"link_subject_archive":
{ Args: { "request_id": string }; Returns: {
              "attempts": number,
"connection_id": string | null,
"created_at": string,
"created_by": string | null,
"error": Json | null,
"finished_at": string | null,
"id": string,
"idempotency_key": string | null,
"input": NonNullable<Json>,
"input_hash": string | null,
"kind": string,
"organization_id": string,
"result": Json | null,
"status": Database["public"]['Enums']["operation_status"],
"subject_id": string | null,
"subject_type": string | null,
"trace_id": string | null,
"why": Json | null
            }
                          SetofOptions: {
        from: "*"
        to: "operations"
        isOneToOne: true
        isSetofReturn: false
      } },
"list_members":
{ Args: { "organization_id"?: string }; Returns: {
              "created_at": string,"email": string,"last_sign_in_at": string,"name": string,"role": Database["public"]['Enums']["organization_role"],"user_id": string
            }[]
                           },
"list_quotas":
{ Args: { "organization_id"?: string }; Returns: {
              "description": string,"most": number,"name": string,"resets_at": string,"used": number
            }[]
                           },
"measure_post":
{ Args: { "post_id": string }; Returns: {
              "account_id": string,
"created_at": string,
"created_by": string,
"deleted_at": string | null,
"edited_at": string | null,
"engagement": NonNullable<Json>,
"failure": Json | null,
"first_comment": string | null,
"format": string,
"group_id": string,
"id": string,
"link": Json | null,
"measured_at": string | null,
"media": NonNullable<Json>,
"organization_id": string,
"origin": string,
"permalink": string | null,
"problems": NonNullable<Json>,
"provider_post_id": string | null,
"published_at": string | null,
"scheduled_at": string | null,
"status": Database["public"]['Enums']["post_status"],
"text": string,
"time_zone": string | null,
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "social_posts"
        isOneToOne: true
        isSetofReturn: false
      } },
"oauth_outcome":
{ Args: { "operation_id": string }; Returns: Json
                           },
"open_payment_link":
{ Args: { "page_url": string,"payment_id"?: string,"returned"?: boolean,"token": string }; Returns: Json
                           },
"phone":
{ Args: { "lead": Omit<Database["public"]['Tables']["leads"]['Row'], Database["public"]['Tables']["leads"]['ComputedFields']> }; Returns: string
                           },
"preview_retention":
{ Args: { "data_class"?: string,"keep_days"?: number,"organization_id"?: string }; Returns: {
              "class": string,"rows": number,"table_name": string
            }[]
                           },
"print_labels":
{ Args: { "idempotency_key"?: string,"shipment_ids": (string)[] }; Returns: {
              "attempts": number,
"connection_id": string | null,
"created_at": string,
"created_by": string | null,
"error": Json | null,
"finished_at": string | null,
"id": string,
"idempotency_key": string | null,
"input": NonNullable<Json>,
"input_hash": string | null,
"kind": string,
"organization_id": string,
"result": Json | null,
"status": Database["public"]['Enums']["operation_status"],
"subject_id": string | null,
"subject_type": string | null,
"trace_id": string | null,
"why": Json | null
            }
                          SetofOptions: {
        from: "*"
        to: "operations"
        isOneToOne: true
        isSetofReturn: false
      } },
"processing_register":
{ Args: { "organization_id"?: string }; Returns: Json
                           },
"prove_delivery":
{ Args: { "shipment_id": string }; Returns: {
              "attempts": number,
"connection_id": string | null,
"created_at": string,
"created_by": string | null,
"error": Json | null,
"finished_at": string | null,
"id": string,
"idempotency_key": string | null,
"input": NonNullable<Json>,
"input_hash": string | null,
"kind": string,
"organization_id": string,
"result": Json | null,
"status": Database["public"]['Enums']["operation_status"],
"subject_id": string | null,
"subject_type": string | null,
"trace_id": string | null,
"why": Json | null
            }
                          SetofOptions: {
        from: "*"
        to: "operations"
        isOneToOne: true
        isSetofReturn: false
      } },
"publish_draft":
{ Args: { "post_id": string,"scheduled_at"?: string,"time_zone"?: string }; Returns: {
              "account_id": string,
"created_at": string,
"created_by": string,
"deleted_at": string | null,
"edited_at": string | null,
"engagement": NonNullable<Json>,
"failure": Json | null,
"first_comment": string | null,
"format": string,
"group_id": string,
"id": string,
"link": Json | null,
"measured_at": string | null,
"media": NonNullable<Json>,
"organization_id": string,
"origin": string,
"permalink": string | null,
"problems": NonNullable<Json>,
"provider_post_id": string | null,
"published_at": string | null,
"scheduled_at": string | null,
"status": Database["public"]['Enums']["post_status"],
"text": string,
"time_zone": string | null,
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "social_posts"
        isOneToOne: true
        isSetofReturn: false
      } },
"publish_post":
{ Args: { "account_ids": (string)[],"draft"?: boolean,"first_comment"?: string,"format"?: string,"idempotency_key"?: string,"link"?: Json,"media"?: Json,"organization_id"?: string,"scheduled_at"?: string,"text"?: string,"time_zone"?: string,"variants"?: Json }; Returns: {
              "account_id": string,
"created_at": string,
"created_by": string,
"deleted_at": string | null,
"edited_at": string | null,
"engagement": NonNullable<Json>,
"failure": Json | null,
"first_comment": string | null,
"format": string,
"group_id": string,
"id": string,
"link": Json | null,
"measured_at": string | null,
"media": NonNullable<Json>,
"organization_id": string,
"origin": string,
"permalink": string | null,
"problems": NonNullable<Json>,
"provider_post_id": string | null,
"published_at": string | null,
"scheduled_at": string | null,
"status": Database["public"]['Enums']["post_status"],
"text": string,
"time_zone": string | null,
"updated_at": string
            }[]
                          SetofOptions: {
        from: "*"
        to: "social_posts"
        isOneToOne: false
        isSetofReturn: true
      } },
"quote_shipment":
{ Args: { "cash_on_delivery_amount"?: string,"connection_ids"?: (string)[],"contents"?: string,"currency"?: string,"customs"?: Json,"deadline_seconds"?: number,"declared_value"?: string,"description"?: string,"environment"?: Database["public"]['Enums']["environment"],"idempotency_key"?: string,"insured_value"?: string,"levels"?: (Database["public"]['Enums']["service_level"])[],"organization_id"?: string,"parcels": Json,"rank_by"?: Database["public"]['Enums']["shipping_rule"],"recipient": Json,"sender"?: Json,"ships_at"?: string,"signature_required"?: boolean }; Returns: {
              "created_at": string,
"created_by": string,
"environment": Database["public"]['Enums']["environment"],
"expires_at": string,
"failures": NonNullable<Json>,
"id": string,
"organization_id": string,
"rank_by": Database["public"]['Enums']["shipping_rule"],
"ready_at": string | null,
"request": NonNullable<Json>,
"status": string
            }
                          SetofOptions: {
        from: "*"
        to: "shipment_quotes"
        isOneToOne: true
        isSetofReturn: false
      } },
"read_alert_notifications":
{ Args: { "notification_ids": (string)[] }; Returns: number
                           },
"recipient":
{ Args: { "shipment": Omit<Database["public"]['Tables']["shipments"]['Row'], Database["public"]['Tables']["shipments"]['ComputedFields']> }; Returns: Json
                           },
"reconcile_payments":
{ Args: { "connection_id": string,"idempotency_key"?: string,"since"?: string,"until"?: string }; Returns: {
              "attempts": number,
"connection_id": string | null,
"created_at": string,
"created_by": string | null,
"error": Json | null,
"finished_at": string | null,
"id": string,
"idempotency_key": string | null,
"input": NonNullable<Json>,
"input_hash": string | null,
"kind": string,
"organization_id": string,
"result": Json | null,
"status": Database["public"]['Enums']["operation_status"],
"subject_id": string | null,
"subject_type": string | null,
"trace_id": string | null,
"why": Json | null
            }
                          SetofOptions: {
        from: "*"
        to: "operations"
        isOneToOne: true
        isSetofReturn: false
      } },
"record_consent":
{ Args: { "lead_id": string,"occurred_at"?: string,"purpose": string,"source"?: string,"state": string,"text_version"?: string }; Returns: {
              "created_at": string,
"created_by": string,
"evidence": NonNullable<Json>,
"id": string,
"lead_id": string,
"occurred_at": string,
"organization_id": string,
"purpose": string,
"source": string,
"state": string,
"text_version": string | null
            }
                          SetofOptions: {
        from: "*"
        to: "lead_consents"
        isOneToOne: true
        isSetofReturn: false
      } },
"record_shipment_event":
{ Args: { "description"?: string,"detail"?: string,"occurred_at"?: string,"place"?: string,"shipment_id": string,"status": Database["public"]['Enums']["shipment_status"] }; Returns: {
              "cash_on_delivery_amount": number | null,
"connection_id": string | null,
"contents": string,
"cost": number | null,
"cost_currency": string | null,
"created_at": string,
"created_by": string,
"currency": string,
"customs": Json | null,
"declared_value": number | null,
"delivered_at": string | null,
"description": string,
"destination": NonNullable<Json>,
"detail": string | null,
"environment": Database["public"]['Enums']["environment"],
"estimated_delivery_at": string | null,
"failure": Json | null,
"id": string,
"insured_value": number | null,
"label_format": string,
"last_event_at": string | null,
"level": Database["public"]['Enums']["service_level"] | null,
"manifest_id": string | null,
"metadata": NonNullable<Json>,
"organization_id": string,
"origin": NonNullable<Json>,
"parcel_tracking_numbers": (string)[],
"parcels": NonNullable<Json>,
"pickup_id": string | null,
"provider_data": NonNullable<Json>,
"provider_shipment_id": string | null,
"rate_id": string | null,
"reference": string,
"return_of": string | null,
"rule": Database["public"]['Enums']["shipping_rule"],
"service": string | null,
"ships_at": string,
"signature_required": boolean,
"status": Database["public"]['Enums']["shipment_status"],
"tracking_number": string | null,
"tracking_token": string,
"tracking_url": string | null,
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "shipments"
        isOneToOne: true
        isSetofReturn: false
      } },
"refresh_accounts":
{ Args: { "connection_id": string }; Returns: {
              "attempts": number,
"connection_id": string | null,
"created_at": string,
"created_by": string | null,
"error": Json | null,
"finished_at": string | null,
"id": string,
"idempotency_key": string | null,
"input": NonNullable<Json>,
"input_hash": string | null,
"kind": string,
"organization_id": string,
"result": Json | null,
"status": Database["public"]['Enums']["operation_status"],
"subject_id": string | null,
"subject_type": string | null,
"trace_id": string | null,
"why": Json | null
            }
                          SetofOptions: {
        from: "*"
        to: "operations"
        isOneToOne: true
        isSetofReturn: false
      } },
"refund_payment":
{ Args: { "amount"?: string,"idempotency_key"?: string,"payment_id": string,"reason"?: string }; Returns: {
              "amount": number,
"created_at": string,
"created_by": string,
"currency": string,
"failure": Json | null,
"id": string,
"made_elsewhere": boolean,
"organization_id": string,
"payment_id": string,
"provider_refund_id": string | null,
"reason": string | null,
"status": Database["public"]['Enums']["refund_status"],
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "payment_refunds"
        isOneToOne: true
        isSetofReturn: false
      } },
"refuse_subject_request":
{ Args: { "reason": string,"request_id": string }; Returns: {
              "archive_expires_at": string | null,
"archive_path": string | null,
"certificate": Json | null,
"certificate_sha256": string | null,
"created_at": string,
"created_by": string,
"due_at": string,
"extended_at": string | null,
"finished_at": string | null,
"id": string,
"identity_check": string | null,
"jurisdiction": string,
"kind": Database["public"]['Enums']["subject_request_kind"],
"lead_id": string | null,
"note": string | null,
"organization_id": string,
"reason": string | null,
"received_at": string,
"status": Database["public"]['Enums']["subject_request_status"],
"subject_indexes": (string)[]
            }
                          SetofOptions: {
        from: "*"
        to: "data_subject_requests"
        isOneToOne: true
        isSetofReturn: false
      } },
"remove_member":
{ Args: { "organization_id": string,"user_id": string }; Returns: undefined
                           },
"replay_webhook_deliveries":
{ Args: { "filter"?: Json,"idempotency_key"?: string,"since": string,"subscription_id": string,"until"?: string }; Returns: {
              "attempts": number,
"connection_id": string | null,
"created_at": string,
"created_by": string | null,
"error": Json | null,
"finished_at": string | null,
"id": string,
"idempotency_key": string | null,
"input": NonNullable<Json>,
"input_hash": string | null,
"kind": string,
"organization_id": string,
"result": Json | null,
"status": Database["public"]['Enums']["operation_status"],
"subject_id": string | null,
"subject_type": string | null,
"trace_id": string | null,
"why": Json | null
            }
                          SetofOptions: {
        from: "*"
        to: "operations"
        isOneToOne: true
        isSetofReturn: false
      } },
"replay_webhook_events":
{ Args: { "event_ids": (string)[] }; Returns: number
                           },
"reply_to_comment":
{ Args: { "comment_id": string,"idempotency_key"?: string,"text": string }; Returns: {
              "author_id": string | null,
"author_name": string | null,
"commented_at": string | null,
"created_at": string,
"created_by": string,
"failure": Json | null,
"id": string,
"is_first": boolean,
"is_hidden": boolean,
"is_ours": boolean,
"likes": number | null,
"organization_id": string,
"parent_id": string | null,
"post_id": string,
"provider_comment_id": string | null,
"provider_parent_id": string | null,
"status": Database["public"]['Enums']["comment_status"],
"text": string
            }
                          SetofOptions: {
        from: "*"
        to: "social_comments"
        isOneToOne: true
        isSetofReturn: false
      } },
"resend_webhook_deliveries":
{ Args: { "delivery_ids": (string)[] }; Returns: number
                           },
"reset_sync":
{ Args: { "connection_id": string,"stream": string }; Returns: {
              "changed": number,
"connection_id": string,
"created_at": string,
"enabled": boolean,
"every_minutes": number,
"full_every_hours": number | null,
"id": string,
"last_error": Json | null,
"last_finished_at": string | null,
"next_full_at": string | null,
"next_run_at": string,
"organization_id": string,
"page_cursor": string | null,
"pages": number,
"read": number,
"removed": number,
"run_id": string | null,
"run_mode": Database["public"]['Enums']["sync_mode"] | null,
"run_started_at": string | null,
"since": string | null,
"status": Database["public"]['Enums']["sync_status"],
"stream": string,
"total": number | null
            }
                          SetofOptions: {
        from: "*"
        to: "sync_streams"
        isOneToOne: true
        isSetofReturn: false
      } },
"resolve_alert":
{ Args: { "alert_id": string }; Returns: {
              "acknowledged_at": string | null,
"acknowledged_by": string | null,
"cause_id": string | null,
"connection_id": string | null,
"detail": NonNullable<Json>,
"first_seen_at": string,
"group_key": string,
"id": string,
"kind": string,
"last_seen_at": string,
"muted_by": string | null,
"next_look_at": string | null,
"occurrences": number,
"organization_id": string,
"resolved_at": string | null,
"rule_id": string | null,
"severity": Database["public"]['Enums']["alert_severity"],
"snoozed_until": string | null,
"status": Database["public"]['Enums']["alert_status"],
"title": string,
"told_at": string | null
            }
                          SetofOptions: {
        from: "*"
        to: "alerts"
        isOneToOne: true
        isSetofReturn: false
      } },
"resolve_post":
{ Args: { "post_id": string,"provider_post_id"?: string }; Returns: {
              "account_id": string,
"created_at": string,
"created_by": string,
"deleted_at": string | null,
"edited_at": string | null,
"engagement": NonNullable<Json>,
"failure": Json | null,
"first_comment": string | null,
"format": string,
"group_id": string,
"id": string,
"link": Json | null,
"measured_at": string | null,
"media": NonNullable<Json>,
"organization_id": string,
"origin": string,
"permalink": string | null,
"problems": NonNullable<Json>,
"provider_post_id": string | null,
"published_at": string | null,
"scheduled_at": string | null,
"status": Database["public"]['Enums']["post_status"],
"text": string,
"time_zone": string | null,
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "social_posts"
        isOneToOne: true
        isSetofReturn: false
      } },
"resolve_shipment":
{ Args: { "shipment_id": string,"tracking_number"?: string }; Returns: {
              "cash_on_delivery_amount": number | null,
"connection_id": string | null,
"contents": string,
"cost": number | null,
"cost_currency": string | null,
"created_at": string,
"created_by": string,
"currency": string,
"customs": Json | null,
"declared_value": number | null,
"delivered_at": string | null,
"description": string,
"destination": NonNullable<Json>,
"detail": string | null,
"environment": Database["public"]['Enums']["environment"],
"estimated_delivery_at": string | null,
"failure": Json | null,
"id": string,
"insured_value": number | null,
"label_format": string,
"last_event_at": string | null,
"level": Database["public"]['Enums']["service_level"] | null,
"manifest_id": string | null,
"metadata": NonNullable<Json>,
"organization_id": string,
"origin": NonNullable<Json>,
"parcel_tracking_numbers": (string)[],
"parcels": NonNullable<Json>,
"pickup_id": string | null,
"provider_data": NonNullable<Json>,
"provider_shipment_id": string | null,
"rate_id": string | null,
"reference": string,
"return_of": string | null,
"rule": Database["public"]['Enums']["shipping_rule"],
"service": string | null,
"ships_at": string,
"signature_required": boolean,
"status": Database["public"]['Enums']["shipment_status"],
"tracking_number": string | null,
"tracking_token": string,
"tracking_url": string | null,
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "shipments"
        isOneToOne: true
        isSetofReturn: false
      } },
"retention_plan":
{ Args: { "organization_id"?: string }; Returns: Json
                           },
"retry_automation_step":
{ Args: { "force"?: boolean,"step_id": string }; Returns: {
              "attempts": number,
"connection_id": string | null,
"due_at": string,
"error": Json | null,
"finished_at": string | null,
"id": string,
"input": NonNullable<Json>,
"kind": string,
"organization_id": string,
"position": number,
"result": Json | null,
"run_id": string,
"status": Database["public"]['Enums']["automation_step_status"]
            }
                          SetofOptions: {
        from: "*"
        to: "automation_steps"
        isOneToOne: true
        isSetofReturn: false
      } },
"retry_operation":
{ Args: { "operation_id": string }; Returns: {
              "attempts": number,
"connection_id": string | null,
"created_at": string,
"created_by": string | null,
"error": Json | null,
"finished_at": string | null,
"id": string,
"idempotency_key": string | null,
"input": NonNullable<Json>,
"input_hash": string | null,
"kind": string,
"organization_id": string,
"result": Json | null,
"status": Database["public"]['Enums']["operation_status"],
"subject_id": string | null,
"subject_type": string | null,
"trace_id": string | null,
"why": Json | null
            }
                          SetofOptions: {
        from: "*"
        to: "operations"
        isOneToOne: true
        isSetofReturn: false
      } },
"retry_post":
{ Args: { "post_id": string }; Returns: {
              "account_id": string,
"created_at": string,
"created_by": string,
"deleted_at": string | null,
"edited_at": string | null,
"engagement": NonNullable<Json>,
"failure": Json | null,
"first_comment": string | null,
"format": string,
"group_id": string,
"id": string,
"link": Json | null,
"measured_at": string | null,
"media": NonNullable<Json>,
"organization_id": string,
"origin": string,
"permalink": string | null,
"problems": NonNullable<Json>,
"provider_post_id": string | null,
"published_at": string | null,
"scheduled_at": string | null,
"status": Database["public"]['Enums']["post_status"],
"text": string,
"time_zone": string | null,
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "social_posts"
        isOneToOne: true
        isSetofReturn: false
      } },
"return_shipment":
{ Args: { "connection_id"?: string,"idempotency_key"?: string,"parcels"?: Json,"reason"?: string,"service"?: string,"shipment_id": string }; Returns: {
              "cash_on_delivery_amount": number | null,
"connection_id": string | null,
"contents": string,
"cost": number | null,
"cost_currency": string | null,
"created_at": string,
"created_by": string,
"currency": string,
"customs": Json | null,
"declared_value": number | null,
"delivered_at": string | null,
"description": string,
"destination": NonNullable<Json>,
"detail": string | null,
"environment": Database["public"]['Enums']["environment"],
"estimated_delivery_at": string | null,
"failure": Json | null,
"id": string,
"insured_value": number | null,
"label_format": string,
"last_event_at": string | null,
"level": Database["public"]['Enums']["service_level"] | null,
"manifest_id": string | null,
"metadata": NonNullable<Json>,
"organization_id": string,
"origin": NonNullable<Json>,
"parcel_tracking_numbers": (string)[],
"parcels": NonNullable<Json>,
"pickup_id": string | null,
"provider_data": NonNullable<Json>,
"provider_shipment_id": string | null,
"rate_id": string | null,
"reference": string,
"return_of": string | null,
"rule": Database["public"]['Enums']["shipping_rule"],
"service": string | null,
"ships_at": string,
"signature_required": boolean,
"status": Database["public"]['Enums']["shipment_status"],
"tracking_number": string | null,
"tracking_token": string,
"tracking_url": string | null,
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "shipments"
        isOneToOne: true
        isSetofReturn: false
      } },
"revoke_api_key":
{ Args: { "api_key_id": string }; Returns: undefined
                           },
"rotate_api_key":
{ Args: { "api_key_id": string,"overlap"?: string }; Returns: Json
                           },
"rotate_webhook_secret":
{ Args: { "overlap_seconds"?: number,"secret": Json,"subscription_id": string }; Returns: {
              "conditions": (string)[],
"connection_id": string | null,
"created_at": string,
"disabled_reason": string | null,
"enabled": boolean,
"environment": Database["public"]['Enums']["environment"] | null,
"event_types": (string)[],
"failing_since": string | null,
"failures": number,
"fault": Json | null,
"former_secret_until": string | null,
"id": string,
"name": string,
"ordered": boolean,
"organization_id": string,
"paused_until": string | null,
"rate_per_minute": number | null,
"secret_set_at": string | null,
"template": Json | null,
"updated_at": string,
"url": string
            }
                          SetofOptions: {
        from: "*"
        to: "webhook_subscriptions"
        isOneToOne: true
        isSetofReturn: false
      } },
"route_payment":
{ Args: { "amount": string,"capture_method"?: string,"country"?: string,"currency": string,"environment"?: Database["public"]['Enums']["environment"],"method"?: string,"organization_id"?: string,"save_payment_method"?: boolean }; Returns: {
              "attempts": number,
"connection_id": string | null,
"created_at": string,
"created_by": string | null,
"error": Json | null,
"finished_at": string | null,
"id": string,
"idempotency_key": string | null,
"input": NonNullable<Json>,
"input_hash": string | null,
"kind": string,
"organization_id": string,
"result": Json | null,
"status": Database["public"]['Enums']["operation_status"],
"subject_id": string | null,
"subject_type": string | null,
"trace_id": string | null,
"why": Json | null
            }
                          SetofOptions: {
        from: "*"
        to: "operations"
        isOneToOne: true
        isSetofReturn: false
      } },
"run_sync":
{ Args: { "connection_id": string,"full"?: boolean,"stream": string }; Returns: {
              "changed": number,
"connection_id": string,
"created_at": string,
"enabled": boolean,
"every_minutes": number,
"full_every_hours": number | null,
"id": string,
"last_error": Json | null,
"last_finished_at": string | null,
"next_full_at": string | null,
"next_run_at": string,
"organization_id": string,
"page_cursor": string | null,
"pages": number,
"read": number,
"removed": number,
"run_id": string | null,
"run_mode": Database["public"]['Enums']["sync_mode"] | null,
"run_started_at": string | null,
"since": string | null,
"status": Database["public"]['Enums']["sync_status"],
"stream": string,
"total": number | null
            }
                          SetofOptions: {
        from: "*"
        to: "sync_streams"
        isOneToOne: true
        isSetofReturn: false
      } },
"save_automation":
{ Args: { "automation_id"?: string,"definition"?: Json,"description"?: string,"enabled"?: boolean,"environment"?: Database["public"]['Enums']["environment"],"name"?: string,"organization_id"?: string }; Returns: {
              "created_at": string,
"created_by": string,
"definition": NonNullable<Json>,
"deleted_at": string | null,
"description": string | null,
"enabled": boolean,
"environment": Database["public"]['Enums']["environment"] | null,
"events": (string)[],
"id": string,
"name": string,
"organization_id": string,
"updated_at": string,
"version": number
            }
                          SetofOptions: {
        from: "*"
        to: "automations"
        isOneToOne: true
        isSetofReturn: false
      } },
"schedule_pickup":
{ Args: { "closes_at": string,"connection_id": string,"idempotency_key"?: string,"instructions"?: string,"location"?: string,"parcels"?: number,"place"?: Json,"ready_at": string,"shipment_ids"?: (string)[],"weight_kg"?: number }; Returns: {
              "closes_at": string,
"connection_id": string,
"created_at": string,
"created_by": string,
"environment": Database["public"]['Enums']["environment"],
"failure": Json | null,
"id": string,
"instructions": string | null,
"location": string | null,
"organization_id": string,
"parcels": number,
"place": NonNullable<Json>,
"provider_data": NonNullable<Json>,
"provider_pickup_id": string | null,
"ready_at": string,
"status": string,
"updated_at": string,
"weight_kg": number
            }
                          SetofOptions: {
        from: "*"
        to: "pickups"
        isOneToOne: true
        isSetofReturn: false
      } },
"sender":
{ Args: { "shipment": Omit<Database["public"]['Tables']["shipments"]['Row'], Database["public"]['Tables']["shipments"]['ComputedFields']> }; Returns: Json
                           },
"set_alert_channel_secrets":
{ Args: { "channel_id": string,"credentials": Json }; Returns: {
              "connection_id": string | null,
"created_at": string,
"enabled": boolean,
"failing_since": string | null,
"id": string,
"kind": string,
"kinds": (string)[],
"language": string | null,
"last_error": Json | null,
"last_sent_at": string | null,
"minimum_severity": Database["public"]['Enums']["alert_severity"],
"name": string,
"only_escalations": boolean,
"organization_id": string,
"ready": boolean,
"repeat_minutes": number | null,
"target": string | null,
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "alert_channels"
        isOneToOne: true
        isSetofReturn: false
      } },
"set_credentials":
{ Args: { "connection_id": string,"credentials": Json }; Returns: {
              "connection_id": string,
"created_at": string,
"created_by": string | null,
"fingerprint": string,
"hint": string | null,
"id": string,
"key_id": string,
"last_used_at": string | null,
"name": string,
"organization_id": string,
"updated_at": string,
"version": number
            }[]
                          SetofOptions: {
        from: "*"
        to: "api_credentials"
        isOneToOne: false
        isSetofReturn: true
      } },
"set_lead_sync":
{ Args: { "conflict_rule"?: Database["public"]['Enums']["sync_conflict_rule"],"connection_id": string,"direction"?: Database["public"]['Enums']["sync_direction"],"enabled"?: boolean,"mapping"?: Json,"only_with_consent"?: boolean,"purpose"?: string,"tags"?: (string)[] }; Returns: {
              "conflict_rule": Database["public"]['Enums']["sync_conflict_rule"],
"connection_id": string,
"created_at": string,
"direction": Database["public"]['Enums']["sync_direction"],
"enabled": boolean,
"mapping": NonNullable<Json>,
"only_with_consent": boolean,
"organization_id": string,
"purpose": string,
"tags": (string)[],
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "lead_syncs"
        isOneToOne: true
        isSetofReturn: false
      } },
"set_member":
{ Args: { "email": string,"organization_id": string,"role": Database["public"]['Enums']["organization_role"] }; Returns: {
              "created_at": string,
"organization_id": string,
"role": Database["public"]['Enums']["organization_role"],
"user_id": string
            }
                          SetofOptions: {
        from: "*"
        to: "organization_members"
        isOneToOne: true
        isSetofReturn: false
      } },
"set_payment_policy":
{ Args: { "cases"?: Json,"environment"?: Database["public"]['Enums']["environment"],"expected_version"?: number,"failover"?: boolean,"organization_id"?: string,"rule"?: Database["public"]['Enums']["payment_routing_rule"] }; Returns: {
              "cases": NonNullable<Json>,
"environment": Database["public"]['Enums']["environment"],
"failover": boolean,
"organization_id": string,
"rule": Database["public"]['Enums']["payment_routing_rule"],
"updated_at": string,
"updated_by": string,
"version": number
            }
                          SetofOptions: {
        from: "*"
        to: "payment_policies"
        isOneToOne: true
        isSetofReturn: false
      } },
"set_retention":
{ Args: { "data_class": string,"keep_days": number,"organization_id"?: string }; Returns: {
              "data_class": string,
"keep_days": number,
"organization_id": string,
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "retention_periods"
        isOneToOne: true
        isSetofReturn: false
      } },
"set_shipping_location":
{ Args: { "address": Json,"is_default"?: boolean,"name": string,"organization_id"?: string }; Returns: {
              "address": NonNullable<Json>,
"created_at": string,
"id": string,
"is_default": boolean,
"name": string,
"organization_id": string,
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "shipping_locations"
        isOneToOne: true
        isSetofReturn: false
      } },
"set_sync":
{ Args: { "connection_id": string,"enabled"?: boolean,"every_minutes"?: number,"full_every_hours"?: number,"stream": string }; Returns: {
              "changed": number,
"connection_id": string,
"created_at": string,
"enabled": boolean,
"every_minutes": number,
"full_every_hours": number | null,
"id": string,
"last_error": Json | null,
"last_finished_at": string | null,
"next_full_at": string | null,
"next_run_at": string,
"organization_id": string,
"page_cursor": string | null,
"pages": number,
"read": number,
"removed": number,
"run_id": string | null,
"run_mode": Database["public"]['Enums']["sync_mode"] | null,
"run_started_at": string | null,
"since": string | null,
"status": Database["public"]['Enums']["sync_status"],
"stream": string,
"total": number | null
            }
                          SetofOptions: {
        from: "*"
        to: "sync_streams"
        isOneToOne: true
        isSetofReturn: false
      } },
"shipping_address":
{ Args: { "payment": Omit<Database["public"]['Tables']["payments"]['Row'], Database["public"]['Tables']["payments"]['ComputedFields']> }; Returns: Json
                           } |
{ Args: { "payment_link": Omit<Database["public"]['Tables']["payment_links"]['Row'], Database["public"]['Tables']["payment_links"]['ComputedFields']> }; Returns: Json
                           },
"signed_by":
{ Args: { "shipment": Omit<Database["public"]['Tables']["shipments"]['Row'], Database["public"]['Tables']["shipments"]['ComputedFields']> }; Returns: string
                           },
"snooze_alert":
{ Args: { "alert_id": string,"until": string }; Returns: {
              "acknowledged_at": string | null,
"acknowledged_by": string | null,
"cause_id": string | null,
"connection_id": string | null,
"detail": NonNullable<Json>,
"first_seen_at": string,
"group_key": string,
"id": string,
"kind": string,
"last_seen_at": string,
"muted_by": string | null,
"next_look_at": string | null,
"occurrences": number,
"organization_id": string,
"resolved_at": string | null,
"rule_id": string | null,
"severity": Database["public"]['Enums']["alert_severity"],
"snoozed_until": string | null,
"status": Database["public"]['Enums']["alert_status"],
"title": string,
"told_at": string | null
            }
                          SetofOptions: {
        from: "*"
        to: "alerts"
        isOneToOne: true
        isSetofReturn: false
      } },
"start_oauth":
{ Args: { "connection_id": string,"return_url"?: string,"scopes"?: (string)[] }; Returns: {
              "attempts": number,
"connection_id": string | null,
"created_at": string,
"created_by": string | null,
"error": Json | null,
"finished_at": string | null,
"id": string,
"idempotency_key": string | null,
"input": NonNullable<Json>,
"input_hash": string | null,
"kind": string,
"organization_id": string,
"result": Json | null,
"status": Database["public"]['Enums']["operation_status"],
"subject_id": string | null,
"subject_type": string | null,
"trace_id": string | null,
"why": Json | null
            }
                          SetofOptions: {
        from: "*"
        to: "operations"
        isOneToOne: true
        isSetofReturn: false
      } },
"subject_certificate":
{ Args: { "request_id": string }; Returns: Json
                           },
"subject_request_identity":
{ Args: { "request_id": string }; Returns: Json
                           },
"sync_payment":
{ Args: { "payment_id": string }; Returns: {
              "attempts": number,
"connection_id": string | null,
"created_at": string,
"created_by": string | null,
"error": Json | null,
"finished_at": string | null,
"id": string,
"idempotency_key": string | null,
"input": NonNullable<Json>,
"input_hash": string | null,
"kind": string,
"organization_id": string,
"result": Json | null,
"status": Database["public"]['Enums']["operation_status"],
"subject_id": string | null,
"subject_type": string | null,
"trace_id": string | null,
"why": Json | null
            }
                          SetofOptions: {
        from: "*"
        to: "operations"
        isOneToOne: true
        isSetofReturn: false
      } },
"test_alert_channel":
{ Args: { "channel_id": string }; Returns: {
              "attempts": number,
"connection_id": string | null,
"created_at": string,
"created_by": string | null,
"error": Json | null,
"finished_at": string | null,
"id": string,
"idempotency_key": string | null,
"input": NonNullable<Json>,
"input_hash": string | null,
"kind": string,
"organization_id": string,
"result": Json | null,
"status": Database["public"]['Enums']["operation_status"],
"subject_id": string | null,
"subject_type": string | null,
"trace_id": string | null,
"why": Json | null
            }
                          SetofOptions: {
        from: "*"
        to: "operations"
        isOneToOne: true
        isSetofReturn: false
      } },
"test_connection":
{ Args: { "connection_id": string }; Returns: {
              "attempts": number,
"connection_id": string | null,
"created_at": string,
"created_by": string | null,
"error": Json | null,
"finished_at": string | null,
"id": string,
"idempotency_key": string | null,
"input": NonNullable<Json>,
"input_hash": string | null,
"kind": string,
"organization_id": string,
"result": Json | null,
"status": Database["public"]['Enums']["operation_status"],
"subject_id": string | null,
"subject_type": string | null,
"trace_id": string | null,
"why": Json | null
            }
                          SetofOptions: {
        from: "*"
        to: "operations"
        isOneToOne: true
        isSetofReturn: false
      } },
"test_webhook_subscription":
{ Args: { "subscription_id": string }; Returns: {
              "attempts": number,
"connection_id": string | null,
"created_at": string,
"created_by": string | null,
"error": Json | null,
"finished_at": string | null,
"id": string,
"idempotency_key": string | null,
"input": NonNullable<Json>,
"input_hash": string | null,
"kind": string,
"organization_id": string,
"result": Json | null,
"status": Database["public"]['Enums']["operation_status"],
"subject_id": string | null,
"subject_type": string | null,
"trace_id": string | null,
"why": Json | null
            }
                          SetofOptions: {
        from: "*"
        to: "operations"
        isOneToOne: true
        isSetofReturn: false
      } },
"track_event":
{ Args: { "amount"?: string,"client_id"?: string,"connection_ids"?: (string)[],"consent"?: Json,"currency"?: string,"email"?: string,"environment"?: Database["public"]['Enums']["environment"],"idempotency_key"?: string,"items"?: Json,"lead_id"?: string,"name": string,"occurred_at"?: string,"organization_id"?: string,"properties"?: Json,"reference"?: string,"session_id"?: string,"user_id"?: string }; Returns: {
              "causes": (string)[],
"created_at": string,
"data": NonNullable<Json>,
"environment": Database["public"]['Enums']["environment"] | null,
"id": string,
"occurred_at": string,
"organization_id": string,
"source": string,
"subject_id": string | null,
"subject_type": string | null,
"trace_id": string | null,
"type": string
            }
                          SetofOptions: {
        from: "*"
        to: "events"
        isOneToOne: true
        isSetofReturn: false
      } },
"track_parcel":
{ Args: { "token": string }; Returns: Json
                           },
"track_shipment":
{ Args: { "shipment_id": string }; Returns: {
              "cash_on_delivery_amount": number | null,
"connection_id": string | null,
"contents": string,
"cost": number | null,
"cost_currency": string | null,
"created_at": string,
"created_by": string,
"currency": string,
"customs": Json | null,
"declared_value": number | null,
"delivered_at": string | null,
"description": string,
"destination": NonNullable<Json>,
"detail": string | null,
"environment": Database["public"]['Enums']["environment"],
"estimated_delivery_at": string | null,
"failure": Json | null,
"id": string,
"insured_value": number | null,
"label_format": string,
"last_event_at": string | null,
"level": Database["public"]['Enums']["service_level"] | null,
"manifest_id": string | null,
"metadata": NonNullable<Json>,
"organization_id": string,
"origin": NonNullable<Json>,
"parcel_tracking_numbers": (string)[],
"parcels": NonNullable<Json>,
"pickup_id": string | null,
"provider_data": NonNullable<Json>,
"provider_shipment_id": string | null,
"rate_id": string | null,
"reference": string,
"return_of": string | null,
"rule": Database["public"]['Enums']["shipping_rule"],
"service": string | null,
"ships_at": string,
"signature_required": boolean,
"status": Database["public"]['Enums']["shipment_status"],
"tracking_number": string | null,
"tracking_token": string,
"tracking_url": string | null,
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "shipments"
        isOneToOne: true
        isSetofReturn: false
      } },
"traffic_errors":
{ Args: { "breakdown"?: (string)[],"connection_id"?: string,"environment"?: Database["public"]['Enums']["environment"],"operation"?: string,"organization_id"?: string,"provider_key"?: string,"since": string,"source"?: Database["public"]['Enums']["traffic_source"],"until"?: string,"zoom"?: string }; Returns: Database["public"]['CompositeTypes']["error_figures"][]
                          SetofOptions: {
        from: "*"
        to: "error_figures"
        isOneToOne: false
        isSetofReturn: true
      } },
"update_connection":
{ Args: { "connection_id": string,"health_interval_seconds"?: number,"name"?: string,"paused"?: boolean,"settings"?: Json }; Returns: {
              "created_at": string,
"created_by": string | null,
"credentials_version": number,
"environment": Database["public"]['Enums']["environment"],
"health_changed_at": string | null,
"health_checked_at": string | null,
"health_interval_seconds": number,
"health_state": Database["public"]['Enums']["health_state"],
"health_streak": number,
"id": string,
"last_error": Json | null,
"name": string,
"next_health_check_at": string,
"organization_id": string,
"provider_key": string,
"settings": NonNullable<Json>,
"status": Database["public"]['Enums']["connection_status"],
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "integration_connections"
        isOneToOne: true
        isSetofReturn: false
      } },
"update_lead_form":
{ Args: { "allowed_origins"?: (string)[],"consent_text"?: string,"double_opt_in"?: boolean,"enabled"?: boolean,"fields"?: Json,"form_id": string,"most_per_minute"?: number,"most_per_visitor_minute"?: number,"name"?: string,"purpose"?: string,"redirect_url"?: string,"text_version"?: string }; Returns: {
              "allowed_origins": (string)[],
"consent_text": string | null,
"created_at": string,
"created_by": string,
"double_opt_in": boolean,
"enabled": boolean,
"fields": NonNullable<Json>,
"id": string,
"last_submission_at": string | null,
"most_per_minute": number,
"most_per_visitor_minute": number,
"name": string,
"organization_id": string,
"purpose": string | null,
"redirect_url": string | null,
"spam": number,
"submissions": number,
"text_version": string | null,
"token": string,
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "lead_forms"
        isOneToOne: true
        isSetofReturn: false
      } },
"update_post":
{ Args: { "first_comment"?: string,"format"?: string,"link"?: Json,"media"?: Json,"post_id": string,"scheduled_at"?: string,"text"?: string,"time_zone"?: string }; Returns: {
              "account_id": string,
"created_at": string,
"created_by": string,
"deleted_at": string | null,
"edited_at": string | null,
"engagement": NonNullable<Json>,
"failure": Json | null,
"first_comment": string | null,
"format": string,
"group_id": string,
"id": string,
"link": Json | null,
"measured_at": string | null,
"media": NonNullable<Json>,
"organization_id": string,
"origin": string,
"permalink": string | null,
"problems": NonNullable<Json>,
"provider_post_id": string | null,
"published_at": string | null,
"scheduled_at": string | null,
"status": Database["public"]['Enums']["post_status"],
"text": string,
"time_zone": string | null,
"updated_at": string
            }
                          SetofOptions: {
        from: "*"
        to: "social_posts"
        isOneToOne: true
        isSetofReturn: false
      } },
"upsert_lead":
{ Args: { "attributes"?: Json,"attribution"?: Json,"company"?: string,"consents"?: Json,"country"?: string,"email"?: string,"first_name"?: string,"idempotency_key"?: string,"language"?: string,"last_name"?: string,"organization_id"?: string,"phone"?: string,"source"?: string,"tags"?: (string)[],"untags"?: (string)[] }; Returns: {
              "attribution": NonNullable<Json>,
"confirmed_at": string | null,
"country": string | null,
"created_at": string,
"id": string,
"language": string | null,
"organization_id": string,
"restricted_at": string | null,
"source": string,
"status": Database["public"]['Enums']["lead_status"],
"tags": (string)[],
"updated_at": string,
"version": number
            }
                          SetofOptions: {
        from: "*"
        to: "leads"
        isOneToOne: true
        isSetofReturn: false
      } },
"uptime":
{ Args: { "connection_id"?: string,"organization_id"?: string,"since": string,"until"?: string,"zoom"?: string }; Returns: Database["public"]['CompositeTypes']["uptime_figures"][]
                          SetofOptions: {
        from: "*"
        to: "uptime_figures"
        isOneToOne: false
        isSetofReturn: true
      } },
"usage":
{ Args: { "breakdown"?: (string)[],"connection_id"?: string,"environment"?: Database["public"]['Enums']["environment"],"operation"?: string,"organization_id"?: string,"provider_key"?: string,"since": string,"source"?: Database["public"]['Enums']["traffic_source"],"until"?: string,"zoom"?: string }; Returns: Database["public"]['CompositeTypes']["usage_figures"][]
                          SetofOptions: {
        from: "*"
        to: "usage_figures"
        isOneToOne: false
        isSetofReturn: true
      } },
"verify_audit_log":
{ Args: { "organization_id"?: string }; Returns: Json
                           }
          }
          Enums: {
            "alert_severity": "info"|"warning"|"critical","alert_status": "open"|"acknowledged"|"resolved","automation_run_status": "running"|"finished"|"failed"|"skipped"|"cancelled","automation_step_status": "waiting"|"succeeded"|"failed"|"unknown"|"skipped"|"cancelled","breaker_state": "closed"|"open"|"half_open","comment_status": "seen"|"pending"|"published"|"failed"|"deleted","connection_status": "pending"|"active"|"paused"|"needs_attention"|"disconnected","delivery_status": "pending"|"delivered"|"dead","dispute_status": "open"|"won"|"lost"|"closed","encryption_key_state": "active"|"retiring"|"retired","environment": "sandbox"|"live","health_state": "unknown"|"up"|"degraded"|"down","lead_link_status": "pending"|"synced"|"failed"|"skipped"|"forget"|"forgotten","lead_status": "active"|"pending"|"deleted","operation_status": "pending"|"succeeded"|"failed"|"cancelled"|"dead","organization_role": "viewer"|"developer"|"admin"|"owner","page_indicator": "unknown"|"none"|"maintenance"|"minor"|"major"|"critical","payment_difference_status": "open"|"healed"|"dismissed","payment_link_status": "active"|"paid"|"disabled","payment_method_status": "active"|"deleted","payment_routing_rule": "priority"|"weighted"|"lowest_fee","payment_status": "pending"|"created"|"requires_action"|"processing"|"authorized"|"partially_captured"|"captured"|"partially_refunded"|"refunded"|"cancelled"|"failed"|"expired"|"disputed","payout_status": "pending"|"in_transit"|"paid"|"failed"|"cancelled","post_status": "draft"|"scheduled"|"publishing"|"published"|"failed"|"cancelled"|"deleted","provider_category": "payments"|"shipping"|"social"|"marketing","reconciliation_status": "running"|"finished"|"failed","refund_status": "pending"|"succeeded"|"failed"|"cancelled","service_level": "same_day"|"next_day"|"express"|"standard"|"economy"|"freight","shipment_status": "pending"|"created"|"picked_up"|"in_transit"|"out_for_delivery"|"delivered"|"exception"|"returned"|"cancelled"|"failed","shipping_rule": "priority"|"price"|"speed","subject_request_kind": "access"|"portability"|"correction"|"restriction"|"objection"|"erasure","subject_request_status": "received"|"in_progress"|"awaiting_person"|"completed"|"refused","subject_step_status": "pending"|"done"|"by_person"|"kept","sync_conflict_rule": "newest"|"hub"|"provider","sync_direction": "push"|"pull"|"both","sync_mode": "incremental"|"full","sync_status": "idle"|"running"|"failed","traffic_source": "call"|"webhook"|"delivery","webhook_event_status": "received"|"processed"|"ignored"|"recorded"|"filtered"|"duplicate"|"refused"|"failed"|"dead"
          }
          CompositeTypes: {
            "check_figures": {
                        "starts_at": string | null,"capability": string | null,"checks": number | null,"checks_degraded": number | null,"checks_down": number | null,"p50_ms": number | null,"p95_ms": number | null,"p99_ms": number | null
                      },"cost_figures": {
                        "starts_at": string | null,"environment": Database["public"]['Enums']["environment"] | null,"provider_key": string | null,"connection_id": string | null,"category": string | null,"currency": string | null,"items": number | null,"told": string | null,"estimated": string | null,"without_cost": number | null
                      },"error_figures": {
                        "starts_at": string | null,"environment": Database["public"]['Enums']["environment"] | null,"provider_key": string | null,"connection_id": string | null,"operation": string | null,"calls": number | null,"errors": number | null,"authentication_errors": number | null,"rate_limit_errors": number | null,"refusals": number | null,"provider_errors": number | null,"unanswered": number | null,"failures": number | null
                      },"latency_figures": {
                        "starts_at": string | null,"environment": Database["public"]['Enums']["environment"] | null,"provider_key": string | null,"connection_id": string | null,"operation": string | null,"calls": number | null,"mean_ms": number | null,"p50_ms": number | null,"p95_ms": number | null,"p99_ms": number | null,"longest_ms": number | null
                      },"uptime_figures": {
                        "starts_at": string | null,"connection_id": string | null,"seconds_up": number | null,"seconds_degraded": number | null,"seconds_down": number | null,"seconds_unknown": number | null,"uptime": number | null
                      },"usage_figures": {
                        "starts_at": string | null,"environment": Database["public"]['Enums']["environment"] | null,"provider_key": string | null,"connection_id": string | null,"operation": string | null,"calls": number | null,"errors": number | null,"throttled": number | null,"retried": number | null,"unknown": number | null,"bytes_sent": number | null,"bytes_received": number | null
                      }
          }
        }
}

type DatabaseWithoutInternals = Omit<Database, '__InternalSupabase'>

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">]

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
  ? (DefaultSchema["Tables"] & DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
      Row: infer R
    }
    ? R
    : never
  : never

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
  ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Insert: infer I
    }
    ? I
    : never
  : never

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
  ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Update: infer U
    }
    ? U
    : never
  : never

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never = never
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
  ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
  : never

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never = never
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
  ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
  : never

export const Constants = {
  "public": {
          Enums: {
            "alert_severity": ["info", "warning", "critical"],"alert_status": ["open", "acknowledged", "resolved"],"automation_run_status": ["running", "finished", "failed", "skipped", "cancelled"],"automation_step_status": ["waiting", "succeeded", "failed", "unknown", "skipped", "cancelled"],"breaker_state": ["closed", "open", "half_open"],"comment_status": ["seen", "pending", "published", "failed", "deleted"],"connection_status": ["pending", "active", "paused", "needs_attention", "disconnected"],"delivery_status": ["pending", "delivered", "dead"],"dispute_status": ["open", "won", "lost", "closed"],"encryption_key_state": ["active", "retiring", "retired"],"environment": ["sandbox", "live"],"health_state": ["unknown", "up", "degraded", "down"],"lead_link_status": ["pending", "synced", "failed", "skipped", "forget", "forgotten"],"lead_status": ["active", "pending", "deleted"],"operation_status": ["pending", "succeeded", "failed", "cancelled", "dead"],"organization_role": ["viewer", "developer", "admin", "owner"],"page_indicator": ["unknown", "none", "maintenance", "minor", "major", "critical"],"payment_difference_status": ["open", "healed", "dismissed"],"payment_link_status": ["active", "paid", "disabled"],"payment_method_status": ["active", "deleted"],"payment_routing_rule": ["priority", "weighted", "lowest_fee"],"payment_status": ["pending", "created", "requires_action", "processing", "authorized", "partially_captured", "captured", "partially_refunded", "refunded", "cancelled", "failed", "expired", "disputed"],"payout_status": ["pending", "in_transit", "paid", "failed", "cancelled"],"post_status": ["draft", "scheduled", "publishing", "published", "failed", "cancelled", "deleted"],"provider_category": ["payments", "shipping", "social", "marketing"],"reconciliation_status": ["running", "finished", "failed"],"refund_status": ["pending", "succeeded", "failed", "cancelled"],"service_level": ["same_day", "next_day", "express", "standard", "economy", "freight"],"shipment_status": ["pending", "created", "picked_up", "in_transit", "out_for_delivery", "delivered", "exception", "returned", "cancelled", "failed"],"shipping_rule": ["priority", "price", "speed"],"subject_request_kind": ["access", "portability", "correction", "restriction", "objection", "erasure"],"subject_request_status": ["received", "in_progress", "awaiting_person", "completed", "refused"],"subject_step_status": ["pending", "done", "by_person", "kept"],"sync_conflict_rule": ["newest", "hub", "provider"],"sync_direction": ["push", "pull", "both"],"sync_mode": ["incremental", "full"],"sync_status": ["idle", "running", "failed"],"traffic_source": ["call", "webhook", "delivery"],"webhook_event_status": ["received", "processed", "ignored", "recorded", "filtered", "duplicate", "refused", "failed", "dead"]
          }
        }
} as const

/** Columns that a select has to name, by table. */
export interface Computed {
  leads: { attributes: Json | null; company: string | null; email: string | null; first_name: string | null; last_name: string | null; phone: string | null }
  payment_links: { billing_address: Json | null; customer: Json | null; shipping_address: Json | null }
  payments: { billing_address: Json | null; customer: Json | null; shipping_address: Json | null }
  shipment_quotes: { asked: Json | null }
  shipments: { instructions: string | null; recipient: Json | null; sender: Json | null; signed_by: string | null }
}
