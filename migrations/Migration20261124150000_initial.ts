import { Migration } from '@mikro-orm/migrations';

export class Migration20261124150000_initial extends Migration {
  override name = 'Migration20261124150000_initial';

  override up(): void | Promise<void> {
    this.addSql(
      `create table "audit_log" ("id" bigserial primary key, "at" timestamptz not null, "actor_kind" text not null, "actor_id" text null, "action" text not null, "subject_kind" text not null, "subject_id" text not null, "before" jsonb null, "after" jsonb null, "origin" text null, "prev_hash" text not null, "hash" text not null);`,
    );
    this.addSql(`alter table "audit_log" add constraint "audit_log_hash_unique" unique ("hash");`);
    this.addSql(`create index "audit_log_at_index" on "audit_log" ("at");`);
    this.addSql(
      `create index "audit_log_subject_kind_subject_id_index" on "audit_log" ("subject_kind", "subject_id");`,
    );
    this.addSql(
      `create or replace function "audit_log_audit_log_is_append_only_fn"() returns trigger as $$ begin begin raise exception 'audit_log is append-only'; end; end; $$ language plpgsql;`,
    );
    this.addSql(
      `create trigger "audit_log_is_append_only" BEFORE UPDATE OR DELETE on "audit_log" for each ROW execute function "audit_log_audit_log_is_append_only_fn"();`,
    );

    this.addSql(
      `create table "classifier_models" ("hash" text not null, "bytes" bytea not null, "created_at" timestamptz not null default now(), primary key ("hash"));`,
    );

    this.addSql(
      `create table "faqs" ("id" uuid not null default uuidv7(), "question" text not null, "alternatives" text[] not null, "answer" text not null, "locale" text not null, "category" text not null, "tags" text[] not null, "status" text not null, "helpful" int not null default 0, "unhelpful" int not null default 0, "version" int not null default 1, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), primary key ("id"));`,
    );
    this.addSql(`create index "faqs_locale_status_category_index" on "faqs" ("locale", "status", "category");`);
    this.addSql(`create index "faqs_updated_at_id_index" on "faqs" ("updated_at", "id");`);
    this.addSql(`alter table "faqs" add constraint "faqs_locale_check" check (locale in ('zh-TW', 'en'));`);
    this.addSql(`alter table "faqs" add constraint "faqs_status_check" check (status in ('draft', 'published'));`);

    this.addSql(
      `create table "flow_releases" ("id" serial primary key, "versions" jsonb not null, "published_at" timestamptz not null default now());`,
    );

    this.addSql(
      `create table "flows" ("id" uuid not null default uuidv7(), "name" text not null, "created_at" timestamptz not null default now(), primary key ("id"));`,
    );
    this.addSql(`alter table "flows" add constraint "flows_name_unique" unique ("name");`);

    this.addSql(
      `create table "flow_versions" ("id" uuid not null default uuidv7(), "flow_id" uuid not null, "number" int not null, "definition" jsonb not null, "hash" text not null, "created_at" timestamptz not null default now(), primary key ("id"));`,
    );
    this.addSql(
      `alter table "flow_versions" add constraint "flow_versions_flow_id_number_unique" unique ("flow_id", "number");`,
    );
    this.addSql(
      `alter table "flow_versions" add constraint "flow_versions_flow_id_hash_unique" unique ("flow_id", "hash");`,
    );

    this.addSql(
      `create table "intents" ("id" uuid not null default uuidv7(), "name" text not null, "title" jsonb not null, "description" jsonb not null, "route" jsonb not null, "slots" text[] not null, "threshold" real null, "enabled" boolean not null default true, "created_at" timestamptz not null default now(), primary key ("id"));`,
    );
    this.addSql(`alter table "intents" add constraint "intents_name_unique" unique ("name");`);

    this.addSql(
      `create table "intent_examples" ("id" uuid not null default uuidv7(), "intent_id" uuid null, "locale" text not null, "text" text not null, primary key ("id"));`,
    );
    this.addSql(
      `alter table "intent_examples" add constraint "intent_examples_intent_id_locale_text_unique" unique ("intent_id", "locale", "text");`,
    );

    this.addSql(
      `create table "knowledge_base" ("id" uuid not null default uuidv7(), "title" text not null, "body" text not null, "locale" text not null, "category" text not null, "tags" text[] not null, "url" text null, "status" text not null, "version" int not null default 1, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), primary key ("id"));`,
    );
    this.addSql(`create index "knowledge_base_locale_status_index" on "knowledge_base" ("locale", "status");`);
    this.addSql(
      `alter table "knowledge_base" add constraint "knowledge_base_locale_check" check (locale in ('zh-TW', 'en'));`,
    );
    this.addSql(
      `alter table "knowledge_base" add constraint "knowledge_base_status_check" check (status in ('draft', 'published'));`,
    );

    this.addSql(`create table "roles" ("name" text not null, "permissions" text[] not null, primary key ("name"));`);

    this.addSql(
      `create table "settings" ("key" text not null, "value" jsonb not null, "updated_at" timestamptz not null default now(), primary key ("key"));`,
    );

    this.addSql(
      `create table "users" ("id" uuid not null, "email_index" bytea not null, "email_sealed" bytea not null, "name_sealed" bytea not null, "data_key" bytea null, "password_hash" text null, "locale" text not null default 'zh-TW', "disabled_at" timestamptz null, "created_at" timestamptz not null default now(), primary key ("id"));`,
    );
    this.addSql(`alter table "users" add constraint "users_email_index_unique" unique ("email_index");`);
    this.addSql(`alter table "users" add constraint "users_locale_check" check (locale in ('zh-TW', 'en'));`);

    this.addSql(
      `create table "refresh_tokens" ("hash" bytea not null, "user_id" uuid not null, "family" uuid not null, "used_at" timestamptz null, "revoked_at" timestamptz null, "expires_at" timestamptz not null, "absolute_expires_at" timestamptz not null, "created_at" timestamptz not null default now(), primary key ("hash"));`,
    );
    this.addSql(`create index "refresh_tokens_user_id_index" on "refresh_tokens" ("user_id");`);
    this.addSql(`create index "refresh_tokens_family_index" on "refresh_tokens" ("family");`);

    this.addSql(
      `create table "contacts" ("id" uuid not null, "data_key" bytea null, "user_id" uuid null, "name_sealed" bytea null, "email_sealed" bytea null, "phone_sealed" bytea null, "locale" text not null, "created_at" timestamptz not null default now(), "erased_at" timestamptz null, primary key ("id"));`,
    );
    this.addSql(`alter table "contacts" add constraint "contacts_user_id_unique" unique ("user_id");`);
    this.addSql(`alter table "contacts" add constraint "contacts_locale_check" check (locale in ('zh-TW', 'en'));`);

    this.addSql(
      `create table "contact_identities" ("id" uuid not null, "contact_id" uuid not null, "channel" text not null, "connection" text not null, "external_index" bytea not null, "external_sealed" bytea not null, "created_at" timestamptz not null default now(), primary key ("id"));`,
    );
    this.addSql(`create index "contact_identities_contact_id_index" on "contact_identities" ("contact_id");`);
    this.addSql(
      `alter table "contact_identities" add constraint "contact_identities_channel_connection_external_index_unique" unique ("channel", "connection", "external_index");`,
    );
    this.addSql(
      `alter table "contact_identities" add constraint "contact_identities_channel_check" check (channel in ('web', 'slack', 'telegram', 'teams'));`,
    );

    this.addSql(
      `create table "chat_sessions" ("id" uuid not null, "contact_id" uuid not null, "channel" text not null, "connection" text not null default 'web', "conversation_key" text null, "locale" text not null, "mode" text not null default 'bot', "epoch" int not null default 0, "seq" int not null default 0, "pending" int not null default 0, "state_sealed" bytea null, "token_hash" bytea null, "token_expires_at" timestamptz null, "lease_by" uuid null, "lease_until" timestamptz null, "agent_id" uuid null, "topic" text null, "mood" text not null default 'calm', "understood" jsonb null, "page_sealed" bytea null, "rating" smallint null, "rating_comment_sealed" bytea null, "close_reason" text null, "active_at" timestamptz not null default date_trunc('minute'::text, now()), "updated_at" timestamptz not null default now(), "created_at" timestamptz not null default now(), "closed_at" timestamptz null, primary key ("id"));`,
    );
    this.addSql(`alter table "chat_sessions" add constraint "chat_sessions_token_hash_unique" unique ("token_hash");`);
    this.addSql(`create index "chat_sessions_active" on "chat_sessions" ("active_at", "id");`);
    this.addSql(`create index "chat_sessions_contact" on "chat_sessions" ("contact_id", "created_at");`);
    this.addSql(`create index chat_sessions_agent on chat_sessions (agent_id) where agent_id is not null;`);
    this.addSql(`create index chat_sessions_pending on chat_sessions (lease_until) where pending > 0;`);
    this.addSql(
      `create unique index chat_sessions_open_key on chat_sessions (channel, connection, conversation_key) where mode <> 'closed' and conversation_key is not null;`,
    );
    this.addSql(
      `alter table "chat_sessions" add constraint "chat_sessions_agent_owns" check ((mode = 'agent') = (agent_id is not null));`,
    );
    this.addSql(
      `alter table "chat_sessions" add constraint "chat_sessions_closed_at" check ((mode = 'closed') = (closed_at is not null));`,
    );
    this.addSql(
      `alter table "chat_sessions" add constraint "chat_sessions_channel_check" check (channel in ('web', 'slack', 'telegram', 'teams'));`,
    );
    this.addSql(
      `alter table "chat_sessions" add constraint "chat_sessions_locale_check" check (locale in ('zh-TW', 'en'));`,
    );
    this.addSql(
      `alter table "chat_sessions" add constraint "chat_sessions_mode_check" check (mode in ('bot', 'queued', 'agent', 'closed'));`,
    );
    this.addSql(`alter table "chat_sessions" add constraint "chat_sessions_pending_check" check (pending >= 0);`);
    this.addSql(
      `alter table "chat_sessions" add constraint "chat_sessions_mood_check" check (mood in ('calm', 'angry'));`,
    );
    this.addSql(
      `alter table "chat_sessions" add constraint "chat_sessions_rating_check" check (rating >= 1 and rating <= 5);`,
    );

    this.addSql(
      `create table "uploads" ("id" uuid not null, "session_id" uuid not null, "store_key" text not null, "name_sealed" bytea not null, "type" text not null, "bytes" int not null, "sha256" text not null, "uploaded_by" text not null, "created_at" timestamptz not null default now(), primary key ("id"));`,
    );
    this.addSql(`create index "uploads_session_id_index" on "uploads" ("session_id");`);
    this.addSql(`alter table "uploads" add constraint "uploads_store_key_unique" unique ("store_key");`);
    this.addSql(
      `alter table "uploads" add constraint "uploads_uploaded_by_check" check (uploaded_by in ('customer', 'agent'));`,
    );

    this.addSql(
      `create table "timers" ("session_id" uuid not null, "due_at" timestamptz not null, primary key ("session_id"));`,
    );
    this.addSql(`create index "timers_due_at_index" on "timers" ("due_at");`);

    this.addSql(
      `create table "tickets" ("id" uuid not null, "number" text not null, "subject_sealed" bytea not null, "subject_masked" text not null, "description_sealed" bytea not null, "description_masked" text not null, "status" text not null default 'pending', "priority" text not null default 'normal', "category" text not null, "tags" text[] not null, "contact_id" uuid not null, "session_id" uuid null, "assignee_id" uuid null, "uploads" text[] not null, "version" int not null default 1, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), primary key ("id"));`,
    );
    this.addSql(`alter table "tickets" add constraint "tickets_number_unique" unique ("number");`);
    this.addSql(`create index "tickets_contact_id_index" on "tickets" ("contact_id");`);
    this.addSql(`create index "tickets_session_id_index" on "tickets" ("session_id");`);
    this.addSql(`create index "tickets_assignee_id_index" on "tickets" ("assignee_id");`);
    this.addSql(`create index "tickets_status_created_at_index" on "tickets" ("status", "created_at");`);
    this.addSql(`create index "tickets_created_at_id_index" on "tickets" ("created_at", "id");`);
    this.addSql(
      `alter table "tickets" add constraint "tickets_status_check" check (status in ('pending', 'in_progress', 'resolved', 'closed'));`,
    );
    this.addSql(
      `alter table "tickets" add constraint "tickets_priority_check" check (priority in ('low', 'normal', 'high', 'urgent'));`,
    );

    this.addSql(
      `create table "ticket_events" ("id" bigserial primary key, "ticket_id" uuid not null, "at" timestamptz not null default now(), "by" text not null, "what" text not null, "from" text null, "to" text null);`,
    );
    this.addSql(`create index "ticket_events_ticket_id_index" on "ticket_events" ("ticket_id");`);

    this.addSql(
      `create table "outbound" ("id" bigserial primary key, "session_id" uuid not null, "seq" int not null, "state" text not null default 'pending', "author" text not null, "attempts" smallint not null default 0, "first_attempt_at" timestamptz null, "next_at" timestamptz not null default now(), "lane_by" uuid null, "platform_id" text null, "error" text null, "expires_at" timestamptz null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now());`,
    );
    this.addSql(
      `create index outbound_open on outbound (next_at) where state in ('pending', 'attempting', 'uncertain');`,
    );
    this.addSql(`alter table "outbound" add constraint "outbound_session_id_seq_unique" unique ("session_id", "seq");`);
    this.addSql(
      `alter table "outbound" add constraint "outbound_state_check" check (state in ('pending', 'attempting', 'sent', 'uncertain', 'failed', 'cancelled', 'expired'));`,
    );

    this.addSql(
      `create table "notes" ("id" uuid not null, "session_id" uuid not null, "author_id" uuid not null, "body_sealed" bytea not null, "masked" text not null, "after_seq" int not null, "created_at" timestamptz not null default now(), primary key ("id"));`,
    );
    this.addSql(`create index "notes_session_id_index" on "notes" ("session_id");`);

    this.addSql(
      `create table "inbound" ("id" bigserial primary key, "session_id" uuid not null, "seq" int not null, "delivery_key" text not null, "semantic_key" text null, "state" text not null default 'pending', "attempts" smallint not null default 0, "turn_epoch" int null, "understood" jsonb null, "raw_sealed" bytea null, "received_at" timestamptz not null default now(), "done_at" timestamptz null);`,
    );
    this.addSql(`create index inbound_pending on inbound (session_id, id) where state = 'pending';`);
    this.addSql(`alter table "inbound" add constraint "inbound_delivery_key" unique ("delivery_key");`);
    this.addSql(`create unique index inbound_semantic_key on inbound (semantic_key) where semantic_key is not null;`);
    this.addSql(
      `alter table "inbound" add constraint "inbound_state_check" check (state in ('pending', 'done', 'dead'));`,
    );

    this.addSql(
      `create table "handoffs" ("id" uuid not null, "session_id" uuid not null, "reason" text not null, "status" text not null default 'waiting', "topic" text null, "collected_sealed" bytea null, "agent_id" uuid null, "requested_at" timestamptz not null default now(), "deadline_at" timestamptz not null, "claimed_at" timestamptz null, "ended_at" timestamptz null, primary key ("id"));`,
    );
    this.addSql(`create index handoffs_waiting on handoffs (requested_at) where status = 'waiting';`);
    this.addSql(`create index "handoffs_session_id_requested_at_index" on "handoffs" ("session_id", "requested_at");`);
    this.addSql(
      `create unique index handoffs_one_open on handoffs (session_id) where status in ('waiting', 'claimed');`,
    );
    this.addSql(
      `alter table "handoffs" add constraint "handoffs_reason_check" check (reason in ('asked', 'anger', 'not-understood', 'flow', 'unresolved', 'taken-over'));`,
    );
    this.addSql(
      `alter table "handoffs" add constraint "handoffs_status_check" check (status in ('waiting', 'claimed', 'returned', 'resolved', 'withdrawn', 'unattended'));`,
    );

    this.addSql(
      `create table "cursors" ("session_id" uuid not null, "delivered_seq" int not null default 0, "seen_seq" int not null default 0, "agent_seq" int not null default 0, primary key ("session_id"));`,
    );

    this.addSql(
      `create table "chat_messages" ("session_id" uuid not null, "seq" int not null, "id" uuid not null, "change" text not null default 'message', "of_seq" int null, "author" text not null, "author_user_id" uuid null, "kind" text not null, "body_sealed" bytea null, "masked" text not null, "in_reply_to" int[] null, "client_id" text null, "info" jsonb null, "created_at" timestamptz not null default now(), primary key ("session_id", "seq"));`,
    );
    this.addSql(`create index chat_messages_amended on chat_messages (session_id, of_seq) where of_seq is not null;`);
    this.addSql(
      `create unique index chat_messages_agent_client_id on chat_messages (session_id, client_id) where author = 'agent' and client_id is not null;`,
    );
    this.addSql(`alter table "chat_messages" add constraint "chat_messages_seq_check" check (seq > 0);`);
    this.addSql(
      `alter table "chat_messages" add constraint "chat_messages_change_check" check (change in ('message', 'edit', 'delete', 'state'));`,
    );
    this.addSql(
      `alter table "chat_messages" add constraint "chat_messages_author_check" check (author in ('customer', 'bot', 'agent', 'system'));`,
    );

    this.addSql(
      `create table "user_roles" ("user_id" uuid not null, "role_name" text not null, primary key ("user_id", "role_name"));`,
    );

    this.addSql(
      `alter table "flow_versions" add constraint "flow_versions_flow_id_foreign" foreign key ("flow_id") references "flows" ("id") on delete cascade;`,
    );

    this.addSql(
      `alter table "intent_examples" add constraint "intent_examples_intent_id_foreign" foreign key ("intent_id") references "intents" ("id") on delete cascade;`,
    );

    this.addSql(
      `alter table "refresh_tokens" add constraint "refresh_tokens_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete cascade;`,
    );

    this.addSql(
      `alter table "contacts" add constraint "contacts_user_id_foreign" foreign key ("user_id") references "users" ("id") on delete set null;`,
    );

    this.addSql(
      `alter table "contact_identities" add constraint "contact_identities_contact_id_foreign" foreign key ("contact_id") references "contacts" ("id") on delete cascade;`,
    );

    this.addSql(
      `alter table "chat_sessions" add constraint "chat_sessions_contact_id_foreign" foreign key ("contact_id") references "contacts" ("id") on delete cascade;`,
    );
    this.addSql(
      `alter table "chat_sessions" add constraint "chat_sessions_agent_id_foreign" foreign key ("agent_id") references "users" ("id") on delete restrict;`,
    );

    this.addSql(
      `alter table "uploads" add constraint "uploads_session_id_foreign" foreign key ("session_id") references "chat_sessions" ("id") on delete cascade;`,
    );

    this.addSql(
      `alter table "timers" add constraint "timers_session_id_foreign" foreign key ("session_id") references "chat_sessions" ("id") on update cascade on delete cascade;`,
    );

    this.addSql(
      `alter table "tickets" add constraint "tickets_contact_id_foreign" foreign key ("contact_id") references "contacts" ("id") on delete cascade;`,
    );
    this.addSql(
      `alter table "tickets" add constraint "tickets_session_id_foreign" foreign key ("session_id") references "chat_sessions" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "tickets" add constraint "tickets_assignee_id_foreign" foreign key ("assignee_id") references "users" ("id") on delete set null;`,
    );

    this.addSql(
      `alter table "ticket_events" add constraint "ticket_events_ticket_id_foreign" foreign key ("ticket_id") references "tickets" ("id") on delete cascade;`,
    );

    this.addSql(
      `alter table "outbound" add constraint "outbound_session_id_foreign" foreign key ("session_id") references "chat_sessions" ("id") on delete cascade;`,
    );

    this.addSql(
      `alter table "notes" add constraint "notes_session_id_foreign" foreign key ("session_id") references "chat_sessions" ("id") on delete cascade;`,
    );
    this.addSql(
      `alter table "notes" add constraint "notes_author_id_foreign" foreign key ("author_id") references "users" ("id") on delete restrict;`,
    );

    this.addSql(
      `alter table "inbound" add constraint "inbound_session_id_foreign" foreign key ("session_id") references "chat_sessions" ("id") on delete cascade;`,
    );

    this.addSql(
      `alter table "handoffs" add constraint "handoffs_session_id_foreign" foreign key ("session_id") references "chat_sessions" ("id") on delete cascade;`,
    );
    this.addSql(
      `alter table "handoffs" add constraint "handoffs_agent_id_foreign" foreign key ("agent_id") references "users" ("id") on delete restrict;`,
    );

    this.addSql(
      `alter table "cursors" add constraint "cursors_session_id_foreign" foreign key ("session_id") references "chat_sessions" ("id") on update cascade on delete cascade;`,
    );

    this.addSql(
      `alter table "chat_messages" add constraint "chat_messages_session_id_foreign" foreign key ("session_id") references "chat_sessions" ("id") on delete cascade;`,
    );
    this.addSql(
      `alter table "chat_messages" add constraint "chat_messages_author_user_id_foreign" foreign key ("author_user_id") references "users" ("id") on delete restrict;`,
    );

    this.addSql(
      `alter table "user_roles" add constraint "user_roles_user_id_foreign" foreign key ("user_id") references "users" ("id") on update cascade on delete cascade;`,
    );
    this.addSql(
      `alter table "user_roles" add constraint "user_roles_role_name_foreign" foreign key ("role_name") references "roles" ("name") on update cascade on delete cascade;`,
    );
  }
}
