-- What participants read of an invitation instead of its label.
ALTER TABLE invitations ADD COLUMN title TEXT;

-- Invitations that were made together carry the id of the first of them.
ALTER TABLE invitations ADD COLUMN batch_id BLOB;
UPDATE invitations SET batch_id = id;

-- Label and title in lower case, by the rules of Unicode: what lists search and sort by. Rows from before
-- have none until the store opens, which fills them in.
ALTER TABLE invitations ADD COLUMN search_text TEXT;

CREATE INDEX invitations_by_label ON invitations (search_text, id);
CREATE INDEX invitations_by_author_and_label ON invitations (created_by, search_text, id);

-- Links that a newer one replaced: they open nothing, but say that they were replaced.
CREATE TABLE replaced_links (
    token_hash    BLOB NOT NULL PRIMARY KEY,
    invitation_id BLOB NOT NULL REFERENCES invitations (id)
) STRICT, WITHOUT ROWID;

-- When the words were erased, apart from when the conversation ended.
ALTER TABLE conversations ADD COLUMN erased_at INTEGER;
UPDATE conversations SET erased_at = ended_at WHERE end_reason = 'erased';

-- How a coach's comment was on screen: in the strip (shown) or opened by the participant. First time,
-- largest visible share of its text in percent, longest time in milliseconds.
ALTER TABLE messages RENAME COLUMN seen_at TO shown_at;
ALTER TABLE messages ADD COLUMN shown_share INTEGER;
ALTER TABLE messages ADD COLUMN shown_ms INTEGER;
ALTER TABLE messages ADD COLUMN opened_at INTEGER;
ALTER TABLE messages ADD COLUMN opened_share INTEGER;
ALTER TABLE messages ADD COLUMN opened_ms INTEGER;

-- A removed preset stays for the audit log, which names it.
ALTER TABLE quota_presets ADD COLUMN removed_at INTEGER;

-- The shipped presets say what they pay for, where nobody has changed them.
UPDATE quota_presets SET label = 'One conversation'
WHERE id = x'00000000000000000000000000000002' AND label = 'Short' AND tokens = 60000;
UPDATE quota_presets SET label = 'Three conversations'
WHERE id = x'00000000000000000000000000000003' AND label = 'Standard' AND tokens = 120000;
UPDATE quota_presets SET label = 'Ten conversations', tokens = 370000
WHERE id = x'00000000000000000000000000000004' AND label = 'Long' AND tokens = 400000;

-- The built-in consent text comes in three: with a coach, with a coach who writes only when asked, without
-- a coach. Whoever has not agreed yet reads the one that is true for their invitation.
UPDATE invitations SET consent_version = '3ea233f00ad4bda1', consent_text = '## Before you begin

You are invited to practice a difficult conversation. This page says what happens with what you write.

**What it is.** You write with two AI voices. One plays the other person. The other is a coach who reads along
and comments. Neither is a human being, and neither always gets things right. This is practice, not therapy,
and not legal, medical or any other professional advice.

**Who reads your words.** The people who invited you can read everything that is written here, **while it
happens** and afterwards, including anything between you and the coach. They may take notes, and may use what was
written, without your name, in their research.

**Where your words go.** To answer you, your messages are sent to a provider of AI models and are handled there
under that provider''s rules. They are also kept on the server of the people who invited you.

**What else is recorded.** The kind of device and the size of its window, the network address you accept from,
when the connection was lost, how long you waited for answers, whether this page was in front, and which of the
coach''s notes were on your screen and for how long.

**Your name is not needed.** Please do not write anything that shows who you or other people are: no full names,
addresses, phone numbers or places of work. Invented details are just as good for practicing.

**It is voluntary.** You can stop at any time, without giving a reason and without any disadvantage. You can delete
what you wrote yourself, on your account page, or ask the people who invited you to delete it. A record of how much
was used stays, without your words.

**If it gets too much**, stop. A practice conversation can touch real worries. If you need help, talk to someone
you trust or to a professional.

By continuing, you confirm that you are **18 or older**, that you have read this, and that you agree to take part.
'
WHERE consent_version = 'c7daa01502616570' AND claimed_by IS NULL AND coach = 1;

UPDATE invitations SET consent_version = '39b6e72c79e37c48', consent_text = '## Before you begin

You are invited to practice a difficult conversation. This page says what happens with what you write.

**What it is.** You write with an AI voice that plays the other person. You can also ask a second AI voice for
advice: a coach who reads along and writes only when you ask. Neither is a human being, and neither always gets
things right. This is practice, not therapy, and not legal, medical or any other professional advice.

**Who reads your words.** The people who invited you can read everything that is written here, **while it
happens** and afterwards, including anything between you and the coach. They may take notes, and may use what was
written, without your name, in their research.

**Where your words go.** To answer you, your messages are sent to a provider of AI models and are handled there
under that provider''s rules. They are also kept on the server of the people who invited you.

**What else is recorded.** The kind of device and the size of its window, the network address you accept from,
when the connection was lost, how long you waited for answers, whether this page was in front, and which of the
coach''s notes were on your screen and for how long.

**Your name is not needed.** Please do not write anything that shows who you or other people are: no full names,
addresses, phone numbers or places of work. Invented details are just as good for practicing.

**It is voluntary.** You can stop at any time, without giving a reason and without any disadvantage. You can delete
what you wrote yourself, on your account page, or ask the people who invited you to delete it. A record of how much
was used stays, without your words.

**If it gets too much**, stop. A practice conversation can touch real worries. If you need help, talk to someone
you trust or to a professional.

By continuing, you confirm that you are **18 or older**, that you have read this, and that you agree to take part.
'
WHERE consent_version = 'c7daa01502616570' AND claimed_by IS NULL AND coach = 0 AND aside = 1;

UPDATE invitations SET consent_version = '41147566ed00c519', consent_text = '## Before you begin

You are invited to practice a difficult conversation. This page says what happens with what you write.

**What it is.** You write with an AI voice that plays the other person. It is not a human being, and it does not
always get things right. This is practice, not therapy, and not legal, medical or any other professional advice.

**Who reads your words.** The people who invited you can read everything that is written here, **while it
happens** and afterwards. They may take notes, and may use what was written, without your name, in their research.

**Where your words go.** To answer you, your messages are sent to a provider of AI models and are handled there
under that provider''s rules. They are also kept on the server of the people who invited you.

**What else is recorded.** The kind of device and the size of its window, the network address you accept from,
when the connection was lost, how long you waited for answers, and whether this page was in front.

**Your name is not needed.** Please do not write anything that shows who you or other people are: no full names,
addresses, phone numbers or places of work. Invented details are just as good for practicing.

**It is voluntary.** You can stop at any time, without giving a reason and without any disadvantage. You can delete
what you wrote yourself, on your account page, or ask the people who invited you to delete it. A record of how much
was used stays, without your words.

**If it gets too much**, stop. A practice conversation can touch real worries. If you need help, talk to someone
you trust or to a professional.

By continuing, you confirm that you are **18 or older**, that you have read this, and that you agree to take part.
'
WHERE consent_version = 'c7daa01502616570' AND claimed_by IS NULL AND coach = 0 AND aside = 0;
