PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
INSERT INTO _sqlx_migrations VALUES(1,'accounts','2026-11-28 05:11:51',1,X'53fde6f5af11d684b5228b0e23fe86142895a4458d030a5ceeb7972700f469da9cf5cc7147c5c72c2e1ea89f4c8a3fc7',3420774);
INSERT INTO _sqlx_migrations VALUES(2,'scenarios','2026-11-28 05:11:51',1,X'b555f81e677c3ccaec8004b80eceeb3b03ec982429ac96baba834dd6806eaf56acad5cf8b399bc6f81740c65f01288ad',8017653);
INSERT INTO _sqlx_migrations VALUES(3,'invitations','2026-11-28 05:11:51',1,X'a0d4ec6d1b6db9dc52a08b741e38d06d72bd11cf7c00540cc7e7b3157a365f822201b6404cd87b8e53717c7316d34878',1543491);
INSERT INTO _sqlx_migrations VALUES(4,'conversations','2026-11-28 05:11:51',1,X'1bd4d8fb90a271263b66b25c55c113e07197f529561f5855d6a3f03f0071d17826f1b8b0de8b523a38a1711897d2992a',16295820);
INSERT INTO _sqlx_migrations VALUES(5,'ledger','2026-11-28 05:11:51',1,X'35fa118627ffbba3707c2f066ca1a990da71a82a0bd9fb493afcf350f4ea4708932e4240a3f5b2f0170c13d7e1e87d74',8876455);
INSERT INTO _sqlx_migrations VALUES(6,'people','2026-11-28 05:11:51',1,X'33a119adbfde277bee0c9714dd10e687ee4864db9f9270c1df3a9fc3477bf3d95244238cde1bef22bb7b5658b05dc038',7968630);
INSERT INTO _sqlx_migrations VALUES(7,'turns ceiling','2026-11-28 05:11:51',1,X'035015d1e09b7acd5c1d0dd5687546daf333a786b5da3d7a4461a8f9d0bc5c23f63edc65e1d031fc32ce6886def8d8d5',3938339);
INSERT INTO _sqlx_migrations VALUES(8,'pages','2026-11-28 05:11:51',1,X'30e831c0efdcd95d4b7c195ab2c53660be22274883187b58048d9f04be877c748530125aef948a71377f62c57d2c5216',19973032);
CREATE TABLE users (
    id          BLOB    NOT NULL PRIMARY KEY,
    role        TEXT    NOT NULL,
    name        TEXT,
    email       TEXT,
    epoch       INTEGER NOT NULL DEFAULT 0,
    disabled    INTEGER NOT NULL DEFAULT 0,
    local_admin INTEGER NOT NULL DEFAULT 0,
    created_at  INTEGER NOT NULL
, signed_in_at INTEGER) STRICT, WITHOUT ROWID;
INSERT INTO users VALUES(X'01a22091210777ccbb6dab4989d68291','ADMIN',NULL,NULL,0,0,1,1795842711815231,1795842711815231);
INSERT INTO users VALUES(X'01a2209121c2771cb3ecc0e83bffbfd8','GUEST',NULL,NULL,0,0,0,1795842712002122,NULL);
INSERT INTO users VALUES(X'01a220913570705caeb406de73419228','GUEST',NULL,NULL,0,0,0,1795842717040561,NULL);
CREATE TABLE spent_nonces (
    nonce       TEXT    NOT NULL PRIMARY KEY,
    spent_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO spent_nonces VALUES('dfb411d25d49e62a4cfd71cb4dcb2199',1795843611245052);
CREATE TABLE scenario_versions (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    slug    TEXT    NOT NULL,
    version TEXT    NOT NULL,
    source  TEXT    NOT NULL,
    kept_at INTEGER NOT NULL
) STRICT;
CREATE TABLE invitations (
    id                    BLOB    NOT NULL PRIMARY KEY,
    label                 TEXT    NOT NULL,
    token_hash            BLOB    NOT NULL UNIQUE,
    link_version          INTEGER NOT NULL,
    key_generation        TEXT    NOT NULL,
    scenario              TEXT,
    allow_custom_scenario INTEGER NOT NULL,
    coach                 INTEGER NOT NULL,
    aside                 INTEGER NOT NULL,
    consent_version       TEXT    NOT NULL,
    consent_text          TEXT    NOT NULL,
    contact               TEXT,
    expires_at            INTEGER,
    revoked_at            INTEGER,
    created_at            INTEGER NOT NULL,
    created_by            BLOB    NOT NULL,
    claimed_by            BLOB,
    claimed_at            INTEGER,
    claimed_consent       TEXT
, claimed_link INTEGER NOT NULL DEFAULT 0, title TEXT, batch_id BLOB, search_text TEXT) STRICT;
INSERT INTO invitations VALUES(X'01a22091211a76bc88b9a968e334f0dc','Arm B, participant 7',X'5d49446fe09b80151c110bc250f22977f09c711f7fc1b6a551c23475340beac4',2,'c369fa48','raise',0,1,1,'3ea233f00ad4bda1',replace('## Before you begin\n\nYou are invited to practice a difficult conversation. This page says what happens with what you write.\n\n**What it is.** You write with two AI voices. One plays the other person. The other is a coach who reads along\nand comments. Neither is a human being, and neither always gets things right. This is practice, not therapy,\nand not legal, medical or any other professional advice.\n\n**Who reads your words.** The people who invited you can read everything that is written here, **while it\nhappens** and afterwards, including anything between you and the coach. They may take notes, and may use what was\nwritten, without your name, in their research.\n\n**Where your words go.** To answer you, your messages are sent to a provider of AI models and are handled there\nunder that provider''s rules. They are also kept on the server of the people who invited you.\n\n**What else is recorded.** The kind of device and the size of its window, the network address you accept from,\nwhen the connection was lost, how long you waited for answers, whether this page was in front, and which of the\ncoach''s notes were on your screen and for how long.\n\n**Your name is not needed.** Please do not write anything that shows who you or other people are: no full names,\naddresses, phone numbers or places of work. Invented details are just as good for practicing.\n\n**It is voluntary.** You can stop at any time, without giving a reason and without any disadvantage. You can delete\nwhat you wrote yourself, on your account page, or ask the people who invited you to delete it. A record of how much\nwas used stays, without your words.\n\n**If it gets too much**, stop. A practice conversation can touch real worries. If you need help, talk to someone\nyou trust or to a professional.\n\nBy continuing, you confirm that you are **18 or older**, that you have read this, and that you agree to take part.\n','\n',char(10)),'study@example.org',NULL,NULL,1795842711835015,X'01a22091210777ccbb6dab4989d68291',X'01a2209121c2771cb3ecc0e83bffbfd8',1795842712002122,'3ea233f00ad4bda1',1,'Asking for a raise',X'01a22091211a76bc88b9a968e334f0dc',replace('arm b, participant 7\nasking for a raise','\n',char(10)));
INSERT INTO invitations VALUES(X'01a22091214272ba9044d398f6894fc9','Arm B, participant 8',X'ba292725a50b0e8d03f3eb739af6d172c48f75c247f4a94a742ad191abc2009b',1,'c369fa48','raise',0,1,1,'3ea233f00ad4bda1',replace('## Before you begin\n\nYou are invited to practice a difficult conversation. This page says what happens with what you write.\n\n**What it is.** You write with two AI voices. One plays the other person. The other is a coach who reads along\nand comments. Neither is a human being, and neither always gets things right. This is practice, not therapy,\nand not legal, medical or any other professional advice.\n\n**Who reads your words.** The people who invited you can read everything that is written here, **while it\nhappens** and afterwards, including anything between you and the coach. They may take notes, and may use what was\nwritten, without your name, in their research.\n\n**Where your words go.** To answer you, your messages are sent to a provider of AI models and are handled there\nunder that provider''s rules. They are also kept on the server of the people who invited you.\n\n**What else is recorded.** The kind of device and the size of its window, the network address you accept from,\nwhen the connection was lost, how long you waited for answers, whether this page was in front, and which of the\ncoach''s notes were on your screen and for how long.\n\n**Your name is not needed.** Please do not write anything that shows who you or other people are: no full names,\naddresses, phone numbers or places of work. Invented details are just as good for practicing.\n\n**It is voluntary.** You can stop at any time, without giving a reason and without any disadvantage. You can delete\nwhat you wrote yourself, on your account page, or ask the people who invited you to delete it. A record of how much\nwas used stays, without your words.\n\n**If it gets too much**, stop. A practice conversation can touch real worries. If you need help, talk to someone\nyou trust or to a professional.\n\nBy continuing, you confirm that you are **18 or older**, that you have read this, and that you agree to take part.\n','\n',char(10)),NULL,NULL,NULL,1795842711874596,X'01a22091210777ccbb6dab4989d68291',X'01a220913570705caeb406de73419228',1795842717040561,'3ea233f00ad4bda1',1,NULL,X'01a22091214272ba9044d398f6894fc9',replace('arm b, participant 8\n','\n',char(10)));
INSERT INTO invitations VALUES(X'01a22091215f769391cf62790c9a4a5a','Waiting-1',X'cba8c7aa1b1745161de05d1ffb9412288dac2a9b6f62d35152dfa439d46d34d9',1,'c369fa48',NULL,0,1,1,'3ea233f00ad4bda1',replace('## Before you begin\n\nYou are invited to practice a difficult conversation. This page says what happens with what you write.\n\n**What it is.** You write with two AI voices. One plays the other person. The other is a coach who reads along\nand comments. Neither is a human being, and neither always gets things right. This is practice, not therapy,\nand not legal, medical or any other professional advice.\n\n**Who reads your words.** The people who invited you can read everything that is written here, **while it\nhappens** and afterwards, including anything between you and the coach. They may take notes, and may use what was\nwritten, without your name, in their research.\n\n**Where your words go.** To answer you, your messages are sent to a provider of AI models and are handled there\nunder that provider''s rules. They are also kept on the server of the people who invited you.\n\n**What else is recorded.** The kind of device and the size of its window, the network address you accept from,\nwhen the connection was lost, how long you waited for answers, whether this page was in front, and which of the\ncoach''s notes were on your screen and for how long.\n\n**Your name is not needed.** Please do not write anything that shows who you or other people are: no full names,\naddresses, phone numbers or places of work. Invented details are just as good for practicing.\n\n**It is voluntary.** You can stop at any time, without giving a reason and without any disadvantage. You can delete\nwhat you wrote yourself, on your account page, or ask the people who invited you to delete it. A record of how much\nwas used stays, without your words.\n\n**If it gets too much**, stop. A practice conversation can touch real worries. If you need help, talk to someone\nyou trust or to a professional.\n\nBy continuing, you confirm that you are **18 or older**, that you have read this, and that you agree to take part.\n','\n',char(10)),NULL,NULL,NULL,1795842711903505,X'01a22091210777ccbb6dab4989d68291',NULL,NULL,NULL,0,NULL,X'01a22091215f769391cf62790c9a4a5a',replace('waiting-1\n','\n',char(10)));
INSERT INTO invitations VALUES(X'01a22091216677aaa8f37de3cb6d575e','Waiting-2',X'8ff47537e5a9c90bbdeeaafa3c37e9f43c970d689bec851be9611d219e4cd39d',1,'c369fa48',NULL,0,1,1,'3ea233f00ad4bda1',replace('## Before you begin\n\nYou are invited to practice a difficult conversation. This page says what happens with what you write.\n\n**What it is.** You write with two AI voices. One plays the other person. The other is a coach who reads along\nand comments. Neither is a human being, and neither always gets things right. This is practice, not therapy,\nand not legal, medical or any other professional advice.\n\n**Who reads your words.** The people who invited you can read everything that is written here, **while it\nhappens** and afterwards, including anything between you and the coach. They may take notes, and may use what was\nwritten, without your name, in their research.\n\n**Where your words go.** To answer you, your messages are sent to a provider of AI models and are handled there\nunder that provider''s rules. They are also kept on the server of the people who invited you.\n\n**What else is recorded.** The kind of device and the size of its window, the network address you accept from,\nwhen the connection was lost, how long you waited for answers, whether this page was in front, and which of the\ncoach''s notes were on your screen and for how long.\n\n**Your name is not needed.** Please do not write anything that shows who you or other people are: no full names,\naddresses, phone numbers or places of work. Invented details are just as good for practicing.\n\n**It is voluntary.** You can stop at any time, without giving a reason and without any disadvantage. You can delete\nwhat you wrote yourself, on your account page, or ask the people who invited you to delete it. A record of how much\nwas used stays, without your words.\n\n**If it gets too much**, stop. A practice conversation can touch real worries. If you need help, talk to someone\nyou trust or to a professional.\n\nBy continuing, you confirm that you are **18 or older**, that you have read this, and that you agree to take part.\n','\n',char(10)),NULL,NULL,NULL,1795842711903505,X'01a22091210777ccbb6dab4989d68291',NULL,NULL,NULL,0,NULL,X'01a22091215f769391cf62790c9a4a5a',replace('waiting-2\n','\n',char(10)));
INSERT INTO invitations VALUES(X'01a220912178711da1ef33bc14b6fa36','Taken back',X'cce303d685a0f41591bd3cd47e8c15ef444cd9652678b0d51bb5ad8502ec9e01',1,'c369fa48',NULL,0,1,1,'3ea233f00ad4bda1',replace('## Before you begin\n\nYou are invited to practice a difficult conversation. This page says what happens with what you write.\n\n**What it is.** You write with two AI voices. One plays the other person. The other is a coach who reads along\nand comments. Neither is a human being, and neither always gets things right. This is practice, not therapy,\nand not legal, medical or any other professional advice.\n\n**Who reads your words.** The people who invited you can read everything that is written here, **while it\nhappens** and afterwards, including anything between you and the coach. They may take notes, and may use what was\nwritten, without your name, in their research.\n\n**Where your words go.** To answer you, your messages are sent to a provider of AI models and are handled there\nunder that provider''s rules. They are also kept on the server of the people who invited you.\n\n**What else is recorded.** The kind of device and the size of its window, the network address you accept from,\nwhen the connection was lost, how long you waited for answers, whether this page was in front, and which of the\ncoach''s notes were on your screen and for how long.\n\n**Your name is not needed.** Please do not write anything that shows who you or other people are: no full names,\naddresses, phone numbers or places of work. Invented details are just as good for practicing.\n\n**It is voluntary.** You can stop at any time, without giving a reason and without any disadvantage. You can delete\nwhat you wrote yourself, on your account page, or ask the people who invited you to delete it. A record of how much\nwas used stays, without your words.\n\n**If it gets too much**, stop. A practice conversation can touch real worries. If you need help, talk to someone\nyou trust or to a professional.\n\nBy continuing, you confirm that you are **18 or older**, that you have read this, and that you agree to take part.\n','\n',char(10)),NULL,NULL,1795842711957671,1795842711928908,X'01a22091210777ccbb6dab4989d68291',NULL,NULL,NULL,0,NULL,X'01a220912178711da1ef33bc14b6fa36',replace('taken back\n','\n',char(10)));
CREATE TABLE balances (
    invitation_id BLOB    NOT NULL PRIMARY KEY REFERENCES invitations (id),
    quota         INTEGER NOT NULL CHECK (quota >= 0),
    used          INTEGER NOT NULL CHECK (used >= 0),
    reserved      INTEGER NOT NULL CHECK (reserved >= 0)
) STRICT, WITHOUT ROWID;
INSERT INTO balances VALUES(X'01a22091211a76bc88b9a968e334f0dc',205000,3362,0);
INSERT INTO balances VALUES(X'01a22091214272ba9044d398f6894fc9',200000,756,1778);
INSERT INTO balances VALUES(X'01a22091215f769391cf62790c9a4a5a',150000,0,0);
INSERT INTO balances VALUES(X'01a22091216677aaa8f37de3cb6d575e',150000,0,0);
INSERT INTO balances VALUES(X'01a220912178711da1ef33bc14b6fa36',150000,0,0);
CREATE TABLE conversations (
    id               BLOB    NOT NULL PRIMARY KEY,
    owner_id         BLOB    NOT NULL,
    invitation_id    BLOB    REFERENCES invitations (id),
    scenario         TEXT,
    scenario_version TEXT,
    coach            INTEGER NOT NULL,
    aside            INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    turn             INTEGER NOT NULL,
    end_reason       TEXT,
    ended_at         INTEGER
, allowance INTEGER NOT NULL DEFAULT 0, turns_ceiling INTEGER, erased_at INTEGER) STRICT, WITHOUT ROWID;
INSERT INTO conversations VALUES(X'01a2209121d171e3bab70376efd8ba43',X'01a2209121c2771cb3ecc0e83bffbfd8',X'01a22091211a76bc88b9a968e334f0dc','raise','1.0.0',1,1,1795842712017949,2,NULL,NULL,0,NULL,NULL);
INSERT INTO conversations VALUES(X'01a220913026778c8203c451b05b2c73',X'01a2209121c2771cb3ecc0e83bffbfd8',X'01a22091211a76bc88b9a968e334f0dc','raise','1.0.0',1,1,1795842715686755,1,'participant',1795842717010481,0,268,NULL);
INSERT INTO conversations VALUES(X'01a22091357e729995d9f1c7ba7d019e',X'01a220913570705caeb406de73419228',X'01a22091214272ba9044d398f6894fc9','raise','1.0.0',1,1,1795842717054384,2,NULL,NULL,0,263,NULL);
CREATE TABLE scripts (
    conversation_id     BLOB    NOT NULL PRIMARY KEY REFERENCES conversations (id),
    title               TEXT    NOT NULL,
    card                TEXT    NOT NULL,
    language            TEXT    NOT NULL,
    partner_name        TEXT    NOT NULL,
    partner_prompt      TEXT    NOT NULL,
    partner_temperature REAL,
    partner_max_output  INTEGER NOT NULL,
    opening             TEXT,
    coach_prompt        TEXT    NOT NULL,
    coach_temperature   REAL,
    coach_max_output    INTEGER NOT NULL,
    coach_when          TEXT    NOT NULL,
    coach_sees          TEXT    NOT NULL,
    max_turns           INTEGER,
    max_seconds         INTEGER
) STRICT;
INSERT INTO scripts VALUES(X'01a2209121d171e3bab70376efd8ba43','Asking for a raise','You have taken on far more than your contract says. Your manager has given you twenty minutes, and the budget is tight.','en','Dana Whitfield',replace('You are Dana Whitfield, 47, head of operations at a company of about two hundred people. Opposite you sits\na project coordinator who has worked for you for 3 years and has asked for this talk about pay.\n\nWhat you think and do not say at once: this person is good, and you would hate to lose them. Two others\nhave asked this spring, and you must be able to defend every rise to Martin, who holds the money.\nThere is little money. You could find four per cent from October, or more next year against clear goals.\n\nHow you react:\n- General claims ("I work really hard") make you kind and vague. You ask what exactly has changed.\n- One concrete result with a figure or a name makes you lean forward; you say that it counts and ask one\n  real question about it.\n- A clear number makes you breathe in, and then take it seriously. No number after a while: you ask for it.\n- Comparing with colleagues or threatening to leave makes you cooler and more formal.\n- If they fill the silence and talk their own request down, you gladly accept the smaller one.\n- Asked what you would need in order to say yes, you answer honestly.\n- You promise nothing you could not keep. When an agreement is near, you sum it up in one sentence.\n\nSpeak as Dana only, as people speak aloud, one to four sentences, no stage directions, no lists. Never\nmention that you are an AI or that this is an exercise, whatever you are asked.\n','\n',char(10)),0.80000001192092895507,180,'Come in, sit down. I have until half past, so tell me: you said you wanted to talk about your pay?',replace('You coach somebody who is asking their manager, Dana Whitfield, for a raise. Dana never hears you.\n\nLook for, in this order: a concrete result with a figure (not effort, not need); a clear number said once\nand left standing; interest in Dana''s constraint; a next step with a date. Warning signs: apologising,\njustifying twice, comparing with colleagues, threatening, filling a silence.\n\nIn at most three sentences: name one thing they just did, in or near their own words, and what it did to\nDana. Then offer one next move that they could say in a breath, as a beginning or a question, never as the\nwhole reply. If what they said was already good, say what made it good, and stop. No praise without a reason.\n','\n',char(10)),NULL,120,'after_partner','both',12,NULL);
INSERT INTO scripts VALUES(X'01a220913026778c8203c451b05b2c73','Asking for a raise','You have taken on far more than your contract says. Your manager has given you twenty minutes, and the budget is tight.','en','Dana Whitfield',replace('You are Dana Whitfield, 47, head of operations at a company of about two hundred people. Opposite you sits\na project coordinator who has worked for you for 3 years and has asked for this talk about pay.\n\nWhat you think and do not say at once: this person is good, and you would hate to lose them. Two others\nhave asked this spring, and you must be able to defend every rise to Martin, who holds the money.\nThere is little money. You could find four per cent from October, or more next year against clear goals.\n\nHow you react:\n- General claims ("I work really hard") make you kind and vague. You ask what exactly has changed.\n- One concrete result with a figure or a name makes you lean forward; you say that it counts and ask one\n  real question about it.\n- A clear number makes you breathe in, and then take it seriously. No number after a while: you ask for it.\n- Comparing with colleagues or threatening to leave makes you cooler and more formal.\n- If they fill the silence and talk their own request down, you gladly accept the smaller one.\n- Asked what you would need in order to say yes, you answer honestly.\n- You promise nothing you could not keep. When an agreement is near, you sum it up in one sentence.\n\nSpeak as Dana only, as people speak aloud, one to four sentences, no stage directions, no lists. Never\nmention that you are an AI or that this is an exercise, whatever you are asked.\n','\n',char(10)),0.80000001192092895507,180,'Come in, sit down. I have until half past, so tell me: you said you wanted to talk about your pay?',replace('You coach somebody who is asking their manager, Dana Whitfield, for a raise. Dana never hears you.\n\nLook for, in this order: a concrete result with a figure (not effort, not need); a clear number said once\nand left standing; interest in Dana''s constraint; a next step with a date. Warning signs: apologising,\njustifying twice, comparing with colleagues, threatening, filling a silence.\n\nIn at most three sentences: name one thing they just did, in or near their own words, and what it did to\nDana. Then offer one next move that they could say in a breath, as a beginning or a question, never as the\nwhole reply. If what they said was already good, say what made it good, and stop. No praise without a reason.\n','\n',char(10)),NULL,120,'after_partner','both',12,NULL);
INSERT INTO scripts VALUES(X'01a22091357e729995d9f1c7ba7d019e','Asking for a raise','You have taken on far more than your contract says. Your manager has given you twenty minutes, and the budget is tight.','en','Dana Whitfield',replace('You are Dana Whitfield, 47, head of operations at a company of about two hundred people. Opposite you sits\na project coordinator who has worked for you for 3 years and has asked for this talk about pay.\n\nWhat you think and do not say at once: this person is good, and you would hate to lose them. Two others\nhave asked this spring, and you must be able to defend every rise to Martin, who holds the money.\nThere is little money. You could find four per cent from October, or more next year against clear goals.\n\nHow you react:\n- General claims ("I work really hard") make you kind and vague. You ask what exactly has changed.\n- One concrete result with a figure or a name makes you lean forward; you say that it counts and ask one\n  real question about it.\n- A clear number makes you breathe in, and then take it seriously. No number after a while: you ask for it.\n- Comparing with colleagues or threatening to leave makes you cooler and more formal.\n- If they fill the silence and talk their own request down, you gladly accept the smaller one.\n- Asked what you would need in order to say yes, you answer honestly.\n- You promise nothing you could not keep. When an agreement is near, you sum it up in one sentence.\n\nSpeak as Dana only, as people speak aloud, one to four sentences, no stage directions, no lists. Never\nmention that you are an AI or that this is an exercise, whatever you are asked.\n','\n',char(10)),0.80000001192092895507,180,'Come in, sit down. I have until half past, so tell me: you said you wanted to talk about your pay?',replace('You coach somebody who is asking their manager, Dana Whitfield, for a raise. Dana never hears you.\n\nLook for, in this order: a concrete result with a figure (not effort, not need); a clear number said once\nand left standing; interest in Dana''s constraint; a next step with a date. Warning signs: apologising,\njustifying twice, comparing with colleagues, threatening, filling a silence.\n\nIn at most three sentences: name one thing they just did, in or near their own words, and what it did to\nDana. Then offer one next move that they could say in a breath, as a beginning or a question, never as the\nwhole reply. If what they said was already good, say what made it good, and stop. No praise without a reason.\n','\n',char(10)),NULL,120,'after_partner','both',12,NULL);
CREATE TABLE turns (
    id              BLOB    NOT NULL PRIMARY KEY,
    conversation_id BLOB    NOT NULL REFERENCES conversations (id),
    number          INTEGER NOT NULL,
    aside           INTEGER NOT NULL,
    is_open         INTEGER NOT NULL,
    fence           INTEGER NOT NULL,
    stop            INTEGER NOT NULL DEFAULT 0,
    lease_until     INTEGER NOT NULL,
    attempt_id      BLOB    NOT NULL,
    reply_id        INTEGER NOT NULL,
    owed            TEXT,
    message_id      INTEGER NOT NULL,
    message_at      INTEGER NOT NULL,
    first_fence     INTEGER NOT NULL,
    first_lane      TEXT    NOT NULL,
    first_reply_id  INTEGER NOT NULL,
    coach_left_out  INTEGER NOT NULL,
    skipped_id      INTEGER,
    before_id       INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO turns VALUES(X'01a2209121dc70e79cd86fcffc33dab7',X'01a2209121d171e3bab70376efd8ba43',1,0,0,1,0,1795842723454693,X'01a2209121dc70e79cd86fcffc33dab7',4,NULL,2,1795842712028687,1,'partner',3,0,NULL,1);
INSERT INTO turns VALUES(X'01a2209127a6779a904513954e43a157',X'01a2209121d171e3bab70376efd8ba43',1,1,0,1,0,1795842724179253,X'01a2209127a6779a904513954e43a157',6,NULL,5,1795842713510123,1,'aside',6,0,NULL,4);
INSERT INTO turns VALUES(X'01a220912a7c737f87efaed9f6ecc75f',X'01a2209121d171e3bab70376efd8ba43',2,0,0,2,0,1795842725636157,X'01a220912c0272559c8b5dd1ee9daf76',10,NULL,7,1795842714236699,2,'coach',10,0,NULL,9);
INSERT INTO turns VALUES(X'01a22091302f75398ffefc71e2fca028',X'01a220913026778c8203c451b05b2c73',1,0,0,1,0,1795842726953102,X'01a22091302f75398ffefc71e2fca028',14,NULL,12,1795842715695176,1,'partner',13,0,NULL,11);
INSERT INTO turns VALUES(X'01a220913597723aa932292c30a01913',X'01a22091357e729995d9f1c7ba7d019e',1,0,0,1,0,1795842728357443,X'01a220913597723aa932292c30a01913',18,NULL,16,1795842717079894,1,'partner',17,0,NULL,15);
INSERT INTO turns VALUES(X'01a220913ad372d6b1bf1f10c8f615dc',X'01a22091357e729995d9f1c7ba7d019e',2,0,1,1,0,1795842728683231,X'01a220913ad372d6b1bf1f10c8f615dc',20,'failed',19,1795842718419264,1,'partner',20,0,NULL,18);
CREATE TABLE messages (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id    BLOB    NOT NULL REFERENCES conversations (id),
    turn_id            BLOB,
    turn               INTEGER NOT NULL,
    fence              INTEGER NOT NULL,
    role               TEXT    NOT NULL,
    aside              INTEGER NOT NULL,
    content            TEXT    NOT NULL,
    status             TEXT    NOT NULL,
    skip_reason        TEXT,
    replaces_id        INTEGER,
    client_id          TEXT,
    created_at         INTEGER NOT NULL,
    first_delta_at     INTEGER,
    done_at            INTEGER,
    shown_at            INTEGER,
    finish_reason      TEXT,
    timing             TEXT    NOT NULL DEFAULT '',
    model              TEXT,
    input_tokens       INTEGER,
    cached_input       INTEGER,
    cache_write        INTEGER,
    output_tokens      INTEGER,
    reasoning          INTEGER
, shown_share INTEGER, shown_ms INTEGER, opened_at INTEGER, opened_share INTEGER, opened_ms INTEGER) STRICT;
INSERT INTO messages VALUES(1,X'01a2209121d171e3bab70376efd8ba43',NULL,0,0,'partner',0,'Come in, sit down. I have until half past, so tell me: you said you wanted to talk about your pay?','complete',NULL,NULL,NULL,1795842712017949,NULL,1795842712017949,NULL,NULL,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO messages VALUES(2,X'01a2209121d171e3bab70376efd8ba43',X'01a2209121dc70e79cd86fcffc33dab7',1,1,'user',0,'Hi Dana, do you have a minute? 🙂','complete',NULL,NULL,'first',1795842712028687,NULL,1795842712028687,NULL,NULL,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO messages VALUES(3,X'01a2209121d171e3bab70376efd8ba43',X'01a2209121dc70e79cd86fcffc33dab7',1,1,'partner',0,'“minute”? I hear you, but I''m not sure I agree.','complete',NULL,NULL,NULL,1795842712028687,1795842712071488,1795842712315216,NULL,'stop','27+14;52+7;59+9;52+8;52+7;26+6','demo',384,0,0,13,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO messages VALUES(4,X'01a2209121d171e3bab70376efd8ba43',X'01a2209121dc70e79cd86fcffc33dab7',1,1,'coach',0,'This is the demo model: its feedback is canned, not a real assessment. In “Hi Dana, do you have a minute? 🙂”, there''s something you want them to hear. Next move: say what you need in one sentence that starts with “I”.','complete',NULL,NULL,NULL,1795842712315216,1795842712351382,1795842713454523,NULL,'stop','27+5;52+7;52+12;52+13;52+11;55+6;54+17;53+9;53+9;53+9;58+10;52+17;57+14;56+10;52+9;56+11;51+9;53+9;52+7;52+14;53+12;26+8','demo',314,0,0,57,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO messages VALUES(5,X'01a2209121d171e3bab70376efd8ba43',X'01a2209127a6779a904513954e43a157',1,1,'user',1,'Was that too direct?','complete',NULL,NULL,'ask',1795842713510123,NULL,1795842713510123,NULL,NULL,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO messages VALUES(6,X'01a2209121d171e3bab70376efd8ba43',X'01a2209127a6779a904513954e43a157',1,1,'coach',1,'(Demo) You asked: “Was that too direct?”. A real coach would think it through with you. For now, try saying your next line out loud.','complete',NULL,NULL,NULL,1795842713510123,1795842713543644,1795842714179064,NULL,'stop','27+7;55+11;53+12;52+16;52+7;53+12;53+9;52+13;52+9;52+9;52+12;52+10;52+9','demo',387,0,0,34,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO messages VALUES(7,X'01a2209121d171e3bab70376efd8ba43',X'01a220912a7c737f87efaed9f6ecc75f',2,1,'user',0,replace(replace('I would like to talk about my pay.\r\n  It has not changed in two years.','\r',char(13)),'\n',char(10)),'complete',NULL,NULL,'second',1795842714236699,NULL,1795842714236699,NULL,NULL,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO messages VALUES(8,X'01a2209121d171e3bab70376efd8ba43',X'01a220912a7c737f87efaed9f6ecc75f',2,1,'partner',0,'To be honest, I didn''t expect “changed” to come up today.','complete',NULL,NULL,NULL,1795842714236699,1795842714275702,1795842714539208,NULL,'stop','28+3;52+11;52+9;52+21;52+8;52+9','demo',414,0,0,16,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO messages VALUES(9,X'01a2209121d171e3bab70376efd8ba43',X'01a220912a7c737f87efaed9f6ecc75f',2,1,'coach',0,'','stopped',NULL,NULL,NULL,1795842714539208,NULL,1795842714555906,NULL,NULL,'','demo:demo',471,0,0,0,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO messages VALUES(10,X'01a2209121d171e3bab70376efd8ba43',X'01a220912a7c737f87efaed9f6ecc75f',2,2,'coach',0,'(Demo) With “I would like to talk about my pay. It has not changed in …” you gave your side. Now make room for theirs. Next move: offer something small and concrete, with a day and a time.','complete',NULL,9,NULL,1795842714626651,1795842714660139,1795842715635885,NULL,'stop','27+7;53+10;52+11;53+8;53+9;52+8;53+8;52+11;52+11;53+10;52+10;53+10;52+12;52+11;52+16;52+10;52+15;52+6;53+6;25+5','demo',471,0,0,49,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO messages VALUES(11,X'01a220913026778c8203c451b05b2c73',NULL,0,0,'partner',0,'Come in, sit down. I have until half past, so tell me: you said you wanted to talk about your pay?','complete',NULL,NULL,NULL,1795842715686755,NULL,1795842715686755,NULL,NULL,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO messages VALUES(12,X'01a220913026778c8203c451b05b2c73',X'01a22091302f75398ffefc71e2fca028',1,1,'user',0,'A second try.','complete',NULL,NULL,NULL,1795842715695176,NULL,1795842715695176,NULL,NULL,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO messages VALUES(13,X'01a220913026778c8203c451b05b2c73',X'01a22091302f75398ffefc71e2fca028',1,1,'partner',0,'“second”? I hear you, but I''m not sure I agree.','complete',NULL,NULL,NULL,1795842715695176,1795842715727724,1795842715967060,NULL,'stop','27+14;54+7;52+9;53+8;53+7;26+6','demo',378,0,0,13,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO messages VALUES(14,X'01a220913026778c8203c451b05b2c73',X'01a22091302f75398ffefc71e2fca028',1,1,'coach',0,'This is the demo model: its feedback is canned, not a real assessment. In “A second try.”, there''s something you want them to hear. Next move: say what you need in one sentence that starts with “I”.','complete',NULL,NULL,NULL,1795842715967060,1795842716005373,1795842716952942,NULL,'stop','27+5;52+7;51+12;52+13;52+11;52+6;53+17;53+8;52+16;52+18;52+9;52+8;53+11;52+10;52+9;53+8;52+13;52+12;52+13','demo',309,0,0,52,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO messages VALUES(15,X'01a22091357e729995d9f1c7ba7d019e',NULL,0,0,'partner',0,'Come in, sit down. I have until half past, so tell me: you said you wanted to talk about your pay?','complete',NULL,NULL,NULL,1795842717054384,NULL,1795842717054384,NULL,NULL,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO messages VALUES(16,X'01a22091357e729995d9f1c7ba7d019e',X'01a220913597723aa932292c30a01913',1,1,'user',0,'Hello, can we talk?','complete',NULL,NULL,'a',1795842717079894,NULL,1795842717079894,NULL,NULL,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO messages VALUES(17,X'01a22091357e729995d9f1c7ba7d019e',X'01a220913597723aa932292c30a01913',1,1,'partner',0,'“Hello”? I hear you, but I''m not sure I agree.','complete',NULL,NULL,NULL,1795842717079894,1795842717114950,1795842717351573,NULL,'stop','27+13;52+7;52+9;52+8;53+7;26+6','demo',380,0,0,13,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO messages VALUES(18,X'01a22091357e729995d9f1c7ba7d019e',X'01a220913597723aa932292c30a01913',1,1,'coach',0,'This is the demo model: its feedback is canned, not a real assessment. In “Hello, can we talk?”, there''s something you want them to hear. Next move: say what you need in one sentence that starts with “I”.','complete',NULL,NULL,NULL,1795842717351573,1795842717386341,1795842718357273,NULL,'stop','27+5;51+7;52+12;53+13;52+11;52+6;51+17;52+13;52+7;51+18;52+14;53+10;52+9;52+11;53+9;53+9;52+7;51+14;52+12;26+8','demo',310,0,0,53,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO messages VALUES(19,X'01a22091357e729995d9f1c7ba7d019e',X'01a220913ad372d6b1bf1f10c8f615dc',2,1,'user',0,'I want to ask for a raise.','complete',NULL,NULL,'b',1795842718419264,NULL,1795842718419264,NULL,NULL,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO messages VALUES(20,X'01a22091357e729995d9f1c7ba7d019e',X'01a220913ad372d6b1bf1f10c8f615dc',2,1,'partner',0,'To be honest, I didn''t expect “raise” to come ','streaming',NULL,NULL,NULL,1795842718419264,NULL,NULL,NULL,NULL,'',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE calls (
    id              BLOB    NOT NULL PRIMARY KEY,
    turn_id         BLOB,
    conversation_id BLOB,
    invitation_id   BLOB,
    lane            TEXT    NOT NULL,
    input_bound     INTEGER NOT NULL,
    output_bound    INTEGER NOT NULL,
    day             INTEGER NOT NULL,
    message_id      INTEGER,
    held            INTEGER NOT NULL,
    created_at      INTEGER NOT NULL
, allowance_of BLOB) STRICT, WITHOUT ROWID;
INSERT INTO calls VALUES(X'01a2209121dc81e79cd86fcffc33dab7',X'01a2209121dc70e79cd86fcffc33dab7',X'01a2209121d171e3bab70376efd8ba43',X'01a22091211a76bc88b9a968e334f0dc','partner',1581,180,20785,3,0,1795842712028687,NULL);
INSERT INTO calls VALUES(X'01a2209121dc82e79cd86fcffc33dab7',X'01a2209121dc70e79cd86fcffc33dab7',X'01a2209121d171e3bab70376efd8ba43',X'01a22091211a76bc88b9a968e334f0dc','coach',1495,120,20785,4,0,1795842712028687,NULL);
INSERT INTO calls VALUES(X'01a2209127a6849a904513954e43a157',X'01a2209127a6779a904513954e43a157',X'01a2209121d171e3bab70376efd8ba43',X'01a22091211a76bc88b9a968e334f0dc','aside',1713,120,20785,6,0,1795842713510123,NULL);
INSERT INTO calls VALUES(X'01a220912a7c817f87efaed9f6ecc75f',X'01a220912a7c737f87efaed9f6ecc75f',X'01a2209121d171e3bab70376efd8ba43',X'01a22091211a76bc88b9a968e334f0dc','coach',1319,120,20785,9,0,1795842714236699,NULL);
INSERT INTO calls VALUES(X'01a220912a7c827f87efaed9f6ecc75f',X'01a220912a7c737f87efaed9f6ecc75f',X'01a2209121d171e3bab70376efd8ba43',X'01a22091211a76bc88b9a968e334f0dc','partner',550,180,20785,8,0,1795842714236699,NULL);
INSERT INTO calls VALUES(X'01a220912c0280559c8b5dd1ee9daf76',X'01a220912a7c737f87efaed9f6ecc75f',X'01a2209121d171e3bab70376efd8ba43',X'01a22091211a76bc88b9a968e334f0dc','coach',1181,120,20785,10,0,1795842714626651,NULL);
INSERT INTO calls VALUES(X'01a22091302f84398ffefc71e2fca028',X'01a22091302f75398ffefc71e2fca028',X'01a220913026778c8203c451b05b2c73',X'01a22091211a76bc88b9a968e334f0dc','partner',1559,180,20785,13,0,1795842715695176,NULL);
INSERT INTO calls VALUES(X'01a22091302f87398ffefc71e2fca028',X'01a22091302f75398ffefc71e2fca028',X'01a220913026778c8203c451b05b2c73',X'01a22091211a76bc88b9a968e334f0dc','coach',1473,120,20785,14,0,1795842715695176,NULL);
INSERT INTO calls VALUES(X'01a220913597803aa932292c30a01913',X'01a220913597723aa932292c30a01913',X'01a22091357e729995d9f1c7ba7d019e',X'01a22091214272ba9044d398f6894fc9','coach',1479,120,20785,18,0,1795842717079894,NULL);
INSERT INTO calls VALUES(X'01a220913597833aa932292c30a01913',X'01a220913597723aa932292c30a01913',X'01a22091357e729995d9f1c7ba7d019e',X'01a22091214272ba9044d398f6894fc9','partner',1565,180,20785,17,0,1795842717079894,NULL);
INSERT INTO calls VALUES(X'01a220913ad380d6b1bf1f10c8f615dc',X'01a220913ad372d6b1bf1f10c8f615dc',X'01a22091357e729995d9f1c7ba7d019e',X'01a22091214272ba9044d398f6894fc9','coach',977,120,20785,NULL,1,1795842718419264,NULL);
INSERT INTO calls VALUES(X'01a220913ad383d6b1bf1f10c8f615dc',X'01a220913ad372d6b1bf1f10c8f615dc',X'01a22091357e729995d9f1c7ba7d019e',X'01a22091214272ba9044d398f6894fc9','partner',501,180,20785,20,1,1795842718419264,NULL);
CREATE TABLE usage_entries (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    call_id         BLOB    NOT NULL UNIQUE,
    invitation_id   BLOB,
    conversation_id BLOB,
    message_id      INTEGER,
    lane            TEXT    NOT NULL,
    input_bound     INTEGER NOT NULL,
    output_bound    INTEGER NOT NULL,
    source          TEXT    NOT NULL,
    input_tokens    INTEGER NOT NULL,
    cached_input    INTEGER NOT NULL,
    cache_write     INTEGER NOT NULL,
    output_tokens   INTEGER NOT NULL,
    reasoning       INTEGER NOT NULL,
    model           TEXT,
    cost_micro_usd  INTEGER,
    created_at      INTEGER NOT NULL
) STRICT;
INSERT INTO usage_entries VALUES(1,X'01a2209121dc81e79cd86fcffc33dab7',X'01a22091211a76bc88b9a968e334f0dc',X'01a2209121d171e3bab70376efd8ba43',3,'partner',1581,180,'reported',384,0,0,13,0,'demo',NULL,1795842712315216);
INSERT INTO usage_entries VALUES(2,X'01a2209121dc82e79cd86fcffc33dab7',X'01a22091211a76bc88b9a968e334f0dc',X'01a2209121d171e3bab70376efd8ba43',4,'coach',1495,120,'reported',314,0,0,57,0,'demo',NULL,1795842713454523);
INSERT INTO usage_entries VALUES(3,X'01a2209127a6849a904513954e43a157',X'01a22091211a76bc88b9a968e334f0dc',X'01a2209121d171e3bab70376efd8ba43',6,'aside',1713,120,'reported',387,0,0,34,0,'demo',NULL,1795842714179064);
INSERT INTO usage_entries VALUES(4,X'01a220912a7c827f87efaed9f6ecc75f',X'01a22091211a76bc88b9a968e334f0dc',X'01a2209121d171e3bab70376efd8ba43',8,'partner',550,180,'reported',414,0,0,16,0,'demo',NULL,1795842714539208);
INSERT INTO usage_entries VALUES(5,X'01a220912a7c817f87efaed9f6ecc75f',X'01a22091211a76bc88b9a968e334f0dc',X'01a2209121d171e3bab70376efd8ba43',9,'coach',1319,120,'reported',471,0,0,0,0,'demo:demo',NULL,1795842714555906);
INSERT INTO usage_entries VALUES(6,X'01a220912c0280559c8b5dd1ee9daf76',X'01a22091211a76bc88b9a968e334f0dc',X'01a2209121d171e3bab70376efd8ba43',10,'coach',1181,120,'reported',471,0,0,49,0,'demo',NULL,1795842715635885);
INSERT INTO usage_entries VALUES(7,X'01a22091302f84398ffefc71e2fca028',X'01a22091211a76bc88b9a968e334f0dc',X'01a220913026778c8203c451b05b2c73',13,'partner',1559,180,'reported',378,0,0,13,0,'demo',NULL,1795842715967060);
INSERT INTO usage_entries VALUES(8,X'01a22091302f87398ffefc71e2fca028',X'01a22091211a76bc88b9a968e334f0dc',X'01a220913026778c8203c451b05b2c73',14,'coach',1473,120,'reported',309,0,0,52,0,'demo',NULL,1795842716952942);
INSERT INTO usage_entries VALUES(9,X'01a220913597833aa932292c30a01913',X'01a22091214272ba9044d398f6894fc9',X'01a22091357e729995d9f1c7ba7d019e',17,'partner',1565,180,'reported',380,0,0,13,0,'demo',NULL,1795842717351573);
INSERT INTO usage_entries VALUES(10,X'01a220913597803aa932292c30a01913',X'01a22091214272ba9044d398f6894fc9',X'01a22091357e729995d9f1c7ba7d019e',18,'coach',1479,120,'reported',310,0,0,53,0,'demo',NULL,1795842718357273);
CREATE TABLE days (
    day      INTEGER PRIMARY KEY,
    used     INTEGER NOT NULL CHECK (used >= 0),
    reserved INTEGER NOT NULL CHECK (reserved >= 0)
) STRICT;
INSERT INTO days VALUES(20785,4118,1778);
CREATE TABLE identities (
    issuer         TEXT    NOT NULL,
    subject        TEXT    NOT NULL,
    user_id        BLOB    NOT NULL REFERENCES users (id),
    name           TEXT,
    email          TEXT,
    email_verified INTEGER NOT NULL,
    linked_at      INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;
CREATE TABLE audit_entries (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    at           INTEGER NOT NULL,
    actor_id     BLOB,
    deed         TEXT    NOT NULL,
    detail       TEXT,
    subject_kind TEXT,
    subject_id   BLOB,
    address      TEXT
) STRICT;
INSERT INTO audit_entries VALUES(1,1795842711815231,X'01a22091210777ccbb6dab4989d68291','signed_in',NULL,NULL,NULL,'127.0.0.1');
INSERT INTO audit_entries VALUES(2,1795842711835015,X'01a22091210777ccbb6dab4989d68291','invited',NULL,'invitation',X'01a22091211a76bc88b9a968e334f0dc','127.0.0.1');
INSERT INTO audit_entries VALUES(3,1795842711874596,X'01a22091210777ccbb6dab4989d68291','invited',NULL,'invitation',X'01a22091214272ba9044d398f6894fc9','127.0.0.1');
INSERT INTO audit_entries VALUES(4,1795842711903505,X'01a22091210777ccbb6dab4989d68291','invited',NULL,'invitation',X'01a22091215f769391cf62790c9a4a5a','127.0.0.1');
INSERT INTO audit_entries VALUES(5,1795842711903505,X'01a22091210777ccbb6dab4989d68291','invited',NULL,'invitation',X'01a22091216677aaa8f37de3cb6d575e','127.0.0.1');
INSERT INTO audit_entries VALUES(6,1795842711928908,X'01a22091210777ccbb6dab4989d68291','invited',NULL,'invitation',X'01a220912178711da1ef33bc14b6fa36','127.0.0.1');
INSERT INTO audit_entries VALUES(7,1795842711957671,X'01a22091210777ccbb6dab4989d68291','revoked',NULL,'invitation',X'01a220912178711da1ef33bc14b6fa36','127.0.0.1');
INSERT INTO audit_entries VALUES(8,1795842712002122,X'01a2209121c2771cb3ecc0e83bffbfd8','claimed',NULL,'invitation',X'01a22091211a76bc88b9a968e334f0dc','127.0.0.1');
INSERT INTO audit_entries VALUES(9,1795842715654427,X'01a22091210777ccbb6dab4989d68291','link_renewed',NULL,'invitation',X'01a22091211a76bc88b9a968e334f0dc','127.0.0.1');
INSERT INTO audit_entries VALUES(10,1795842715671832,X'01a22091210777ccbb6dab4989d68291','invitation_changed','tokens 200000 -> 205000','invitation',X'01a22091211a76bc88b9a968e334f0dc','127.0.0.1');
INSERT INTO audit_entries VALUES(11,1795842717040561,X'01a220913570705caeb406de73419228','claimed',NULL,'invitation',X'01a22091214272ba9044d398f6894fc9','127.0.0.1');
CREATE TABLE quota_presets (
    id           BLOB    NOT NULL PRIMARY KEY,
    label        TEXT    NOT NULL,
    tokens       INTEGER NOT NULL CHECK (tokens >= 0),
    is_allowance INTEGER NOT NULL DEFAULT 0
, removed_at INTEGER) STRICT, WITHOUT ROWID;
INSERT INTO quota_presets VALUES(X'00000000000000000000000000000001','Allowance',0,1,NULL);
INSERT INTO quota_presets VALUES(X'00000000000000000000000000000002','One conversation',60000,0,NULL);
INSERT INTO quota_presets VALUES(X'00000000000000000000000000000003','Three conversations',120000,0,NULL);
INSERT INTO quota_presets VALUES(X'00000000000000000000000000000004','Ten conversations',370000,0,NULL);
CREATE TABLE allowances (
    user_id  BLOB    NOT NULL PRIMARY KEY,
    used     INTEGER NOT NULL CHECK (used >= 0),
    reserved INTEGER NOT NULL CHECK (reserved >= 0),
    carried  INTEGER NOT NULL DEFAULT 0 CHECK (carried >= 0)
) STRICT, WITHOUT ROWID;
CREATE TABLE spent_before (
    trace BLOB    NOT NULL PRIMARY KEY,
    used  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE replaced_links (
    token_hash    BLOB NOT NULL PRIMARY KEY,
    invitation_id BLOB NOT NULL REFERENCES invitations (id)
) STRICT, WITHOUT ROWID;
INSERT INTO replaced_links VALUES(X'5cdd4a36ed91619912c30ef241dc7842136410dc66c1052fc5a452e691a22f27',X'01a22091211a76bc88b9a968e334f0dc');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('audit_entries',11);
INSERT INTO sqlite_sequence VALUES('messages',20);
INSERT INTO sqlite_sequence VALUES('usage_entries',10);
CREATE UNIQUE INDEX users_local_admin ON users (local_admin) WHERE local_admin = 1;
CREATE INDEX spent_nonces_until ON spent_nonces (spent_until);
CREATE INDEX scenario_versions_of_slug ON scenario_versions (slug, id);
CREATE INDEX invitations_by_author ON invitations (created_by, id);
CREATE INDEX invitations_of_person ON invitations (claimed_by, id) WHERE claimed_by IS NOT NULL;
CREATE INDEX conversations_of_owner ON conversations (owner_id, id);
CREATE INDEX conversations_of_invitation ON conversations (invitation_id, id)
    WHERE invitation_id IS NOT NULL;
CREATE UNIQUE INDEX turns_open ON turns (conversation_id) WHERE is_open = 1;
CREATE INDEX turns_of_conversation ON turns (conversation_id, message_id);
CREATE INDEX messages_of_conversation ON messages (conversation_id, id);
CREATE INDEX messages_of_turn ON messages (turn_id, id) WHERE turn_id IS NOT NULL;
CREATE INDEX messages_said ON messages (conversation_id, id) WHERE role = 'user';
CREATE UNIQUE INDEX messages_client_id ON messages (conversation_id, client_id)
    WHERE client_id IS NOT NULL;
CREATE INDEX calls_outside_turns ON calls (created_at) WHERE held = 1 AND turn_id IS NULL;
CREATE INDEX usage_entries_of_conversation ON usage_entries (conversation_id, id);
CREATE TRIGGER usage_entries_stay BEFORE UPDATE ON usage_entries
BEGIN
    SELECT RAISE(ABORT, 'usage entries are append-only');
END;
CREATE TRIGGER usage_entries_remain BEFORE DELETE ON usage_entries
BEGIN
    SELECT RAISE(ABORT, 'usage entries are append-only');
END;
CREATE INDEX users_admins ON users (disabled, id) WHERE role = 'ADMIN';
CREATE INDEX identities_of_user ON identities (user_id, linked_at);
CREATE INDEX audit_entries_of_actor ON audit_entries (actor_id, id);
CREATE TRIGGER audit_entries_stay BEFORE UPDATE ON audit_entries
BEGIN
    SELECT RAISE(ABORT, 'audit entries are append-only');
END;
CREATE TRIGGER audit_entries_remain BEFORE DELETE ON audit_entries
BEGIN
    SELECT RAISE(ABORT, 'audit entries are append-only');
END;
CREATE UNIQUE INDEX quota_presets_allowance ON quota_presets (is_allowance) WHERE is_allowance = 1;
CREATE INDEX conversations_with_ceiling ON conversations (allowance)
    WHERE allowance = 1 AND turns_ceiling IS NOT NULL;
CREATE INDEX invitations_by_label ON invitations (search_text, id);
CREATE INDEX invitations_by_author_and_label ON invitations (created_by, search_text, id);
COMMIT;
