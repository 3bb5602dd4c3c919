"""What the tables alone cannot promise, held by triggers; and the partitions by month.

Every function here refuses with a message that names the table and the rule; none of them
decides or fills in anything but the history of a change.
"""

from django.db import migrations

# Facts: recorded once. What replaces one of them is another row that says so.
NEVER_CHANGED = """
    api_answer approval attempt_step audit_entry audit_seal audit_seal_entry authority consent
    call_outcome
    decision hold inconvenience installment law_adoption loan_event loan_funder message_template notice_proof
    payment payment_allocation preference product receipt refusal reported_arrears request
    request_step reversal schedule statement step_record strategy_adoption watermark zone_evidence
    measure inbound_effect
    household_member
    itemisation
"""

# Process rows: of these only the named columns move on, and no row is ever removed.
ONLY_CHANGES = {
    "api_token": ["revoked_at"],
    "attempt_loan": ["is_discussed"],
    "database_identity": ["simulated_at"],
    "import_file": ["rows_read", "rows_accepted", "rows_rejected", "rows_changed"],
    "inbound_message": [
        *["lender_id", "state", "wishes", "certainty", "because", "settled_at", "settled_by_id"],
        *["sender_encrypted", "body_encrypted"],  # taken away with the person whose they are
    ],
    "message": ["read_at"],
    "planned_contact": [
        *["state", "state_at", "end_reason", "tries"],
        *["not_before_at", "contact_group"],  # the law may permit it only later than was planned
    ],
    "planned_contact_loan": ["is_live"],
    "receipt_result": [
        *["state", "attempt_id", "evidence", "evidence_at", "detail_code"],
        *["tries", "next_try_at", "settled_at"],
    ],
    "run": ["finished_at", "counts"],
}
NEVER_DELETED = ["attempt", "loan", "loan_party", "contact_point", *ONLY_CHANGES]

# Nouns that change: the row as it was is kept beside the row as it is.
KEEPS_ITS_PAST = ["contact_point", "loan", "loan_party"]

FUNCTIONS = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never %d', TG_TABLE_NAME, lower(TG_OP)
        USING ERRCODE = 'restrict_violation',
              HINT = 'Record another row: what happened stays as it was recorded.';
END $$;

-- The arguments are the columns that may change.
CREATE FUNCTION refuse_other_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(OLD) - TG_ARGV <> to_jsonb(NEW) - TG_ARGV THEN
        RAISE EXCEPTION 'of a row of % only % may change', TG_TABLE_NAME, array_to_string(TG_ARGV, ', ')
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION refuse_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

-- The row as it was goes to the table <name>_past, dated by the recorded_at of the new one.
-- Saying the same again is no new version; contact_group only partitions the work.
CREATE FUNCTION keep_past() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was jsonb := to_jsonb(OLD);
    is_ jsonb := to_jsonb(NEW);
BEGIN
    IF was - '{recorded_at,contact_group}'::text[] = is_ - '{recorded_at,contact_group}'::text[] THEN
        NEW.recorded_at := OLD.recorded_at;
        RETURN NEW;
    END IF;
    IF NEW.recorded_at <= OLD.recorded_at THEN
        RAISE EXCEPTION 'a new version of % % must be recorded later than the one before',
            TG_TABLE_NAME, OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    EXECUTE format('INSERT INTO %I SELECT (jsonb_populate_record(NULL::%I, $1)).*',
                   TG_TABLE_NAME || '_past', TG_TABLE_NAME || '_past')
      USING was || jsonb_build_object('superseded_at', NEW.recorded_at);
    RETURN NEW;
END $$;

-- Legal moves of an attempt, and what never changes about it. See store/models/attempts.py.
CREATE FUNCTION guard_attempt() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    same attempt := NEW;
BEGIN
    same.state := OLD.state;
    same.state_at := OLD.state_at;
    same.lease_until := OLD.lease_until;
    same.worker := OLD.worker;
    same.provider := OLD.provider;
    same.provider_ref := OLD.provider_ref;
    same.failure_code := OLD.failure_code;
    same.network_result := OLD.network_result;
    same.is_conversation := OLD.is_conversation;
    same.message_left := OLD.message_left;
    same.outcome_recorded_at := OLD.outcome_recorded_at;
    IF same IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'who, whom, where, when and why of attempt % are never changed', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> OLD.state AND NOT (CASE OLD.state
        WHEN 'reserved' THEN NEW.state IN ('handing_over', 'not_sent')
        WHEN 'handing_over' THEN NEW.state IN ('accepted', 'delivered', 'undelivered', 'returned',
                                               'complained', 'refused_by_provider', 'not_sent', 'unsure')
        WHEN 'unsure' THEN NEW.state IN ('accepted', 'delivered', 'undelivered', 'returned', 'complained')
        WHEN 'accepted' THEN NEW.state IN ('delivered', 'undelivered', 'returned', 'complained')
        WHEN 'delivered' THEN NEW.state IN ('undelivered', 'returned', 'complained')
        WHEN 'undelivered' THEN NEW.state IN ('returned', 'complained')
        WHEN 'returned' THEN NEW.state = 'complained'
        ELSE false
    END) THEN
        RAISE EXCEPTION 'attempt % cannot go from % to %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION record_attempt_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO attempt_step (attempt_id, from_state, to_state, at)
    VALUES (NEW.id, OLD.state, NEW.state, NEW.state_at);
    RETURN NULL;
