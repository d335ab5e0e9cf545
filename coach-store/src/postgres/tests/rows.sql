-- Fills every table that grows as months of use would. Counts and shapes matter, words do not.

INSERT INTO users (id, role, created_at)
SELECT md5('user' || n)::uuid, CASE n % 1000 WHEN 0 THEN 'ADMIN' ELSE 'GUEST' END, n
FROM generate_series(1, 3000) AS n;

INSERT INTO identities (issuer, subject, user_id, email_verified, linked_at)
SELECT 'https://id.example.org', 'subject' || n, md5('user' || n)::uuid, TRUE, n
FROM generate_series(1, 3000) AS n;

INSERT INTO invitations (
    id, label, search_text, token_hash, link_version, key_generation, allow_custom_scenario, coach, aside,
    consent_version, consent_text, created_at, created_by, claimed_by
)
SELECT
    md5('invitation' || n)::uuid, 'group ' || n, 'group ' || n, sha256(n::text::bytea), 1, 'k1', FALSE, TRUE, TRUE,
    'c1', repeat('I agree. ', 20), n, md5('user' || n % 20)::uuid, md5('user' || n)::uuid
FROM generate_series(1, 3000) AS n;

INSERT INTO balances (invitation_id, quota, used, reserved) SELECT id, 60000, 20000, 0 FROM invitations;

INSERT INTO replaced_links (token_hash, invitation_id)
SELECT sha256(('old' || n)::bytea), md5('invitation' || n)::uuid FROM generate_series(1, 3000) AS n;

INSERT INTO allowances (user_id, used, reserved) SELECT id, 1000, 0 FROM users;

INSERT INTO spent_before (trace, used) SELECT sha256(n::text::bytea), n FROM generate_series(1, 3000) AS n;

INSERT INTO spent_nonces (nonce, spent_until) SELECT md5(n::text), n FROM generate_series(1, 3000) AS n;

INSERT INTO day_parts (day, part, used, reserved)
SELECT day, part, 1000, 0 FROM generate_series(20000, 20199) AS day CROSS JOIN generate_series(0, 15) AS part;

INSERT INTO scenario_versions (slug, version, source, kept_at)
SELECT 'scenario-' || n % 100, n / 100, repeat('source ', 100), n FROM generate_series(1, 3000) AS n;

-- An invitation pays for half of the conversations, the allowance for the others. One in 20 has not ended.
INSERT INTO conversations (
    id, owner_id, invitation_id, allowance, coach, aside, created_at, turn, turns_ceiling, end_reason, ended_at
)
SELECT
    md5('conversation' || n)::uuid, md5('user' || 1 + n / 3)::uuid,
    CASE n % 2 WHEN 0 THEN md5('invitation' || n)::uuid END, n % 2 = 1, TRUE, TRUE, n, 5,
    CASE n % 200 WHEN 1 THEN 12 END,
    CASE n % 20 WHEN 0 THEN NULL ELSE 'participant' END, CASE n % 20 WHEN 0 THEN NULL ELSE n END
FROM generate_series(1, 3000) AS n;

INSERT INTO scripts (
    conversation_id, title, card, language, partner_name, partner_prompt, partner_max_output, coach_prompt,
    coach_max_output, coach_when, coach_sees
)
SELECT id, 'A raise', 'card', 'en', 'Dana', repeat('prompt ', 50), 400, repeat('prompt ', 50), 300, 'after', 'both'
FROM conversations;

-- Five turns to a conversation; few are open.
INSERT INTO turns (
    id, conversation_id, number, aside, is_open, fence, lease_until, attempt_id, reply_id, message_id, message_at,
    first_fence, first_lane, first_reply_id, coach_left_out
)
SELECT
    md5('turn' || n)::uuid, md5('conversation' || 1 + n % 3000)::uuid, n / 3000, FALSE, n % 3000 = n / 3000, 1, 1,
    md5('turn' || n)::uuid, n * 3 + 2, n * 3 + 1, n, 1, 'partner', n * 3 + 2, FALSE
FROM generate_series(0, 14999) AS n;

INSERT INTO messages (
    conversation_id, turn_id, turn, fence, role, aside, content, status, client_id, created_at, shown_at
)
SELECT
    conversation_id, id, number, 1, role, FALSE, repeat('Words. ', 20), 'complete',
    CASE role WHEN 'user' THEN id::text END, message_at, CASE role WHEN 'coach' THEN message_at END
FROM turns CROSS JOIN unnest(ARRAY['user', 'partner', 'coach']) AS role
ORDER BY message_at, role DESC;

INSERT INTO reservations (
    id, turn_id, conversation_id, lane, reserved_input, reserved_output, day, is_open, created_at, lease_until
)
SELECT
    md5(lane || turns.id)::uuid, CASE lane WHEN 'judge' THEN NULL ELSE turns.id END, conversation_id, lane, 50, 20,
    20000, message_at % 3000 = 0, message_at, 1
FROM turns CROSS JOIN unnest(ARRAY['partner', 'coach', 'judge']) AS lane;

INSERT INTO usage_entries (
    reservation_id, conversation_id, lane, reserved_input, reserved_output, source, input_tokens, cached_input,
    cache_write, output_tokens, reasoning, created_at
)
SELECT id, conversation_id, lane, 50, 20, 'reported', 40, 10, 5, 15, 3, created_at
FROM reservations
WHERE NOT is_open;

INSERT INTO audit_entries (at, actor_id, action)
SELECT n, md5('user' || n % 20)::uuid, 'signed_in' FROM generate_series(1, 15000) AS n;

-- Few are of the last month.
INSERT INTO notes (
    id, invitation_id, author_id, client_id, body, tags, started_at, created_at, version
)
SELECT
    md5('note' || n)::uuid, md5('invitation' || 1 + n % 3000)::uuid, md5('user' || n % 20)::uuid, n::text,
    repeat('Words. ', 20), '', n, n, 2
FROM generate_series(1, 9000) AS n;

INSERT INTO note_versions (note_id, version, body, tags, at)
SELECT id, 1, repeat('Words. ', 20), '', created_at FROM notes;

INSERT INTO note_reads (user_id, note_id)
SELECT md5('user' || n)::uuid, id FROM notes CROSS JOIN generate_series(1, 3) AS n;

INSERT INTO audited_reads (actor_id, conversation_id, at)
SELECT md5('user' || n % 20)::uuid, md5('conversation' || n)::uuid, n FROM generate_series(1, 3000) AS n;

ANALYZE;
