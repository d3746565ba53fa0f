BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'eslflow','first_tables','2026-11-26 11:53:18.594397+00:00');
CREATE TABLE calls (
            uuid TEXT PRIMARY KEY,
            direction TEXT NOT NULL,
            caller TEXT NOT NULL,
            caller_digits TEXT NOT NULL,
            caller_name TEXT NOT NULL,
            called TEXT NOT NULL,
            called_digits TEXT NOT NULL,
            flow TEXT NOT NULL,
            flow_sha256 TEXT NOT NULL,
            engine TEXT NOT NULL,
            offered_at INTEGER NOT NULL,
            ended_at INTEGER,
            ending TEXT,
            cause TEXT,
            last_step TEXT
        );
INSERT INTO "calls" VALUES('aaaa-1','inbound','+4930111111','1111110394','Zoë','4930123456','6543210394','support','9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f','eslflow 0.1.0',1763985600000000,1763985660100000,'hung_up','NORMAL_CLEARING','support');
INSERT INTO "calls" VALUES('bbbb-2','inbound','030 222222','222222030','Zoë','4930123456','6543210394','support','9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f','eslflow 0.1.0',1763985700000000,1763985760000000,'hung_up','NORMAL_CLEARING','support');
INSERT INTO "calls" VALUES('cccc-3','inbound','anonymous','','Zoë','4930123456','6543210394','support','9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f','eslflow 0.1.0',1763985800000000,1763985860000000,'hung_up','NORMAL_CLEARING','support');
CREATE TABLE choices (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            call_uuid TEXT NOT NULL,
            at INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('requested', 'granted', 'refused', 'unanswered', 'hung_up', 'withdrawn', 'expired', 'verbal', 'not_asked')),
            purpose TEXT NOT NULL,
            basis TEXT NOT NULL,
            retain_s INTEGER NOT NULL,
            flow TEXT NOT NULL,
            flow_sha256 TEXT NOT NULL,
            step TEXT NOT NULL,
            engine TEXT NOT NULL,
            performed_by TEXT NOT NULL,
            reason TEXT NOT NULL,
            notice TEXT NOT NULL,
            notice_version INTEGER NOT NULL,
            language TEXT NOT NULL,
            audio_sha256 TEXT NOT NULL,
            heard_ms INTEGER NOT NULL,
            keys_offered TEXT NOT NULL,
            key TEXT NOT NULL,
            tries INTEGER NOT NULL
        );
INSERT INTO "choices" VALUES(1,'aaaa-1',1763985600000001,'requested','training','consent',7776000,'support','9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f','ask','eslflow 0.1.0','subject','','recording',3,'en','abababababababababababababababababababababababababababababababab',0,'1=granted 2=refused','',0);
INSERT INTO "choices" VALUES(2,'aaaa-1',1763985606000000,'granted','training','consent',7776000,'support','9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f','ask','eslflow 0.1.0','subject','','recording',3,'en','abababababababababababababababababababababababababababababababab',5200,'1=granted 2=refused','1',1);
INSERT INTO "choices" VALUES(3,'bbbb-2',1763985700000001,'requested','training','consent',7776000,'support','9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f','ask','eslflow 0.1.0','subject','','recording',3,'en','abababababababababababababababababababababababababababababababab',0,'1=granted 2=refused','',0);
INSERT INTO "choices" VALUES(4,'bbbb-2',1763985706000000,'refused','training','consent',7776000,'support','9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f','ask','eslflow 0.1.0','subject','','recording',3,'en','abababababababababababababababababababababababababababababababab',5200,'1=granted 2=refused','2',1);
INSERT INTO "choices" VALUES(5,'cccc-3',1763985800000001,'requested','training','consent',7776000,'support','9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f','ask','eslflow 0.1.0','subject','','recording',3,'en','abababababababababababababababababababababababababababababababab',0,'1=granted 2=refused','',0);
INSERT INTO "choices" VALUES(6,'cccc-3',1763985806000000,'unanswered','training','consent',7776000,'support','9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f9f','ask','eslflow 0.1.0','subject','timeout','recording',3,'en','abababababababababababababababababababababababababababababababab',5200,'1=granted 2=refused','',1);
CREATE TABLE notices (
            flow TEXT NOT NULL,
            notice TEXT NOT NULL,
            version INTEGER NOT NULL,
            language TEXT NOT NULL,
            text TEXT NOT NULL,
            audio_sha256 TEXT NOT NULL,
            audio_ms INTEGER NOT NULL,
            url TEXT NOT NULL,
            PRIMARY KEY (flow, notice, version, language)
        );
INSERT INTO "notices" VALUES('support','recording',3,'en','Press 1 to agree, or 2 to go on unrecorded.','abababababababababababababababababababababababababababababababab',5200,'https://example.com/privacy#calls');
CREATE TABLE recording_actions (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            recording_id TEXT NOT NULL,
            call_uuid TEXT NOT NULL,
            at INTEGER NOT NULL,
            action TEXT NOT NULL,
            reason TEXT NOT NULL,
            step TEXT NOT NULL,
            reply TEXT NOT NULL,
            verified INTEGER NOT NULL
        );
INSERT INTO "recording_actions" VALUES(1,'aaaa-1-1','aaaa-1',1763985606200000,'start','step','support','+OK Success',1);
INSERT INTO "recording_actions" VALUES(2,'aaaa-1-1','aaaa-1',1763985660000000,'stop','hangup','support','+OK Success',1);
CREATE TABLE recordings (
            id TEXT PRIMARY KEY,
            call_uuid TEXT NOT NULL,
            leg_uuid TEXT NOT NULL,
            path TEXT NOT NULL,
            purposes TEXT NOT NULL,
            step TEXT NOT NULL,
            asked_at INTEGER NOT NULL,
            started_at INTEGER,
            stopped_at INTEGER,
            ms INTEGER,
            cause TEXT,
            state TEXT
        );
INSERT INTO "recordings" VALUES('aaaa-1-1','aaaa-1','aaaa-1','/srv/eslflow/recordings/2025/11/24/aaaa-1-1.wav','training','support',1763985606100000,1763985606200000,1763985660000000,53800,'','stopped');
CREATE TABLE replayed (id TEXT PRIMARY KEY);
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX calls_offered ON calls (offered_at);
CREATE INDEX calls_caller ON calls (caller_digits, offered_at);
CREATE INDEX calls_called ON calls (called_digits, offered_at);
CREATE INDEX choices_call ON choices (call_uuid);
CREATE INDEX choices_at ON choices (at);
CREATE INDEX choices_state ON choices (state, at);
CREATE INDEX recordings_call ON recordings (call_uuid);
CREATE INDEX recording_actions_call ON recording_actions (call_uuid);
CREATE TRIGGER choices_no_update BEFORE UPDATE ON choices BEGIN SELECT RAISE(ABORT, 'choices are proof: append only'); END;
CREATE TRIGGER choices_no_delete BEFORE DELETE ON choices BEGIN SELECT RAISE(ABORT, 'choices are proof: append only'); END;
CREATE TRIGGER recording_actions_no_update BEFORE UPDATE ON recording_actions BEGIN SELECT RAISE(ABORT, 'recording_actions are proof: append only'); END;
CREATE TRIGGER recording_actions_no_delete BEFORE DELETE ON recording_actions BEGIN SELECT RAISE(ABORT, 'recording_actions are proof: append only'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('choices',6);
INSERT INTO "sqlite_sequence" VALUES('recording_actions',2);
COMMIT;