END $$;

-- Legal moves of a planned contact. See store/models/planned_contacts.py.
CREATE FUNCTION guard_planned_contact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (CASE OLD.state
        WHEN 'planned' THEN NEW.state IN ('reserved', 'not_permitted', 'cancelled', 'lapsed')
        WHEN 'reserved' THEN NEW.state IN ('planned', 'sent', 'not_permitted', 'cancelled', 'lapsed', 'unsure')
        WHEN 'unsure' THEN NEW.state = 'sent'
        ELSE false
    END) THEN
        RAISE EXCEPTION 'planned contact % cannot go from % to %', OLD.id, OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION follow_planned_contact() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE planned_contact_loan SET is_live = NEW.state IN ('planned', 'reserved', 'sent', 'unsure')
     WHERE planned_contact_id = NEW.id;
    RETURN NULL;
END $$;

CREATE FUNCTION guard_database_clock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the clock of a simulation only moves forward' USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION ensure_month(whole text, month_of timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    first_day timestamp := date_trunc('month', month_of AT TIME ZONE 'UTC');
    part text := format('%s_%s', whole, to_char(first_day, 'YYYY_MM'));
BEGIN
    IF to_regclass(quote_ident(part)) IS NOT NULL THEN
        RETURN false;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('ensure_month'));
    IF to_regclass(quote_ident(part)) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', part, whole,
                   first_day AT TIME ZONE 'UTC', (first_day + interval '1 month') AT TIME ZONE 'UTC');
    RETURN true;
EXCEPTION
    WHEN check_violation THEN
        RETURN false;  -- rows of that month already stand in the default partition, and stay there
    WHEN duplicate_table THEN
        RETURN false;  -- somebody else made it while we waited, and our catalogue had not heard of it
END $$;
COMMENT ON FUNCTION ensure_month IS
    'Adds the partition of a table for the month (UTC) of an instant; true when it was missing.';
"""

MOVES = """
CREATE TRIGGER guard_attempt BEFORE UPDATE ON attempt
    FOR EACH ROW EXECUTE FUNCTION guard_attempt();
CREATE TRIGGER record_attempt_step AFTER UPDATE OF state ON attempt
    FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION record_attempt_step();
CREATE TRIGGER guard_planned_contact BEFORE UPDATE OF state ON planned_contact
    FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION guard_planned_contact();
CREATE TRIGGER follow_planned_contact AFTER UPDATE OF state ON planned_contact
    FOR EACH ROW WHEN ((OLD.state IN ('planned', 'reserved', 'sent', 'unsure'))
                    <> (NEW.state IN ('planned', 'reserved', 'sent', 'unsure')))
    EXECUTE FUNCTION follow_planned_contact();
CREATE TRIGGER read_once BEFORE UPDATE ON message
    FOR EACH ROW WHEN (OLD.read_at IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER revoked_once BEFORE UPDATE ON api_token
    FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER guard_database_clock BEFORE UPDATE ON database_identity
    FOR EACH ROW WHEN (NEW.simulated_at < OLD.simulated_at) EXECUTE FUNCTION guard_database_clock();
"""

# Decisions are partitioned, so their key is two columns, which the tables' classes cannot express.
REFERENCES = """
ALTER TABLE attempt ADD CONSTRAINT attempt_decision
    FOREIGN KEY (decision_id, decided_at) REFERENCES decision (id, decided_at);
ALTER TABLE attempt_loan ADD CONSTRAINT attempt_loan_decision
    FOREIGN KEY (decision_id, decided_at) REFERENCES decision (id, decided_at);
ALTER TABLE planned_contact_loan ADD CONSTRAINT planned_contact_loan_decision
    FOREIGN KEY (decision_id, decided_at) REFERENCES decision (id, decided_at);
ALTER TABLE receipt_result ADD CONSTRAINT receipt_result_receipt
    FOREIGN KEY (receipt_id, received_at) REFERENCES receipt (id, received_at);
"""


def _trigger(name: str, when: str, table: str, function: str) -> str:
    return f"CREATE TRIGGER {name} {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {function};"


def _triggers() -> str:
    made = [MOVES]
    for table in NEVER_CHANGED.split():
        made.append(_trigger("never_changed", "BEFORE UPDATE OR DELETE", table, "refuse_change()"))
    for table in NEVER_DELETED:
        made.append(_trigger("never_deleted", "BEFORE DELETE", table, "refuse_deletion()"))
    for table, columns in ONLY_CHANGES.items():
        named = ", ".join(f"'{column}'" for column in columns)
        made.append(_trigger("only_changes", "BEFORE UPDATE", table, f"refuse_other_changes({named})"))
    for table in KEEPS_ITS_PAST:
        past = f"{table}_past"
        made.append(_trigger("keep_past", "BEFORE UPDATE", table, "keep_past()"))
        made.append(_trigger("never_changed", "BEFORE UPDATE OR DELETE", past, "refuse_change()"))
    return "\n".join(made)


class Migration(migrations.Migration):
    dependencies = [("store", "0001_tables")]
    operations = [
        migrations.RunSQL(FUNCTIONS),
        migrations.RunSQL(_triggers()),
        migrations.RunSQL(REFERENCES),
    ]
