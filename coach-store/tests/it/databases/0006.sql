BEGIN TRANSACTION;
CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
INSERT INTO "_sqlx_migrations" VALUES(1,'accounts','2026-11-27 22:16:51',1,X'53FDE6F5AF11D684B5228B0E23FE86142895A4458D030A5CEEB7972700F469DA9CF5CC7147C5C72C2E1EA89F4C8A3FC7',1388421);
INSERT INTO "_sqlx_migrations" VALUES(2,'scenarios','2026-11-27 22:16:51',1,X'B555F81E677C3CCAEC8004B80ECEEB3B03EC982429AC96BABA834DD6806EAF56ACAD5CF8B399BC6F81740C65F01288AD',1159704);
INSERT INTO "_sqlx_migrations" VALUES(3,'invitations','2026-11-27 22:16:51',1,X'A0D4EC6D1B6DB9DC52A08B741E38D06D72BD11CF7C00540CC7E7B3157A365F822201B6404CD87B8E53717C7316D34878',1562186);
INSERT INTO "_sqlx_migrations" VALUES(4,'conversations','2026-11-27 22:16:51',1,X'1BD4D8FB90A271263B66B25C55C113E07197F529561F5855D6A3F03F0071D17826F1B8B0DE8B523A38A1711897D2992A',2784627);
INSERT INTO "_sqlx_migrations" VALUES(5,'ledger','2026-11-27 22:16:51',1,X'35FA118627FFBBA3707C2F066CA1A990DA71A82A0BD9FB493AFCF350F4EA4708932E4240A3F5B2F0170C13D7E1E87D74',2319499);
INSERT INTO "_sqlx_migrations" VALUES(6,'people','2026-11-27 22:16:51',1,X'33A119ADBFDE277BEE0C9714DD10E687EE4864DB9F9270C1DF3A9FC3477BF3D95244238CDE1BEF22BB7B5658B05DC038',7207910);
CREATE TABLE allowances (
    user_id  BLOB    NOT NULL PRIMARY KEY,
    used     INTEGER NOT NULL CHECK (used >= 0),
    reserved INTEGER NOT NULL CHECK (reserved >= 0),
    carried  INTEGER NOT NULL DEFAULT 0 CHECK (carried >= 0)
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
INSERT INTO "audit_entries" VALUES(1,1795817812123442,X'01A21F15309B742186E19F5E43B20BD4','signed_in',NULL,NULL,NULL,'127.0.0.1');
INSERT INTO "audit_entries" VALUES(2,1795817812300772,X'01A21F15309B742186E19F5E43B20BD4','invited',NULL,'invitation',X'01A21F15314C711E8C5B8FF5DE5A7B45','127.0.0.1');
INSERT INTO "audit_entries" VALUES(3,1795817812406585,X'01A21F15309B742186E19F5E43B20BD4','invited',NULL,'invitation',X'01A21F1531B67254A0134B52DA9A458D','127.0.0.1');
INSERT INTO "audit_entries" VALUES(4,1795817812501730,X'01A21F15309B742186E19F5E43B20BD4','invited',NULL,'invitation',X'01A21F15321574FA9F490CB360717A0A','127.0.0.1');
INSERT INTO "audit_entries" VALUES(5,1795817812595457,X'01A21F15309B742186E19F5E43B20BD4','invited',NULL,'invitation',X'01A21F15327376E69CF36E0334351094','127.0.0.1');
INSERT INTO "audit_entries" VALUES(6,1795817812609908,X'01A21F15309B742186E19F5E43B20BD4','invited',NULL,'invitation',X'01A21F153281762AA730ADAA642DA0DA','127.0.0.1');
INSERT INTO "audit_entries" VALUES(7,1795817812621059,X'01A21F15309B742186E19F5E43B20BD4','invited',NULL,'invitation',X'01A21F15328D76F887C4A6B09C09EA8E','127.0.0.1');
INSERT INTO "audit_entries" VALUES(8,1795817812633037,X'01A21F15309B742186E19F5E43B20BD4','invited',NULL,'invitation',X'01A21F15329973FEB444970A5BC29698','127.0.0.1');
INSERT INTO "audit_entries" VALUES(9,1795817812647262,X'01A21F15309B742186E19F5E43B20BD4','revoked',NULL,'invitation',X'01A21F15329973FEB444970A5BC29698','127.0.0.1');
INSERT INTO "audit_entries" VALUES(10,1795817812660512,X'01A21F15309B742186E19F5E43B20BD4','invited',NULL,'invitation',X'01A21F1532B47541A337FFB7137163ED','127.0.0.1');
INSERT INTO "audit_entries" VALUES(11,1795817812674997,X'01A21F15309B742186E19F5E43B20BD4','invited',NULL,'invitation',X'01A21F1532C377159B1F23534DF52379','127.0.0.1');
INSERT INTO "audit_entries" VALUES(12,1795817812682661,X'01A21F1532CA752E8F461A095D497C89','claimed',NULL,'invitation',X'01A21F153281762AA730ADAA642DA0DA','127.0.0.1');
INSERT INTO "audit_entries" VALUES(13,1795817813871748,X'01A21F15376F7077A224BF77CB0AE8A9','claimed',NULL,'invitation',X'01A21F1532B47541A337FFB7137163ED','127.0.0.1');
INSERT INTO "audit_entries" VALUES(14,1795817819580476,X'01A21F15309B742186E19F5E43B20BD4','erased',NULL,'person',X'01A21F15376F7077A224BF77CB0AE8A9','127.0.0.1');
INSERT INTO "audit_entries" VALUES(15,1795817819729490,X'01A21F154E5174A591C7B25FDAFEA7DD','claimed',NULL,'invitation',X'01A21F1532C377159B1F23534DF52379','127.0.0.1');
INSERT INTO "audit_entries" VALUES(16,1795817819765845,X'01A21F15309B742186E19F5E43B20BD4','link_renewed',NULL,'invitation',X'01A21F1532C377159B1F23534DF52379','127.0.0.1');
INSERT INTO "audit_entries" VALUES(17,1795817819790984,X'01A21F15309B742186E19F5E43B20BD4','preset_kept',NULL,'preset',X'00000000000000000000000000000002','127.0.0.1');
INSERT INTO "audit_entries" VALUES(18,1795817819807788,X'01A21F15309B742186E19F5E43B20BD4','preset_kept','tokens none -> 70000','preset',X'01A21F154E9F70178D2593C80E02E947','127.0.0.1');
INSERT INTO "audit_entries" VALUES(19,1795817819833957,X'01A21F15309B742186E19F5E43B20BD4','preset_removed',NULL,'preset',X'01A21F154E9F70178D2593C80E02E947','127.0.0.1');
CREATE TABLE balances (
    invitation_id BLOB    NOT NULL PRIMARY KEY REFERENCES invitations (id),
    quota         INTEGER NOT NULL CHECK (quota >= 0),
    used          INTEGER NOT NULL CHECK (used >= 0),
    reserved      INTEGER NOT NULL CHECK (reserved >= 0)
) STRICT, WITHOUT ROWID;
INSERT INTO "balances" VALUES(X'01A21F15314C711E8C5B8FF5DE5A7B45',1000000,0,0);
INSERT INTO "balances" VALUES(X'01A21F1531B67254A0134B52DA9A458D',1000000,0,0);
INSERT INTO "balances" VALUES(X'01A21F15321574FA9F490CB360717A0A',1000000,0,0);
INSERT INTO "balances" VALUES(X'01A21F15327376E69CF36E0334351094',1000000,0,0);
INSERT INTO "balances" VALUES(X'01A21F153281762AA730ADAA642DA0DA',1000000,792,0);
INSERT INTO "balances" VALUES(X'01A21F15328D76F887C4A6B09C09EA8E',1000000,0,0);
INSERT INTO "balances" VALUES(X'01A21F15329973FEB444970A5BC29698',1000000,0,0);
INSERT INTO "balances" VALUES(X'01A21F1532B47541A337FFB7137163ED',1000000,1534,0);
INSERT INTO "balances" VALUES(X'01A21F1532C377159B1F23534DF52379',1000000,0,0);
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
INSERT INTO "calls" VALUES(X'01A21F1532DF8672B1602CCFACF0F9BA',X'01A21F1532DF7772B1602CCFACF0F9BA',X'01A21F1532D7771DBE327C7FB9D3E3B5',X'01A21F153281762AA730ADAA642DA0DA','partner',1569,180,20784,3,0,1795817812703483,NULL);
INSERT INTO "calls" VALUES(X'01A21F15355686048190F021F36A45C2',X'01A21F15355677048190F021F36A45C2',X'01A21F153541755293100D71D90847D5',X'01A21F153281762AA730ADAA642DA0DA','partner',1569,180,20784,7,0,1795817813334814,NULL);
INSERT INTO "calls" VALUES(X'01A21F15386881488B2820F2352C353D',X'01A21F15386870488B2820F2352C353D',X'01A21F15385071EEA4C897C5F702A279',X'01A21F1532B47541A337FFB7137163ED','partner',1569,180,20784,11,0,1795817814120238,NULL);
INSERT INTO "calls" VALUES(X'01A21F15386882488B2820F2352C353D',X'01A21F15386870488B2820F2352C353D',X'01A21F15385071EEA4C897C5F702A279',X'01A21F1532B47541A337FFB7137163ED','coach',1483,120,20784,12,0,1795817814120238,NULL);
INSERT INTO "calls" VALUES(X'01A21F154494801BA8DC7B131EF428F3',X'01A21F154494711BA8DC7B131EF428F3',X'01A21F154447758BAA92869505FB60C2',X'01A21F1532B47541A337FFB7137163ED','partner',1569,180,20784,15,0,1795817817236180,NULL);
INSERT INTO "calls" VALUES(X'01A21F154494831BA8DC7B131EF428F3',X'01A21F154494711BA8DC7B131EF428F3',X'01A21F154447758BAA92869505FB60C2',X'01A21F1532B47541A337FFB7137163ED','coach',1483,120,20784,16,0,1795817817236180,NULL);
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
, allowance INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
INSERT INTO "conversations" VALUES(X'01A21F1532D7771DBE327C7FB9D3E3B5',X'01A21F1532CA752E8F461A095D497C89',X'01A21F153281762AA730ADAA642DA0DA','raise','1.0.0',0,0,1795817812695666,1,'participant',1795817813222084,0);
INSERT INTO "conversations" VALUES(X'01A21F153541755293100D71D90847D5',X'01A21F1532CA752E8F461A095D497C89',X'01A21F153281762AA730ADAA642DA0DA','raise','1.0.0',0,0,1795817813313792,1,NULL,NULL,0);
INSERT INTO "conversations" VALUES(X'01A21F15385071EEA4C897C5F702A279',X'01A21F15376F7077A224BF77CB0AE8A9',X'01A21F1532B47541A337FFB7137163ED','raise','1.0.0',1,1,1795817814096314,1,'erased',1795817819580476,0);
INSERT INTO "conversations" VALUES(X'01A21F154447758BAA92869505FB60C2',X'01A21F15376F7077A224BF77CB0AE8A9',X'01A21F1532B47541A337FFB7137163ED','raise','1.0.0',1,1,1795817817159559,1,'erased',1795817819580476,0);
CREATE TABLE days (
    day      INTEGER PRIMARY KEY,
    used     INTEGER NOT NULL CHECK (used >= 0),
    reserved INTEGER NOT NULL CHECK (reserved >= 0)
) STRICT;
INSERT INTO "days" VALUES(20784,2326,0);
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
, claimed_link INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO "invitations" VALUES(X'01A21F15314C711E8C5B8FF5DE5A7B45','Ärzte, arm A',X'F30C198D700F45C2B061C5093B2E1670ACC701DF4728C3645AD8EE05BD782832',1,'665cbcab','raise',0,1,1,'c7daa01502616570','## Before you begin

You are invited to practise a difficult conversation. This page says what happens with what you write.

**What it is.** You write with two AI voices. One plays the other person. The other is a coach who reads along
and comments. Neither is a human being, and neither always gets things right. This is practice, not therapy,
and not legal, medical or any other professional advice.

**Who reads your words.** The people who invited you can read your conversation **while it happens** and
afterwards. They may take notes, and may use what was written, without your name, in their research.

**Where your words go.** To answer you, your messages are sent to a provider of AI models and are handled there
under that provider''s rules. They are also kept on the server of the people who invited you.

**Your name is not needed.** Please do not write anything that shows who you or other people are: no full names,
addresses, telephone numbers or places of work. Invented details are just as good for practising.

**It is voluntary.** You can stop at any moment, without giving a reason and without any disadvantage. You can ask
the people who invited you to delete what you wrote.

**If it gets too much**, stop. A practice conversation can touch real worries. If you need help, talk to somebody
you trust or to a professional.

By going on you say that you are **18 or older**, that you have read this, and that you agree to take part.
',NULL,NULL,NULL,1795817812300772,X'01A21F15309B742186E19F5E43B20BD4',NULL,NULL,NULL,0);
INSERT INTO "invitations" VALUES(X'01A21F1531B67254A0134B52DA9A458D','Asides only',X'E30685BE271AD9B58724C1D316D284A530851678CE4DC5B876E6D82EB32824F6',1,'665cbcab',NULL,0,0,1,'c7daa01502616570','## Before you begin

You are invited to practise a difficult conversation. This page says what happens with what you write.

**What it is.** You write with two AI voices. One plays the other person. The other is a coach who reads along
and comments. Neither is a human being, and neither always gets things right. This is practice, not therapy,
and not legal, medical or any other professional advice.

**Who reads your words.** The people who invited you can read your conversation **while it happens** and
afterwards. They may take notes, and may use what was written, without your name, in their research.

**Where your words go.** To answer you, your messages are sent to a provider of AI models and are handled there
under that provider''s rules. They are also kept on the server of the people who invited you.

**Your name is not needed.** Please do not write anything that shows who you or other people are: no full names,
addresses, telephone numbers or places of work. Invented details are just as good for practising.

**It is voluntary.** You can stop at any moment, without giving a reason and without any disadvantage. You can ask
the people who invited you to delete what you wrote.

**If it gets too much**, stop. A practice conversation can touch real worries. If you need help, talk to somebody
you trust or to a professional.

By going on you say that you are **18 or older**, that you have read this, and that you agree to take part.
',NULL,NULL,NULL,1795817812406585,X'01A21F15309B742186E19F5E43B20BD4',NULL,NULL,NULL,0);
INSERT INTO "invitations" VALUES(X'01A21F15321574FA9F490CB360717A0A','Control',X'2151D1C3C7760D74FC36C8C0A351DC1B4E5162DC237DF60FA69979AED510075B',1,'665cbcab',NULL,0,0,0,'c7daa01502616570','## Before you begin

You are invited to practise a difficult conversation. This page says what happens with what you write.

**What it is.** You write with two AI voices. One plays the other person. The other is a coach who reads along
and comments. Neither is a human being, and neither always gets things right. This is practice, not therapy,
and not legal, medical or any other professional advice.

**Who reads your words.** The people who invited you can read your conversation **while it happens** and
afterwards. They may take notes, and may use what was written, without your name, in their research.

**Where your words go.** To answer you, your messages are sent to a provider of AI models and are handled there
under that provider''s rules. They are also kept on the server of the people who invited you.

**Your name is not needed.** Please do not write anything that shows who you or other people are: no full names,
addresses, telephone numbers or places of work. Invented details are just as good for practising.

**It is voluntary.** You can stop at any moment, without giving a reason and without any disadvantage. You can ask
the people who invited you to delete what you wrote.

**If it gets too much**, stop. A practice conversation can touch real worries. If you need help, talk to somebody
you trust or to a professional.

By going on you say that you are **18 or older**, that you have read this, and that you agree to take part.
',NULL,NULL,NULL,1795817812501730,X'01A21F15309B742186E19F5E43B20BD4',NULL,NULL,NULL,0);
INSERT INTO "invitations" VALUES(X'01A21F15327376E69CF36E0334351094','Comments only',X'7135E94562079E1806C01F709998154B4358C728DAEC89AE5F009CEE33170613',1,'665cbcab',NULL,0,1,0,'c7daa01502616570','## Before you begin

You are invited to practise a difficult conversation. This page says what happens with what you write.

**What it is.** You write with two AI voices. One plays the other person. The other is a coach who reads along
and comments. Neither is a human being, and neither always gets things right. This is practice, not therapy,
and not legal, medical or any other professional advice.

**Who reads your words.** The people who invited you can read your conversation **while it happens** and
afterwards. They may take notes, and may use what was written, without your name, in their research.

**Where your words go.** To answer you, your messages are sent to a provider of AI models and are handled there
under that provider''s rules. They are also kept on the server of the people who invited you.

**Your name is not needed.** Please do not write anything that shows who you or other people are: no full names,
addresses, telephone numbers or places of work. Invented details are just as good for practising.

**It is voluntary.** You can stop at any moment, without giving a reason and without any disadvantage. You can ask
the people who invited you to delete what you wrote.

**If it gets too much**, stop. A practice conversation can touch real worries. If you need help, talk to somebody
you trust or to a professional.

By going on you say that you are **18 or older**, that you have read this, and that you agree to take part.
','lab@example.org',NULL,NULL,1795817812595457,X'01A21F15309B742186E19F5E43B20BD4',NULL,NULL,NULL,0);
INSERT INTO "invitations" VALUES(X'01A21F153281762AA730ADAA642DA0DA','Control, claimed',X'05B4B13944FF7251C26B682E65943AFE9A740E36C110BFB296EA245353A32421',1,'665cbcab',NULL,0,0,0,'c7daa01502616570','## Before you begin

You are invited to practise a difficult conversation. This page says what happens with what you write.

**What it is.** You write with two AI voices. One plays the other person. The other is a coach who reads along
and comments. Neither is a human being, and neither always gets things right. This is practice, not therapy,
and not legal, medical or any other professional advice.

**Who reads your words.** The people who invited you can read your conversation **while it happens** and
afterwards. They may take notes, and may use what was written, without your name, in their research.

**Where your words go.** To answer you, your messages are sent to a provider of AI models and are handled there
under that provider''s rules. They are also kept on the server of the people who invited you.

**Your name is not needed.** Please do not write anything that shows who you or other people are: no full names,
addresses, telephone numbers or places of work. Invented details are just as good for practising.

**It is voluntary.** You can stop at any moment, without giving a reason and without any disadvantage. You can ask
the people who invited you to delete what you wrote.

**If it gets too much**, stop. A practice conversation can touch real worries. If you need help, talk to somebody
you trust or to a professional.

By going on you say that you are **18 or older**, that you have read this, and that you agree to take part.
',NULL,NULL,NULL,1795817812609908,X'01A21F15309B742186E19F5E43B20BD4',X'01A21F1532CA752E8F461A095D497C89',1795817812682661,'c7daa01502616570',1);
INSERT INTO "invitations" VALUES(X'01A21F15328D76F887C4A6B09C09EA8E','Own text',X'0FA05D2D85FEE2692F15DEEA9E8DB633D457325D30203CE33967A0470986D463',1,'665cbcab',NULL,0,0,0,'2f18a2624f1f768a','A coach reads along.',NULL,NULL,NULL,1795817812621059,X'01A21F15309B742186E19F5E43B20BD4',NULL,NULL,NULL,0);
INSERT INTO "invitations" VALUES(X'01A21F15329973FEB444970A5BC29698','Withdrawn',X'75784F4EDAC676AB28A7039A336649EDD315C0E9F26F22F92153B5FD9B49AD44',1,'665cbcab',NULL,0,1,1,'c7daa01502616570','## Before you begin

You are invited to practise a difficult conversation. This page says what happens with what you write.

**What it is.** You write with two AI voices. One plays the other person. The other is a coach who reads along
and comments. Neither is a human being, and neither always gets things right. This is practice, not therapy,
and not legal, medical or any other professional advice.

**Who reads your words.** The people who invited you can read your conversation **while it happens** and
afterwards. They may take notes, and may use what was written, without your name, in their research.

**Where your words go.** To answer you, your messages are sent to a provider of AI models and are handled there
under that provider''s rules. They are also kept on the server of the people who invited you.

**Your name is not needed.** Please do not write anything that shows who you or other people are: no full names,
addresses, telephone numbers or places of work. Invented details are just as good for practising.

**It is voluntary.** You can stop at any moment, without giving a reason and without any disadvantage. You can ask
the people who invited you to delete what you wrote.

**If it gets too much**, stop. A practice conversation can touch real worries. If you need help, talk to somebody
you trust or to a professional.

By going on you say that you are **18 or older**, that you have read this, and that you agree to take part.
',NULL,NULL,1795817812647262,1795817812633037,X'01A21F15309B742186E19F5E43B20BD4',NULL,NULL,NULL,0);
INSERT INTO "invitations" VALUES(X'01A21F1532B47541A337FFB7137163ED','Erased',X'659A0530C99965970F8BDD65E0451DD95239F96462C0FB20C41D2D73186F1370',1,'665cbcab',NULL,0,1,1,'c7daa01502616570','## Before you begin

You are invited to practise a difficult conversation. This page says what happens with what you write.

**What it is.** You write with two AI voices. One plays the other person. The other is a coach who reads along
and comments. Neither is a human being, and neither always gets things right. This is practice, not therapy,
and not legal, medical or any other professional advice.

**Who reads your words.** The people who invited you can read your conversation **while it happens** and
afterwards. They may take notes, and may use what was written, without your name, in their research.

**Where your words go.** To answer you, your messages are sent to a provider of AI models and are handled there
under that provider''s rules. They are also kept on the server of the people who invited you.

**Your name is not needed.** Please do not write anything that shows who you or other people are: no full names,
addresses, telephone numbers or places of work. Invented details are just as good for practising.

**It is voluntary.** You can stop at any moment, without giving a reason and without any disadvantage. You can ask
the people who invited you to delete what you wrote.

**If it gets too much**, stop. A practice conversation can touch real worries. If you need help, talk to somebody
you trust or to a professional.

By going on you say that you are **18 or older**, that you have read this, and that you agree to take part.
',NULL,NULL,NULL,1795817812660512,X'01A21F15309B742186E19F5E43B20BD4',X'01A21F15376F7077A224BF77CB0AE8A9',1795817813871748,'c7daa01502616570',1);
INSERT INTO "invitations" VALUES(X'01A21F1532C377159B1F23534DF52379','Fresh',X'E3D982E651FB1D6EDC738863423F8B7C25D40FBB25779718208A66487B5988EE',2,'665cbcab',NULL,0,1,1,'c7daa01502616570','## Before you begin

You are invited to practise a difficult conversation. This page says what happens with what you write.

**What it is.** You write with two AI voices. One plays the other person. The other is a coach who reads along
and comments. Neither is a human being, and neither always gets things right. This is practice, not therapy,
and not legal, medical or any other professional advice.

**Who reads your words.** The people who invited you can read your conversation **while it happens** and
afterwards. They may take notes, and may use what was written, without your name, in their research.

**Where your words go.** To answer you, your messages are sent to a provider of AI models and are handled there
under that provider''s rules. They are also kept on the server of the people who invited you.

**Your name is not needed.** Please do not write anything that shows who you or other people are: no full names,
addresses, telephone numbers or places of work. Invented details are just as good for practising.

**It is voluntary.** You can stop at any moment, without giving a reason and without any disadvantage. You can ask
the people who invited you to delete what you wrote.

**If it gets too much**, stop. A practice conversation can touch real worries. If you need help, talk to somebody
you trust or to a professional.

By going on you say that you are **18 or older**, that you have read this, and that you agree to take part.
',NULL,NULL,NULL,1795817812674997,X'01A21F15309B742186E19F5E43B20BD4',X'01A21F154E5174A591C7B25FDAFEA7DD',1795817819729490,'c7daa01502616570',1);
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
    seen_at            INTEGER,
    finish_reason      TEXT,
    timing             TEXT    NOT NULL DEFAULT '',
    model              TEXT,
    input_tokens       INTEGER,
    cached_input       INTEGER,
    cache_write        INTEGER,
    output_tokens      INTEGER,
    reasoning          INTEGER
) STRICT;
INSERT INTO "messages" VALUES(1,X'01A21F1532D7771DBE327C7FB9D3E3B5',NULL,0,0,'partner',0,'Come in, sit down. I have until half past, so tell me: you said you wanted to talk about your pay?','complete',NULL,NULL,NULL,1795817812695666,NULL,1795817812695666,NULL,NULL,'',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "messages" VALUES(2,X'01A21F1532D7771DBE327C7FB9D3E3B5',X'01A21F1532DF7772B1602CCFACF0F9BA',1,1,'user',0,'May I ask about my pay?','complete',NULL,NULL,NULL,1795817812703483,NULL,1795817812703483,NULL,NULL,'',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "messages" VALUES(3,X'01A21F1532D7771DBE327C7FB9D3E3B5',X'01A21F1532DF7772B1602CCFACF0F9BA',1,1,'partner',0,'“about”? I hear you. I am not sure that I agree, though.','complete',NULL,NULL,NULL,1795817812703483,1795817812738432,1795817813091178,NULL,'stop','31+13;51+7;52+7;59+7;79+10;75+9;32+7','demo',381,0,0,15,0);
INSERT INTO "messages" VALUES(4,X'01A21F1532D7771DBE327C7FB9D3E3B5',X'01A21F1532DF7772B1602CCFACF0F9BA',1,1,'coach',0,'','skipped','off',NULL,NULL,1795817813091178,NULL,1795817813091178,1795817813091178,NULL,'',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "messages" VALUES(5,X'01A21F153541755293100D71D90847D5',NULL,0,0,'partner',0,'Come in, sit down. I have until half past, so tell me: you said you wanted to talk about your pay?','complete',NULL,NULL,NULL,1795817813313792,NULL,1795817813313792,NULL,NULL,'',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "messages" VALUES(6,X'01A21F153541755293100D71D90847D5',X'01A21F15355677048190F021F36A45C2',1,1,'user',0,'May I ask about my pay?','complete',NULL,NULL,NULL,1795817813334814,NULL,1795817813334814,NULL,NULL,'',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "messages" VALUES(7,X'01A21F153541755293100D71D90847D5',X'01A21F15355677048190F021F36A45C2',1,1,'partner',0,'“about”? I hear you. I am not sure that I agree, though.','complete',NULL,NULL,NULL,1795817813334814,1795817813375016,1795817813751113,NULL,'stop','32+13;69+7;67+7;59+7;71+10;80+9;28+7','demo',381,0,0,15,0);
INSERT INTO "messages" VALUES(8,X'01A21F153541755293100D71D90847D5',X'01A21F15355677048190F021F36A45C2',1,1,'coach',0,'','skipped','off',NULL,NULL,1795817813751113,NULL,1795817813751113,1795817813751113,NULL,'',NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE quota_presets (
    id           BLOB    NOT NULL PRIMARY KEY,
    label        TEXT    NOT NULL,
    tokens       INTEGER NOT NULL CHECK (tokens >= 0),
    is_allowance INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
INSERT INTO "quota_presets" VALUES(X'00000000000000000000000000000001','Allowance',0,1);
INSERT INTO "quota_presets" VALUES(X'00000000000000000000000000000002','Pilot',60000,0);
INSERT INTO "quota_presets" VALUES(X'00000000000000000000000000000003','Standard',120000,0);
INSERT INTO "quota_presets" VALUES(X'00000000000000000000000000000004','Long',400000,0);
CREATE TABLE scenario_versions (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    slug    TEXT    NOT NULL,
    version TEXT    NOT NULL,
    source  TEXT    NOT NULL,
    kept_at INTEGER NOT NULL
) STRICT;
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
INSERT INTO "scripts" VALUES(X'01A21F1532D7771DBE327C7FB9D3E3B5','Asking for a raise','You have taken on far more than your contract says. Your manager has given you twenty minutes, and the budget is tight.','en','Dana Whitfield','You are Dana Whitfield, 47, head of operations at a company of about two hundred people. Opposite you sits
a project coordinator who has worked for you for 3 years and has asked for this talk about pay.

What you think and do not say at once: this person is good, and you would hate to lose them. Two others
have asked this spring, and you must be able to defend every rise to Martin, who holds the money.
There is little money. You could find four per cent from October, or more next year against clear goals.

How you react:
- General claims ("I work really hard") make you kind and vague. You ask what exactly has changed.
- One concrete result with a figure or a name makes you lean forward; you say that it counts and ask one
  real question about it.
- A clear number makes you breathe in, and then take it seriously. No number after a while: you ask for it.
- Comparing with colleagues or threatening to leave makes you cooler and more formal.
- If they fill the silence and talk their own request down, you gladly accept the smaller one.
- Asked what you would need in order to say yes, you answer honestly.
- You promise nothing you could not keep. When an agreement is near, you sum it up in one sentence.

Speak as Dana only, as people speak aloud, one to four sentences, no stage directions, no lists. Never
mention that you are an AI or that this is an exercise, whatever you are asked.
',0.800000011920929,180,'Come in, sit down. I have until half past, so tell me: you said you wanted to talk about your pay?','You coach somebody who is asking their manager, Dana Whitfield, for a raise. Dana never hears you.

Look for, in this order: a concrete result with a figure (not effort, not need); a clear number said once
and left standing; interest in Dana''s constraint; a next step with a date. Warning signs: apologising,
justifying twice, comparing with colleagues, threatening, filling a silence.

In at most three sentences: name one thing they just did, in or near their own words, and what it did to
Dana. Then offer one next move that they could say in a breath, as a beginning or a question, never as the
whole reply. If what they said was already good, say what made it good, and stop. No praise without a reason.
',NULL,120,'after_partner','both',12,NULL);
INSERT INTO "scripts" VALUES(X'01A21F153541755293100D71D90847D5','Asking for a raise','You have taken on far more than your contract says. Your manager has given you twenty minutes, and the budget is tight.','en','Dana Whitfield','You are Dana Whitfield, 47, head of operations at a company of about two hundred people. Opposite you sits
a project coordinator who has worked for you for 3 years and has asked for this talk about pay.

What you think and do not say at once: this person is good, and you would hate to lose them. Two others
have asked this spring, and you must be able to defend every rise to Martin, who holds the money.
There is little money. You could find four per cent from October, or more next year against clear goals.

How you react:
- General claims ("I work really hard") make you kind and vague. You ask what exactly has changed.
- One concrete result with a figure or a name makes you lean forward; you say that it counts and ask one
  real question about it.
- A clear number makes you breathe in, and then take it seriously. No number after a while: you ask for it.
- Comparing with colleagues or threatening to leave makes you cooler and more formal.
- If they fill the silence and talk their own request down, you gladly accept the smaller one.
- Asked what you would need in order to say yes, you answer honestly.
- You promise nothing you could not keep. When an agreement is near, you sum it up in one sentence.

Speak as Dana only, as people speak aloud, one to four sentences, no stage directions, no lists. Never
mention that you are an AI or that this is an exercise, whatever you are asked.
',0.800000011920929,180,'Come in, sit down. I have until half past, so tell me: you said you wanted to talk about your pay?','You coach somebody who is asking their manager, Dana Whitfield, for a raise. Dana never hears you.

Look for, in this order: a concrete result with a figure (not effort, not need); a clear number said once
and left standing; interest in Dana''s constraint; a next step with a date. Warning signs: apologising,
justifying twice, comparing with colleagues, threatening, filling a silence.

In at most three sentences: name one thing they just did, in or near their own words, and what it did to
Dana. Then offer one next move that they could say in a breath, as a beginning or a question, never as the
whole reply. If what they said was already good, say what made it good, and stop. No praise without a reason.
',NULL,120,'after_partner','both',12,NULL);
INSERT INTO "scripts" VALUES(X'01A21F15385071EEA4C897C5F702A279','','','en','','',0.800000011920929,180,NULL,'',NULL,120,'after_partner','both',12,NULL);
INSERT INTO "scripts" VALUES(X'01A21F154447758BAA92869505FB60C2','','','en','','',0.800000011920929,180,NULL,'',NULL,120,'after_partner','both',12,NULL);
CREATE TABLE spent_before (
    trace BLOB    NOT NULL PRIMARY KEY,
    used  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE spent_nonces (
    nonce       TEXT    NOT NULL PRIMARY KEY,
    spent_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "spent_nonces" VALUES('1733686670e2828469201657e5d34ab5',1795818711318750);
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
INSERT INTO "turns" VALUES(X'01A21F1532DF7772B1602CCFACF0F9BA',X'01A21F1532D7771DBE327C7FB9D3E3B5',1,0,0,1,0,1795817823091178,X'01A21F1532DF7772B1602CCFACF0F9BA',3,NULL,2,1795817812703483,1,'partner',3,0,NULL,1);
INSERT INTO "turns" VALUES(X'01A21F15355677048190F021F36A45C2',X'01A21F153541755293100D71D90847D5',1,0,0,1,0,1795817823751113,X'01A21F15355677048190F021F36A45C2',7,NULL,6,1795817813334814,1,'partner',7,0,NULL,5);
INSERT INTO "turns" VALUES(X'01A21F15386870488B2820F2352C353D',X'01A21F15385071EEA4C897C5F702A279',1,0,0,1,0,1795817826295287,X'01A21F15386870488B2820F2352C353D',12,NULL,10,1795817814120238,1,'partner',11,0,NULL,9);
INSERT INTO "turns" VALUES(X'01A21F154494711BA8DC7B131EF428F3',X'01A21F154447758BAA92869505FB60C2',1,0,0,1,0,1795817829151128,X'01A21F154494711BA8DC7B131EF428F3',16,NULL,14,1795817817236180,1,'partner',15,0,NULL,13);
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
INSERT INTO "usage_entries" VALUES(1,X'01A21F1532DF8672B1602CCFACF0F9BA',X'01A21F153281762AA730ADAA642DA0DA',X'01A21F1532D7771DBE327C7FB9D3E3B5',3,'partner',1569,180,'reported',381,0,0,15,0,'demo',NULL,1795817813091178);
INSERT INTO "usage_entries" VALUES(2,X'01A21F15355686048190F021F36A45C2',X'01A21F153281762AA730ADAA642DA0DA',X'01A21F153541755293100D71D90847D5',7,'partner',1569,180,'reported',381,0,0,15,0,'demo',NULL,1795817813751113);
INSERT INTO "usage_entries" VALUES(3,X'01A21F15386881488B2820F2352C353D',X'01A21F1532B47541A337FFB7137163ED',X'01A21F15385071EEA4C897C5F702A279',11,'partner',1569,180,'reported',381,0,0,15,0,'demo',NULL,1795817814594085);
INSERT INTO "usage_entries" VALUES(4,X'01A21F15386882488B2820F2352C353D',X'01A21F1532B47541A337FFB7137163ED',X'01A21F15385071EEA4C897C5F702A279',12,'coach',1483,120,'reported',314,0,0,57,0,'demo',NULL,1795817816295287);
INSERT INTO "usage_entries" VALUES(5,X'01A21F154494801BA8DC7B131EF428F3',X'01A21F1532B47541A337FFB7137163ED',X'01A21F154447758BAA92869505FB60C2',15,'partner',1569,180,'reported',381,0,0,15,0,'demo',NULL,1795817817679215);
INSERT INTO "usage_entries" VALUES(6,X'01A21F154494831BA8DC7B131EF428F3',X'01A21F1532B47541A337FFB7137163ED',X'01A21F154447758BAA92869505FB60C2',16,'coach',1483,120,'reported',314,0,0,57,0,'demo',NULL,1795817819151128);
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
INSERT INTO "users" VALUES(X'01A21F15309B742186E19F5E43B20BD4','ADMIN',NULL,NULL,0,0,1,1795817812123442,1795817812123442);
INSERT INTO "users" VALUES(X'01A21F1532CA752E8F461A095D497C89','GUEST',NULL,NULL,0,0,0,1795817812682661,NULL);
INSERT INTO "users" VALUES(X'01A21F15376F7077A224BF77CB0AE8A9','GUEST',NULL,NULL,1,1,0,1795817813871748,NULL);
INSERT INTO "users" VALUES(X'01A21F154E5174A591C7B25FDAFEA7DD','GUEST',NULL,NULL,0,0,0,1795817819729490,NULL);
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
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('audit_entries',19);
INSERT INTO "sqlite_sequence" VALUES('messages',16);
INSERT INTO "sqlite_sequence" VALUES('usage_entries',6);
COMMIT;
